"""Record, amend and move visits. Each keeps the guest's summary in its transaction."""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.clock import resolve_local
from crm.tenancy.models import Venue
from customers.care.writing_down import write_down_promises
from customers.consent import note_soft_opt_in
from customers.holding import GuestIsForgotten, hold_guest, hold_visit
from customers.models import Guest, Visit
from customers.signals import visit_saved
from customers.summaries import refresh_summaries

State = Visit.State


class VisitCannotMove(Exception):
    """The visit is in a state from which it cannot go where it was asked to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFacts:
    """What is known of a visit. ``spend`` in minor units, tax included.

    An arrival time that the venue's clock skips on that night is kept as the first one
    that exists after it.
    """

    venue: Venue
    kind: str
    arrival_date: date
    departure_date: date
    arrival_time: time | None = None
    party_size: int = 1
    spend: int = 0
    label: str = ""
    source: str = ""
    is_employer_paid: bool = False
    booker: Guest | None = None
    external_id: str = ""


COLUMNS = tuple(field.name for field in fields(VisitFacts))


@transaction.atomic
def record_visit(
    guest: Guest,
    *,
    facts: VisitFacts,
    state: str = State.BOOKED,
    actor: User | None,
    now: datetime,
    uuid: UUID | None = None,
) -> Visit:
    """Record a visit of ``guest`` in any state; a past one may be completed at once.

    A visit that is there under ``uuid`` already is returned as it is: a form that was
    sent twice makes one visit.
    Sends ``visit_saved``. Raise ValidationError when the facts contradict each other,
    GuestIsForgotten when the guest asked for it, if only a moment ago.
    """
    hold_guest(guest)
    uuid = uuid or uuid4()
    if made := guest.visits.filter(uuid=uuid).first():
        return made
    facts = _with_times_that_exist(facts)
    visit = Visit(
        business=guest.business, guest=guest, uuid=uuid, created_at=now, updated_at=now
    )
    _apply(visit, facts)
    _stamp(visit, state, now=now)
    visit.full_clean(validate_unique=False)
    visit.save()
    settle(visit, previous_state=None, actor=actor, action="created", now=now)
    return visit


@transaction.atomic
def amend_visit(
    visit: Visit, *, facts: VisitFacts, actor: User | None, now: datetime
) -> list[str]:
    """Correct a visit's facts and return the names of the fields that changed.

    Sends ``visit_saved``. Raise ValidationError when the facts contradict each other,
    GuestIsForgotten when the guest asked for it.
    """
    visit = hold_visit(visit)
    facts = _with_times_that_exist(facts)
    changed = [name for name in COLUMNS if getattr(visit, name) != getattr(facts, name)]
    if not changed:
        return []
    _apply(visit, facts)
    visit.updated_at = now
    visit.full_clean(validate_unique=False)
    visit.save(update_fields=[*COLUMNS, "updated_at"])
    settle(
        visit,
        previous_state=visit.state,
        actor=actor,
        action="amended",
        changed=changed,
        now=now,
    )
    return changed


def arrive(visit: Visit, *, actor: User | None, now: datetime) -> Visit:
    """Move a booked visit in house."""
    return _move(visit, {State.BOOKED}, State.IN_HOUSE, actor=actor, now=now)


def depart(visit: Visit, *, actor: User | None, now: datetime) -> Visit:
    """Complete a visit. It counts from here on, and follow-up is planned."""
    return _move(
        visit, {State.BOOKED, State.IN_HOUSE}, State.COMPLETED, actor=actor, now=now
    )


def cancel(visit: Visit, *, actor: User | None, now: datetime) -> Visit:
    """Cancel a visit that has not begun."""
    return _move(visit, {State.BOOKED}, State.CANCELLED, actor=actor, now=now)


def mark_no_show(visit: Visit, *, actor: User | None, now: datetime) -> Visit:
    """Note that a booked guest did not come."""
    return _move(visit, {State.BOOKED}, State.NO_SHOW, actor=actor, now=now)


def step_back(
    visit: Visit, *, to: str, after: str = "", actor: User | None, now: datetime
) -> Visit:
    """Undo a tap: back to booked, or to in house. What it triggered is called off.

    ``after`` is the state that the tap led to: what somebody else has tapped since is
    not undone with it.
    """
    return _move(
        visit,
        {after} if after else set(State.values) - {to},
        to,
        allowed_targets={State.BOOKED, State.IN_HOUSE},
        actor=actor,
        now=now,
    )


@transaction.atomic
def _move(
    visit: Visit,
    sources: set[str],
    target: str,
    *,
    actor: User | None,
    now: datetime,
    allowed_targets: set[str] | None = None,
) -> Visit:
    try:
        visit = hold_visit(visit)
    except GuestIsForgotten as problem:
        raise VisitCannotMove(str(problem)) from problem
    previous = visit.state
    if previous == target:
        return visit
    if previous not in sources or target not in (allowed_targets or {target}):
        raise VisitCannotMove(
            _("This visit is “%(state)s” and cannot be changed that way.")
            % {"state": visit.get_state_display()}
        )
    _stamp(visit, target, now=now)
    visit.updated_at = now
    visit.save(
        update_fields=[
            "state",
            "arrived_at",
            "completed_at",
            "closed_at",
            "updated_at",
        ]
    )
    settle(visit, previous_state=previous, actor=actor, action=target, now=now)
    return visit


def is_as_typed(visit: Visit, facts: VisitFacts) -> bool:
    """Return whether a visit says just what ``facts`` say."""
    facts = _with_times_that_exist(facts)
    return all(getattr(visit, name) == getattr(facts, name) for name in COLUMNS)


def _with_times_that_exist(facts: VisitFacts) -> VisitFacts:
    if facts.arrival_time is None:
        return facts
    zone = facts.venue.time_zone
    instant = resolve_local(facts.arrival_date, facts.arrival_time, zone)
    return replace(facts, arrival_time=instant.astimezone(ZoneInfo(zone)).time())


def _apply(visit: Visit, facts: VisitFacts) -> None:
    for name in COLUMNS:
        setattr(visit, name, getattr(facts, name))


def _stamp(visit: Visit, state: str, *, now: datetime) -> None:
    visit.state = state
    if state == State.BOOKED:
        visit.arrived_at = None
    elif state in {State.IN_HOUSE, State.COMPLETED}:
        visit.arrived_at = visit.arrived_at or now
    visit.completed_at = now if state == State.COMPLETED else None
    visit.closed_at = now if state in {State.CANCELLED, State.NO_SHOW} else None


def settle(
    visit: Visit,
    *,
    previous_state: str | None,
    actor: User | None,
    action: str,
    now: datetime,
    changed: list[str] | None = None,
) -> None:
    """Finish a change of ``visit`` in its transaction: summary, opt-in, log, signal."""
    refresh_summaries(visit.business, guest_ids=[visit.guest_id])
    write_down_promises(visit, previous_state=previous_state, now=now)
    if visit.is_paid:
        note_soft_opt_in(visit, now=now)
    record_event(
        business=visit.business,
        actor=actor,
        action=action,
        subject=visit,
        fields=changed or [],
        now=now,
    )
    visit_saved.send(sender=Visit, visit=visit, previous_state=previous_state, now=now)
