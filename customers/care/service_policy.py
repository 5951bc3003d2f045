"""How the house means to serve: its checklist for each kind of visit, ticked off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from crm.accounts.models import User
from crm.tenancy.models import Business
from customers.models import PolicyStep, PolicyTick, Visit

Moment, State = PolicyStep.Moment, Visit.State


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of the checklist for one visit, and who did it when, if somebody has."""

    step: PolicyStep
    tick: PolicyTick | None

    @property
    def is_done(self) -> bool:
        return self.tick is not None


@dataclass(frozen=True, slots=True)
class MomentLines:
    """The steps of one moment. ``is_now`` when it is the moment the visit is in."""

    moment: PolicyStep.Moment
    lines: list[StepLine]
    is_now: bool


@dataclass(frozen=True, slots=True)
class Service:
    """The checklist of one visit. ``moments`` begin with the present one."""

    moments: list[MomentLines]

    @property
    def lines(self) -> list[StepLine]:
        return [line for moment in self.moments for line in moment.lines]

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def done(self) -> int:
        return sum(line.is_done for line in self.lines)


class StepIsGone(Exception):
    """The step is not on the checklist of this visit, or the visit is called off."""


def service_for(
    business: Business, visits: Sequence[Visit], *, today: date
) -> dict[int, Service]:
    """Return the checklist of each visit, by visit id; absent where there is none.

    An archived step stays where it was ticked. Costs two queries.
    """
    visits = [visit for visit in visits if _may_be_served(visit)]
    ticks: dict[int, dict[int, PolicyTick]] = {visit.pk: {} for visit in visits}
    for tick in PolicyTick.objects.filter(
        business=business, visit__in=list(ticks)
    ).select_related("done_by"):
        ticks[tick.visit_id][tick.step_id] = tick
    ticked = {step_id for of_visit in ticks.values() for step_id in of_visit}
    steps = list(
        PolicyStep.objects.filter(Q(is_archived=False) | Q(pk__in=ticked))
        .filter(business=business)
        .order_by("position", "pk")
    )
    services = {
        visit.pk: _service(visit, steps, ticks[visit.pk], today) for visit in visits
    }
    return {pk: service for pk, service in services.items() if service.total}


def present_moment(visit: Visit, *, today: date) -> PolicyStep.Moment:
    """Return the moment a visit is in; one that begins and ends today is going on."""
    if visit.is_booked:
        return Moment.BEFORE if visit.arrival_date > today else Moment.ARRIVAL
    if visit.is_in_house and (not visit.nights or visit.departure_date > today):
        return Moment.DURING
    return Moment.DEPARTURE


@transaction.atomic
def tick_step(visit: Visit, step: UUID, *, actor: User | None, now: datetime) -> bool:
    """Note that a step was done; return whether that is new. Raise StepIsGone."""
    found = PolicyStep.objects.filter(
        business=visit.business_id,
        uuid=step,
        visit_kind=visit.kind,
        is_archived=False,
    ).first()
    if found is None or not _may_be_served(visit):
        raise StepIsGone
    _tick, is_new = PolicyTick.objects.get_or_create(
        visit=visit,
        step=found,
        defaults={"business": visit.business, "done_by": actor, "done_at": now},
    )
    return is_new


def untick_step(visit: Visit, step: UUID) -> bool:
    """Take a tick back; return whether there was one."""
    removed, _rows = visit.policy_ticks.filter(step__uuid=step).delete()
    return bool(removed)


def _may_be_served(visit: Visit) -> bool:
    return visit.state not in {State.CANCELLED, State.NO_SHOW}


def _service(
    visit: Visit, steps: list[PolicyStep], ticks: dict[int, PolicyTick], today: date
) -> Service:
    lines = [
        StepLine(step, ticks.get(step.pk))
        for step in steps
        if step.visit_kind == visit.kind and (not step.is_archived or step.pk in ticks)
    ]
    now = present_moment(visit, today=today)
    moments = list(Moment)
    at = moments.index(now)
    # What is to be done now, what comes after, and what should have been done.
    groups = [
        MomentLines(moment, mine, moment is now)
        for moment in (*moments[at:], *moments[:at])
        if (mine := [line for line in lines if line.step.moment == moment])
    ]
    return Service(groups)
