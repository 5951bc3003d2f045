"""Report a change to a house, so that the app above can write it in the log."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Model

from crm.accounts.models import User
from crm.tenancy.models import Business
from crm.tenancy.signals import house_changed


def report_change(
    *,
    business: Business,
    actor: User | None,
    action: str,
    subject: Model,
    now: datetime,
    fields: Iterable[str] = (),
) -> None:
    """Send ``house_changed``. Call it inside the transaction of the change."""
    house_changed.send(
        sender=type(subject),
        business=business,
        actor=actor,
        action=action,
        subject=subject,
        fields=tuple(fields),
        now=now,
    )
