"""The checklist of the house, ticked off on the visits of the last months and today."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from django.db.models import Q

from crm.devtools.demo.houses import House
from customers.models import PolicyStep, PolicyTick, Visit

Moment, State = PolicyStep.Moment, Visit.State

THREE_MONTHS = timedelta(days=92)
# How careful people are, from visit to visit, and what is done more or less often.
_CARE = (0.62, 0.95)
_LIKELIER = {Moment.BEFORE: 0.04, Moment.ARRIVAL: 0.1, Moment.DURING: -0.12}


def tick_off(house: House, chance: Random) -> None:
    """Tick most of the steps of recent visits, and those of today that were due."""
    # The house wrote its checklist then; earlier visits owe it nothing.
    house.business.policy_steps.update(created_at=house.now - THREE_MONTHS)
    steps = defaultdict(list)
    for step in house.business.policy_steps.order_by("position", "pk"):
        steps[step.visit_kind].append(step)
    ticks = (
        tick
        for visit in _visits(house)
        for tick in _ticks(visit, steps[visit.kind], house, chance)
    )
    PolicyTick.objects.bulk_create(ticks, batch_size=2000)


def _visits(house: House) -> Iterator[Visit]:
    lately = Q(
        state__in=(State.COMPLETED, State.IN_HOUSE),
        arrival_date__gte=house.today - THREE_MONTHS,
    )
    today = Q(state=State.BOOKED, arrival_date=house.today)
    yield from house.business.visits.filter(lately | today).order_by("pk")


def _ticks(
    visit: Visit, steps: Sequence[PolicyStep], house: House, chance: Random
) -> Iterator[PolicyTick]:
    care = chance.uniform(*_CARE)
    for step in steps:
        moment = Moment(step.moment)
        likely = (care + _LIKELIER.get(moment, 0)) * _had_time(visit, moment)
        if chance.random() < likely:
            yield PolicyTick(
                business_id=visit.business_id,
                visit=visit,
                step=step,
                done_by_id=chance.choice(house.staff_ids),
                done_at=_done_at(visit, moment, house, chance),
            )


def _had_time(visit: Visit, moment: PolicyStep.Moment) -> float:
    """Return how far this moment of the visit is over: 0 before it, 1 after it."""
    if visit.is_booked:
        return 0.6 if moment == Moment.BEFORE else 0
    if visit.is_in_house:
        return {Moment.DURING: 0.5, Moment.DEPARTURE: 0}.get(moment, 1)
    return 1


def _done_at(
    visit: Visit, moment: PolicyStep.Moment, house: House, chance: Random
) -> datetime:
    came_at = visit.arrived_at or house.now
    left_at = visit.completed_at or house.now
    if moment == Moment.BEFORE:
        before = came_at - timedelta(minutes=chance.randint(20, 240))
        return max(before, visit.created_at)
    if moment == Moment.DURING:
        return came_at + (left_at - came_at) * chance.random()
    while_ = timedelta(minutes=chance.randint(1, 9))
    if moment == Moment.ARRIVAL:
        return min(came_at + while_, left_at)
    return max(left_at - while_, came_at)
