from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.deciding.budget import Budget, Slot, next_slot
from outreach.deciding.decision import (
    Block,
    Go,
    Hold,
    MessageFacts,
    Permission,
    Reason,
    decide,
)

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)
TWO_A_WEEK = Budget(most=2, within=7 * DAY)

OFFER = MessageFacts(
    kind="marketing",
    address="nora@post.no",
    zone="Europe/Oslo",
    permission=Permission(is_granted=True),
    budget=TWO_A_WEEK,
)


def ago(*days):
    return tuple(NOON - number * DAY for number in days)


def ahead(*hours):
    return tuple(NOON + timedelta(hours=number) for number in hours)


@pytest.mark.parametrize(
    ("heard", "free_at"),
    [
        ((), None),
        (ago(1), None),
        (ago(8, 7, 1), None),
        (ago(6, 1), NOON + DAY),
        (ago(6, 5, 1), NOON + 2 * DAY),
    ],
    ids=["nothing", "one", "long ago", "full", "overfull"],
)
def test_there_is_room_when_the_oldest_that_counts_leaves_the_window(heard, free_at):
    slot = next_slot(replace(TWO_A_WEEK, heard=heard), NOON)

    assert slot == (None if free_at is None else Slot(free_at, is_certain=True))


@pytest.mark.parametrize(
    ("heard", "waiting", "slot"),
    [
        ((), ahead(1), None),
        (ago(1), ahead(2), Slot(NOON + timedelta(hours=3), is_certain=False)),
        (ago(1), ahead(30), None),
        (ago(1), ahead(-30), None),
        ((), ahead(-1, 2), Slot(NOON + timedelta(hours=3), is_certain=False)),
    ],
    ids=["one only", "the last place", "much later", "stuck", "both places"],
)
def test_the_better_ranked_that_wait_take_their_places_first(heard, waiting, slot):
    assert next_slot(replace(TWO_A_WEEK, heard=heard, ahead=waiting), NOON) == slot


def test_what_has_no_room_waits_for_the_next_slot_in_open_hours():
    at_night = datetime(2026, 11, 17, 2, 0, tzinfo=UTC)
    full = replace(TWO_A_WEEK, heard=(at_night, *ago(1)))

    verdict = decide(replace(OFFER, budget=full), NOON)

    in_the_morning = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert verdict == Hold(in_the_morning, Reason.BUDGET)


def test_it_expires_visibly_when_the_slot_comes_too_late():
    full = replace(TWO_A_WEEK, heard=ago(1, 2))
    offer = replace(OFFER, budget=full, expires_at=NOON + 3 * DAY)

    assert decide(offer, NOON) == Block(Reason.BUDGET)


def test_while_those_ahead_may_not_go_it_waits_to_the_end():
    crowded = replace(TWO_A_WEEK, heard=ago(1), ahead=ahead(5))
    offer = replace(OFFER, budget=crowded, expires_at=NOON + timedelta(hours=4))

    assert decide(offer, NOON) == Hold(NOON + timedelta(hours=4), Reason.BUDGET)


@pytest.mark.parametrize("kind", ["critical", "service"])
def test_what_is_about_the_visit_does_not_wait(kind):
    full = replace(TWO_A_WEEK, heard=ago(1, 2))

    assert decide(replace(OFFER, kind=kind, budget=full), NOON) == Go()


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"is_left_out": True}, Block(Reason.CONTROL)),
        ({"is_left_out": True, "kind": "survey"}, Go()),
        ({"is_left_out": True, "kind": "service"}, Go()),
        ({"is_left_out": True, "address": ""}, Block(Reason.NO_ADDRESS)),
        ({"is_in_segment": False}, Block(Reason.SEGMENT)),
        ({"is_in_segment": True}, Go()),
        ({"is_visit_as_planned": False}, Block(Reason.VISIT_CHANGED)),
        ({"campaign_state": "sending"}, Go()),
        ({"campaign_state": "cancelled"}, Block(Reason.CALLED_OFF)),
        (
            {"campaign_state": "paused"},
            Hold(NOON + timedelta(hours=1), Reason.PAUSED),
        ),
    ],
)
def test_lot_segment_and_campaign_are_heard(change, verdict):
    assert decide(replace(OFFER, **change), NOON) == verdict


@given(
    most=st.integers(1, 4),
    days=st.integers(1, 30),
    heard=st.lists(st.integers(0, 60 * 24 * 40), max_size=8),
)
def test_at_the_slot_there_is_room_and_not_a_moment_earlier(most, days, heard):
    budget = Budget(
        most=most,
        within=days * DAY,
        heard=tuple(NOON - timedelta(minutes=one) for one in heard),
    )

    slot = next_slot(budget, NOON)

    if slot:
        assert next_slot(budget, slot.at) is None
        assert next_slot(budget, slot.at - timedelta(seconds=1)) is not None
