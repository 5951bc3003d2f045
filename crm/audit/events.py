"""Write the log of who did what."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models

from crm.accounts.models import User
from crm.audit.models import Event
from crm.tenancy.models import Business


def record_event(
    *,
    business: Business,
    actor: User | None,
    action: str,
    subject: models.Model,
    now: datetime,
    fields: Iterable[str] = (),
    batch: str = "",
) -> Event:
    """Append one event about ``subject``.

    ``action`` is a past-tense verb like ``created``, ``viewed``, ``exported``.
    ``fields`` are names of fields, never values. Without an actor the product did it.
    """
    return Event.objects.create(
        business=business,
        actor=actor,
        action=action,
        object_type=subject._meta.label_lower,
        object_ref=str(getattr(subject, "uuid", subject.pk)),
        fields=sorted(fields),
        batch=batch,
        at=now,
    )
