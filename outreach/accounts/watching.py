"""Notice when messages are due and nothing leaves, though nobody paused anything."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from crm.core.clock import local_date
from outreach.accounts.alerts import end_trouble, note_trouble
from outreach.accounts.pacing import cap_on, sent_on
from outreach.models import Alert, Attempt, Message, ProviderAccount

Kind = Message.Kind
Status = Message.Status

# What waited longer than this was not kept back by a stop of our own.
_LOOK_BACK = timedelta(days=7)


def watch_accounts(*, now: datetime) -> int:
    """Begin and end the incidents of accounts that stand still; return how many do."""
    stuck = [account for account in _suspects(now) if _stands_still(account, now)]
    for account in stuck:
        note_trouble(account, Alert.Kind.STUCK, now=now)
    moving = Alert.objects.filter(kind=Alert.Kind.STUCK, over_at=None)
    for alert in moving.exclude(account__in=stuck).select_related("account"):
        end_trouble(alert.account, Alert.Kind.STUCK, now=now)
    return len(stuck)


def _suspects(now: datetime) -> Iterable[ProviderAccount]:
    """Return the accounts in use where something should have left long ago."""
    return (
        ProviderAccount.objects.filter(is_in_use=True, pauses_all=False)
        .filter(Exists(overdue(now)) | Exists(turned_back(now)))
        .select_related("business")
        .order_by("pk")
    )


def overdue(now: datetime) -> QuerySet[Message]:
    """Return messages of an outer account that nobody took up for too long."""
    return _waiting(now).filter(send_at__lte=_long_ago(now))


def turned_back(now: datetime) -> QuerySet[Message]:
    """Return messages of an outer account that were tried long ago and still wait."""
    tries = Attempt.objects.filter(
        message=OuterRef("pk"), started_at__lte=_long_ago(now)
    )
    return _waiting(now).filter(
        Exists(tries), reason__in=(Attempt.Outcome.NOT_SENT, Attempt.Outcome.THROTTLED)
    )


def _waiting(now: datetime) -> QuerySet[Message]:
    return Message.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        business=OuterRef("business"),
        channel=OuterRef("channel"),
        status=Status.QUEUED,
        kind__in=Kind.values,
    )


def _stands_still(account: ProviderAccount, now: datetime) -> bool:
    return not _may_be_full(account, now) and not _has_sent(account, now)


def _may_be_full(account: ProviderAccount, now: datetime) -> bool:
    """Return whether only what may wait is due: the account is paused for it, or full."""
    today = local_date(now, account.business.time_zone)
    cap = cap_on(account, today)
    is_full = cap is not None and sent_on(account, today) >= cap
    if not (is_full or account.is_paused):
        return False
    waiting = Message.objects.filter(
        business=account.business,
        channel=account.channel,
        status=Status.QUEUED,
        kind__in=(Kind.CRITICAL, Kind.SERVICE),
        send_at__lte=_long_ago(now),
    )
    return not waiting.exists()


def _has_sent(account: ProviderAccount, now: datetime) -> bool:
    return Message.objects.filter(
        business=account.business,
        account=account,
        status=Status.ACCEPTED,
        send_at__gt=now - _LOOK_BACK,
        accepted_at__gt=_long_ago(now),
    ).exists()


def _long_ago(now: datetime) -> datetime:
    return now - timedelta(minutes=settings.ALERT_AFTER_MINUTES)
