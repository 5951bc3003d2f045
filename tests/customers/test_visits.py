from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from customers.models import Visit
from customers.signals import visit_saved
from customers.visits import (
    VisitCannotMove,
    amend_visit,
    arrive,
    cancel,
    depart,
    mark_no_show,
    record_visit,
    step_back,
)
from tests.factories import NOW, TODAY, facts_of, make_visit

State = Visit.State
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def heard():
    """Collect (previous state, state) of every visit_saved signal."""
    calls = []

    def listen(sender, visit, previous_state, now, **kwargs):
        calls.append((previous_state, visit.state))

    visit_saved.connect(listen, weak=False)
    yield calls
    visit_saved.disconnect(listen)


def booked(guest, **fields):
    return make_visit(guest, state=State.BOOKED, arrival_date=TODAY, **fields)


def test_a_visit_can_be_recorded_in_any_state(nora):
    states = [make_visit(nora, state=state).state for state in State.values]

    assert states == State.values


@pytest.mark.parametrize(
    ("state", "stamped"),
    [
        (State.BOOKED, set()),
        (State.IN_HOUSE, {"arrived_at"}),
        (State.COMPLETED, {"arrived_at", "completed_at"}),
        (State.CANCELLED, {"closed_at"}),
        (State.NO_SHOW, {"closed_at"}),
    ],
)
def test_each_state_has_its_own_times(nora, state, stamped):
    visit = make_visit(nora, state=state)

    times = {"arrived_at", "completed_at", "closed_at"}
    assert {name for name in times if getattr(visit, name)} == stamped


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        (arrive, State.BOOKED, State.IN_HOUSE),
        (depart, State.IN_HOUSE, State.COMPLETED),
        (depart, State.BOOKED, State.COMPLETED),
        (cancel, State.BOOKED, State.CANCELLED),
        (mark_no_show, State.BOOKED, State.NO_SHOW),
    ],
)
def test_a_tap_moves_the_visit_and_says_from_where(nora, heard, act, before, after):
    visit = make_visit(nora, state=before)

    act(visit, actor=None, now=LATER)

    visit.refresh_from_db()
    assert visit.state == after
    assert heard == [(None, before), (before, after)]


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (arrive, State.CANCELLED),
        (arrive, State.COMPLETED),
        (depart, State.NO_SHOW),
        (cancel, State.IN_HOUSE),
        (cancel, State.COMPLETED),
        (mark_no_show, State.IN_HOUSE),
    ],
)
def test_a_visit_does_not_go_where_it_cannot(nora, act, state):
    visit = make_visit(nora, state=state)

    with pytest.raises(VisitCannotMove, match="cannot be changed that way"):
        act(visit, actor=None, now=LATER)

    visit.refresh_from_db()
    assert visit.state == state


def test_a_second_tap_changes_nothing_and_says_nothing(nora, heard):
    visit = booked(nora)
    arrive(visit, actor=None, now=NOW)
    heard.clear()

    again = arrive(visit, actor=None, now=LATER)

    assert (again.arrived_at, heard) == (NOW, [])


def test_stepping_back_takes_the_departure_back_and_keeps_the_arrival(nora):
    visit = booked(nora)
    arrive(visit, actor=None, now=NOW)
    depart(visit, actor=None, now=LATER)

    back = step_back(visit, to=State.IN_HOUSE, actor=None, now=LATER)

    assert (back.state, back.arrived_at, back.completed_at) == (
        State.IN_HOUSE,
        NOW,
        None,
    )
    nora.summary.refresh_from_db()
    assert nora.summary.visits == 0


def test_stepping_back_leads_only_to_before(nora):
    visit = booked(nora)

    with pytest.raises(VisitCannotMove):
        step_back(visit, to=State.COMPLETED, actor=None, now=NOW)


def test_an_amended_visit_names_what_changed_and_updates_the_summary(nora, alba):
    visit = make_visit(nora, spend=100_00, label="Room 1")

    changed = amend_visit(
        visit, facts=facts_of(visit, spend=250_00), actor=alba, now=LATER
    )

    nora.summary.refresh_from_db()
    assert changed == ["spend"]
    assert nora.summary.spend == 250_00
    event = nora.business.audit_events.latest("pk")
    assert (event.actor, event.action, event.fields) == (alba, "amended", ["spend"])


def test_amending_to_the_same_says_nothing(nora, heard):
    visit = make_visit(nora)
    heard.clear()

    changed = amend_visit(visit, facts=facts_of(visit), actor=None, now=LATER)

    assert (changed, heard) == ([], [])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"departure_date": TODAY - timedelta(days=9)},
            "The departure is before the arrival.",
        ),
        ({"spend": -1}, "Spend cannot be less than nothing."),
    ],
)
def test_facts_that_contradict_each_other_are_refused_in_words(nora, wrong, sentence):
    good = facts_of(make_visit(nora))

    with pytest.raises(ValidationError) as problem:
        record_visit(nora, facts=replace(good, **wrong), actor=None, now=NOW)

    assert sentence in problem.value.messages
    assert nora.visits.count() == 1
