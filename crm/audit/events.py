"""Write the log of who did what."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models

from crm.accounts.models import User
from crm.audit.models import Event
from crm.tenancy.models import Business

# Who looks again within this time is still looking.
ONE_LOOK = timedelta(minutes=10)


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


def record_view(
    *, business: Business, actor: User, subject: models.Model, now: datetime
) -> None:
    """Append that somebody looked, unless the log says so of the last minutes already.

    At most one line per person, thing and ``ONE_LOOK``. Costs one query, two for a line.
    """
    looked = business.audit_events.filter(
        object_type=subject._meta.label_lower,
        object_ref=str(getattr(subject, "uuid", subject.pk)),
        action="viewed",
        actor=actor,
        at__gt=now - ONE_LOOK,
    )
    if not looked.exists():
        record_event(
            business=business, actor=actor, action="viewed", subject=subject, now=now
        )
