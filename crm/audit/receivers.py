"""Write down what the apps below report."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.dispatch import receiver

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.tenancy.models import Business
from crm.tenancy.signals import house_changed


@receiver(house_changed, dispatch_uid="audit.house_changed")
def note_house_change(
    *,
    business: Business,
    actor: User | None,
    action: str,
    subject: Model,
    fields: Iterable[str],
    now: datetime,
    **_signal: Any,
) -> None:
    record_event(
        business=business,
        actor=actor,
        action=action,
        subject=subject,
        fields=fields,
        now=now,
    )
