from datetime import timedelta

import pytest

from customers.care.ready import create_ready_kinds, create_ready_steps
from customers.care.service_policy import (
    StepIsGone,
    present_moment,
    service_for,
    tick_step,
    untick_step,
)
from customers.models import PolicyStep, Visit
from tests.factories import (
    NOW,
    TODAY,
    make_business,
    make_guest,
    make_policy_step,
    make_visit,
)

Moment, State = PolicyStep.Moment, Visit.State


@pytest.fixture
def stay(nora):
    return make_visit(nora, state=State.BOOKED, arrival_date=TODAY)


def service_of(visit):
    return service_for(visit.business, [visit], today=TODAY).get(visit.pk)


def texts(visit):
    return [line.step.text for line in service_of(visit).lines]


@pytest.mark.parametrize(
    ("state", "begins", "nights", "moment"),
    [
        (State.BOOKED, 2, 1, Moment.BEFORE),
        (State.BOOKED, 0, 1, Moment.ARRIVAL),
        (State.BOOKED, -1, 1, Moment.ARRIVAL),
        (State.IN_HOUSE, -1, 3, Moment.DURING),
        (State.IN_HOUSE, 0, 0, Moment.DURING),
        (State.IN_HOUSE, -1, 1, Moment.DEPARTURE),
        (State.IN_HOUSE, -3, 1, Moment.DEPARTURE),
        (State.COMPLETED, -1, 1, Moment.DEPARTURE),
    ],
)
def test_a_visit_is_in_one_moment(nora, state, begins, nights, moment):
    day = TODAY + timedelta(days=begins)
    visit = make_visit(nora, state=state, arrival_date=day, nights=nights)

    assert present_moment(visit, today=TODAY) == moment


def test_the_steps_of_the_moment_come_first_and_the_missed_ones_last(stay):
    for moment in Moment:
        make_policy_step(stay.business, f"At {moment}", moment=moment)

    moments = service_of(stay).moments

    assert [(m.moment, m.is_now) for m in moments] == [
        (Moment.ARRIVAL, True),
        (Moment.DURING, False),
        (Moment.DEPARTURE, False),
        (Moment.BEFORE, False),
    ]


def test_a_checklist_is_for_one_kind_of_visit(stay, nora):
    make_policy_step(stay.business, "Carry the bags")
    make_policy_step(stay.business, "Show the table", visit_kind="table")
    table = make_visit(nora, kind="table", nights=0)

    assert (texts(stay), texts(table)) == (["Carry the bags"], ["Show the table"])


def test_a_tick_says_who_and_when_and_can_be_taken_back(stay, alba):
    step = make_policy_step(stay.business)
    make_policy_step(stay.business, "Thank them")

    first = tick_step(stay, step.uuid, actor=alba, now=NOW)
    again = tick_step(stay, step.uuid, actor=None, now=NOW + timedelta(hours=1))
    service = service_of(stay)
    gone = untick_step(stay, step.uuid)

    tick = service.lines[0].tick
    assert (first, again, gone) == (True, False, True)
    assert (tick.done_by, tick.done_at) == (alba, NOW)
    assert (service.done, service.total, service_of(stay).done) == (1, 2, 0)


def test_an_archived_step_stays_where_it_was_ticked(stay, nora):
    step = make_policy_step(stay.business)
    tick_step(stay, step.uuid, actor=None, now=NOW)
    step.is_archived = True
    step.save()
    other = make_visit(nora, state=State.BOOKED, arrival_date=TODAY)

    services = service_for(stay.business, [stay, other], today=TODAY)

    assert {pk: service.done for pk, service in services.items()} == {stay.pk: 1}
    with pytest.raises(StepIsGone):
        tick_step(other, step.uuid, actor=None, now=NOW)


@pytest.mark.parametrize("state", [State.CANCELLED, State.NO_SHOW])
def test_a_visit_that_is_called_off_is_not_served(nora, state):
    visit = make_visit(nora, state=state)
    step = make_policy_step(nora.business)

    assert service_of(visit) is None
    with pytest.raises(StepIsGone):
        tick_step(visit, step.uuid, actor=None, now=NOW)


def test_another_houses_step_is_not_on_the_list(stay, bar_carla):
    theirs = make_policy_step(bar_carla)

    assert service_of(stay) is None
    with pytest.raises(StepIsGone):
        tick_step(stay, theirs.uuid, actor=None, now=NOW)


def test_any_number_of_visits_costs_two_questions(casa_alba, django_assert_num_queries):
    step = make_policy_step(casa_alba)
    visits = [make_visit(make_guest(casa_alba), state=State.BOOKED) for _ in range(5)]
    for visit in visits:
        tick_step(visit, step.uuid, actor=None, now=NOW)

    for some in (visits[:1], visits):
        with django_assert_num_queries(2):
            services = service_for(casa_alba, some, today=TODAY)
            done = [
                line.tick.done_by for one in services.values() for line in one.lines
            ]
        assert len(done) == len(some)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "nb", "sv", "de"])
def test_a_new_house_starts_with_wishes_and_steps_once(language):
    house = make_business("House", slug="house", language=language)

    for _ in range(2):
        create_ready_kinds(house, now=NOW)
        create_ready_steps(house, now=NOW)

    kinds = list(house.preference_kinds.order_by("position"))
    steps = house.policy_steps
    assert [kind.position for kind in kinds] == list(range(10))
    assert all(2 <= len(kind.suggestions) <= 5 for kind in kinds)
    assert {kind: steps.filter(visit_kind=kind).count() for kind in Visit.Kind} == {
        "stay": 7,
        "table": 5,
        "tour": 6,
        "event": 5,
    }


@pytest.mark.django_db
def test_the_ready_words_are_those_of_the_house():
    house = make_business("House", slug="house", language="en")

    create_ready_kinds(house, now=NOW)

    pillow = house.preference_kinds.get(name="Pillow")
    assert pillow.suggestions == ["Without feathers", "Firm", "Soft", "One more"]
