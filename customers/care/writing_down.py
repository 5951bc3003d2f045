"""Write down what is due when a guest comes, and take it back when they did not.

Called in the visit's own transaction by ``customers/visits.py``.
"""

from datetime import datetime

from django.db.models import F, QuerySet

from crm.core.clock import day_bounds
from customers.care.dues import WAITING
from customers.models import Preference, Promise, Visit

State, Kind, Outcome = Visit.State, Promise.Kind, Promise.Outcome

CAME = (State.IN_HOUSE, State.COMPLETED)


def write_down_promises(
    visit: Visit, *, previous_state: str | None, now: datetime
) -> None:
    """Keep what is written down in step with a visit that has just moved.

    At the arrival, and when a visit is completed at once, what is due becomes rows of
    the visit. A visit set back to booked loses those nobody has said anything about:
    wishes are no rows any more, and what waited for an arrival waits for it again. Doing so again changes nothing. Hold the guest's lock.
    """
    if visit.state == previous_state:
        return
    if visit.state in CAME:
        _take_over_waiting(visit)
        _write_down_wishes(visit, now=now)
    elif previous_state in CAME:
        let_wait_again(visit.promises.all())
        visit.promises.filter(kind=Kind.PREFERENCE, outcome=Outcome.OPEN).delete()
    if visit.is_completed:
        end_what_was_once(visit)
    elif previous_state == State.COMPLETED:
        resume_what_was_once(visit)


def _take_over_waiting(visit: Visit) -> None:
    waiting = visit.guest.promises.filter(WAITING, **_said_before("made_at", visit))
    waiting.update(visit=visit, was_waiting=True)


def let_wait_again(rows: QuerySet[Promise]) -> None:
    """Let go of those that a visit took over and nobody has said anything about."""
    taken_over = rows.filter(was_waiting=True, outcome=Outcome.OPEN)
    taken_over.update(visit=None, was_waiting=False)


def _write_down_wishes(visit: Visit, *, now: datetime) -> None:
    wishes = (
        visit.guest.preferences.filter(ended_at=None, **_said_before("noted_at", visit))
        .exclude(promises__visit=visit)
        .select_related("kind")
    )
    Promise.objects.bulk_create(
        [row_of(visit, wish, now=now) for wish in wishes], ignore_conflicts=True
    )


def _said_before(field: str, visit: Visit) -> dict[str, datetime | None]:
    """Return the look-ups that keep what was said before the guest came.

    A visit that is written down afterwards owes nothing that was said since.
    """
    _start, end = day_bounds(visit.departure_date, visit.venue.time_zone)
    return {f"{field}__lte": visit.arrived_at, f"{field}__lt": end}


def row_of(visit: Visit, wish: Preference, *, now: datetime) -> Promise:
    return Promise(
        business=visit.business,
        guest=visit.guest,
        visit=visit,
        kind=Kind.PREFERENCE,
        preference=wish,
        text=wish.words[:200],
        made_by=wish.noted_by,
        made_at=now,
    )


def end_what_was_once(visit: Visit) -> None:
    """End the wishes for one visit that have had theirs, at the moment it was said."""
    if not visit.is_completed:
        return
    settled = visit.promises.filter(
        preference__lasts=Preference.Lasts.ONCE, preference__ended_at=None
    ).exclude(outcome=Outcome.OPEN)
    for row in settled:
        Preference.objects.filter(promises=row).update(ended_at=row.settled_at)


def resume_what_was_once(visit: Visit, *, only: Promise | None = None) -> None:
    """Take back the ends that ``end_what_was_once`` gave."""
    rows = visit.promises.filter(
        preference__lasts=Preference.Lasts.ONCE,
        preference__ended_at=F("settled_at"),
    )
    if only is not None:
        rows = rows.filter(pk=only.pk)
    Preference.objects.filter(pk__in=rows.values("preference")).update(ended_at=None)
