"""Stop an account before providers stop believing it.

Who keeps writing to addresses that do not exist, or to people who call it spam, lands
in everybody's spam folder, the important messages too.
"""

from datetime import datetime, timedelta

from outreach.accounts.pausing import pause
from outreach.models import DeliveryEvent, Message, ProviderAccount

Kind = DeliveryEvent.Kind
Pause = ProviderAccount.Pause

LOOKS_BACK = timedelta(days=7)
# From so many on, and more than so many in ten thousand of what was sent.
_LIMITS = {
    Kind.BOUNCED: (5, 200, Pause.BOUNCES),
    Kind.COMPLAINED: (2, 10, Pause.COMPLAINTS),
}


def judge(account: ProviderAccount, *, now: datetime) -> bool:
    """Pause ``account`` when too much came back lately; return whether it did.

    What happened before it was last let go on does not count any more.
    """
    since = now - LOOKS_BACK
    resumed_at = ProviderAccount.objects.values_list("resumed_at", flat=True).get(
        pk=account.pk
    )
    if resumed_at is not None:
        since = max(since, resumed_at)
    for kind, (least, share, reason) in _LIMITS.items():
        bad = _messages_with(account, kind, since=since)
        if bad >= least and bad * 10_000 > share * _sent(account, since=since):
            return pause(account, reason, now=now)
    return False


def _messages_with(account: ProviderAccount, kind: str, *, since: datetime) -> int:
    events = DeliveryEvent.objects.filter(
        business=account.business_id, kind=kind, at__gt=since, message__account=account
    )
    return events.values("message").distinct().count()


def _sent(account: ProviderAccount, *, since: datetime) -> int:
    # By when it was due, for which there is an index; most things leave on time.
    return Message.objects.filter(
        business=account.business_id,
        status=Message.Status.ACCEPTED,
        send_at__gt=since,
        account=account,
    ).count()
