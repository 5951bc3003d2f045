"""What a guest's story tells of promises, extras and the checklist: once a visit."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest

from customers.care.service_policy import Service, service_for
from customers.models import Guest, PolicyTick, Promise, Visit
from customers.timeline import TimelineEntry

Outcome = Promise.Outcome
ANY_DAY = date.min

_SETTLED = Promise.objects.filter(visit=OuterRef("pk")).exclude(outcome=Outcome.OPEN)
_TICKED = PolicyTick.objects.filter(visit=OuterRef("pk"))


def care_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return what was done for the guest, one entry a visit, when it was last done.

    Four queries.
    """
    visits = _served(guest)
    if before:
        visits = visits.filter(served_at__lt=before)
    page = list(visits.order_by("-served_at", "-pk")[:limit])
    rows: dict[int | None, list[Promise]] = defaultdict(list)
    for row in Promise.objects.filter(visit__in=page).order_by("made_at", "pk"):
        rows[row.visit_id].append(row)
    # The order of the moments does not show here, so any day will do.
    services = service_for(guest.business, page, today=ANY_DAY)
    return [_entry(visit, rows[visit.pk], services.get(visit.pk)) for visit in page]


def _served(guest: Guest) -> QuerySet[Any]:
    """Return visits for which something was done, or was due and they are over."""
    promised = Exists(Promise.objects.filter(visit=OuterRef("pk")))
    return (
        Visit.objects.filter(
            Exists(_SETTLED)
            | Exists(_TICKED)
            | (Q(state=Visit.State.COMPLETED) & promised),
            guest=guest,
        )
        .annotate(
            served_at=Greatest(
                F("completed_at"),
                Subquery(_SETTLED.order_by("-settled_at").values("settled_at")[:1]),
                Subquery(_TICKED.order_by("-done_at").values("done_at")[:1]),
            )
        )
        .select_related("venue")
    )


def _entry(visit: Visit, rows: list[Promise], service: Service | None) -> TimelineEntry:
    kept = [row for row in rows if row.is_kept]
    not_kept = [row for row in rows if row.outcome == Outcome.NOT_KEPT]
    return TimelineEntry(
        at=visit.served_at,  # type: ignore[attr-defined]
        key=f"care:{visit.pk:020}",
        template="customers/timeline_care.html",
        subject=visit,
        tone="brick" if not_kept else "leaf",
        extra={
            "kept": [row for row in kept if not row.is_extra],
            "extras": [row for row in kept if row.is_extra],
            "not_kept": not_kept,
            "unsaid": [row for row in rows if row.is_open and visit.is_completed],
            "service": service if service and service.done else None,
        },
    )
