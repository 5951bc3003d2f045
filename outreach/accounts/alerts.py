"""Tell the owners when an account stops, or when nothing leaves: once per incident.

An incident is a row, written in the transaction that found it; a tick tells. The mail
does not go through the engine, because it may be the engine that stands still.
"""

from datetime import datetime, timedelta

from django.db import transaction

from outreach.accounts.alert_mail import write_to_owners
from outreach.models import Alert, ProviderAccount

Kind = Alert.Kind
Pause = ProviderAccount.Pause

# Later nobody needs a mail that it began; the pages say it all the time.
_WORTH_TELLING = timedelta(hours=24)


def note_trouble(
    account: ProviderAccount, kind: str, *, now: datetime, reason: str = ""
) -> bool:
    """Begin an incident of an account; False where one of its kind is open already."""
    _alert, is_new = Alert.objects.get_or_create(
        business_id=account.business_id,
        account=account,
        kind=kind,
        over_at=None,
        defaults={
            "reason": reason,
            "began_at": now,
            # Whoever paused it by hand knows.
            "told_at": now if reason == Pause.BY_HAND else None,
        },
    )
    return is_new


def end_trouble(account: ProviderAccount, kind: str, *, now: datetime) -> bool:
    """Note that an incident is over; False where none was open."""
    open_ones = Alert.objects.filter(account=account, kind=kind, over_at=None)
    return bool(open_ones.update(over_at=now))


def tell_owners(*, now: datetime) -> int:
    """Write to the owners about each incident that they do not know of; return how many.

    Can run in many places at once. What no mail server takes is tried at the next tick.
    """
    waiting = Alert.objects.filter(
        told_at=None,
        over_at=None,
        began_at__gt=now - _WORTH_TELLING,
        account__is_in_use=True,
    ).order_by("pk")
    return sum(_tell(pk, now=now) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _tell(alert_id: int, *, now: datetime) -> bool:
    # The row stays locked meanwhile, so that two ticks do not write twice.
    alert = (
        Alert.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("business", "account")
        .filter(pk=alert_id, told_at=None)
        .first()
    )
    if alert is None or not write_to_owners(alert):
        return False
    alert.told_at = now
    alert.save(update_fields=["told_at"])
    return True
