import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from customers.care.dues import due_for
from customers.care.preferences import Wish, end_preference, note_preference
from customers.care.promises import (
    CannotBeSettled,
    PromiseFacts,
    change_promise,
    promise,
    settle,
    take_back_promise,
    unsettle,
)
from customers.models import Preference, Promise, Visit
from customers.visits import arrive, cancel, depart, mark_no_show, step_back
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_preference,
    make_promise,
    make_visit,
)

State, Kind, Outcome = Visit.State, Promise.Kind, Promise.Outcome
ONCE = Preference.Lasts.ONCE
BEFORE, LATER = NOW - timedelta(days=1), NOW + timedelta(hours=3)


def booked(guest, *, in_days=0, nights=2, **fields):
    day = TODAY + timedelta(days=in_days)
    return make_visit(
        guest, state=State.BOOKED, arrival_date=day, nights=nights, **fields
    )


def due_on(*visits):
    """Return the texts that are due on each visit, as the card would list them."""
    dues = due_for(visits[0].business, visits, today=TODAY)
    return [[due.text for due in dues.get(visit.pk, [])] for visit in visits]


def outcomes(visit):
    return dict(visit.promises.order_by("pk").values_list("text", "outcome"))


def test_a_wish_for_every_time_is_due_on_every_visit_to_come(nora):
    make_preference(nora, "Pillow", "Firm")
    visits = [booked(nora), booked(nora, in_days=30)]

    assert due_on(*visits) == [["Pillow: Firm"], ["Pillow: Firm"]]


def test_a_wish_for_once_is_due_on_the_first_visit_alone(nora):
    make_preference(nora, "Room", "High up", lasts=ONCE)
    later, first = booked(nora, in_days=30), booked(nora)

    assert due_on(first, later) == [["Room: High up"], []]


def test_what_is_promised_for_next_time_waits_for_the_first_visit(nora):
    make_promise(nora, "A table by the window")
    later, first = booked(nora, in_days=30), booked(nora)

    assert due_on(first, later) == [["A table by the window"], []]


def test_a_booking_that_was_forgotten_keeps_nothing_waiting(nora):
    make_promise(nora, "A table by the window")
    forgotten, coming = booked(nora, in_days=-8), booked(nora, in_days=3)

    assert due_on(forgotten, coming) == [[], ["A table by the window"]]


def test_a_promise_for_a_visit_is_due_there(nora):
    first, later = booked(nora), booked(nora, in_days=30)
    make_promise(nora, "A cake at eight", visit=later)

    assert due_on(first, later) == [[], ["A cake at eight"]]


def test_extras_stand_after_promises_and_keep_their_place(nora):
    visit = booked(nora)
    make_promise(nora, "A card", visit=visit, kind=Kind.EXTRA, now=BEFORE)
    make_promise(nora, "A late breakfast", visit=visit)
    pillow = make_preference(nora, "Pillow", "Firm", now=BEFORE)
    order = ["Pillow: Firm", "A late breakfast", "A card"]

    before = due_on(visit)
    settle(visit, pillow.uuid, outcome=Outcome.KEPT, actor=None, now=LATER)

    assert [before, due_on(visit)] == [[order], [order]]


def test_the_arrival_writes_down_what_is_due(nora, alba):
    make_preference(nora, "Pillow", "Firm", actor=alba)
    make_promise(nora, "A table by the window")
    visit = booked(nora)

    arrive(visit, actor=None, now=NOW)

    assert outcomes(visit) == {
        "A table by the window": Outcome.OPEN,
        "Pillow: Firm": Outcome.OPEN,
    }
    row = visit.promises.get(kind=Kind.PREFERENCE)
    assert (row.made_by, row.guest, row.business) == (alba, nora, nora.business)


def test_a_visit_that_is_completed_at_once_owes_the_same(nora):
    make_preference(nora, "Pillow", "Firm")

    visit = make_visit(nora, state=State.COMPLETED, now=LATER)

    assert outcomes(visit) == {"Pillow: Firm": Outcome.OPEN}


def test_a_visit_written_down_afterwards_owes_nothing_that_was_said_since(nora):
    make_preference(nora, "Pillow", "Firm")
    make_promise(nora, "A table by the window", now=NOW + timedelta(minutes=1))

    visit = make_visit(nora, arrival_date=TODAY - timedelta(days=40), now=LATER)

    assert outcomes(visit) == {}
    assert due_on(booked(nora)) == [["Pillow: Firm", "A table by the window"]]


def test_what_is_promised_during_a_visit_waits_for_the_next_one(nora):
    here = booked(nora)
    arrive(here, actor=None, now=NOW)
    make_promise(nora, "Next time the corner room", now=LATER)
    make_preference(nora, "Room", "High up", lasts=ONCE, now=LATER)
    coming = booked(nora, in_days=30)

    waiting = ["Next time the corner room", "Room: High up"]
    assert [sorted(texts) for texts in due_on(here, coming)] == [[], waiting]
    depart(here, actor=None, now=LATER)
    assert outcomes(here) == {}


def test_a_wish_for_every_time_said_during_a_visit_can_be_kept_but_is_not_owed(nora):
    here = booked(nora)
    arrive(here, actor=None, now=NOW)
    pillow = make_preference(nora, "Pillow", "Firm", now=LATER)
    tea = make_preference(nora, "Coffee and tea", "Tea", now=LATER)
    shown = [sorted(texts) for texts in due_on(here)]

    settle(here, pillow.uuid, outcome=Outcome.KEPT, actor=None, now=LATER)
    depart(here, actor=None, now=LATER)

    assert shown == [sorted([pillow.words, tea.words])]
    assert outcomes(here) == {"Pillow: Firm": Outcome.KEPT}


def test_an_arrival_taken_back_leaves_no_rows_and_the_same_dues(nora):
    make_preference(nora, "Pillow", "Firm")
    make_promise(nora, "A table by the window")
    visit = booked(nora)
    before = due_on(visit)

    arrive(visit, actor=None, now=NOW)
    step_back(visit, to=State.BOOKED, actor=None, now=LATER)

    visit.refresh_from_db()
    assert due_on(visit) == before
    assert not visit.promises.filter(kind=Kind.PREFERENCE).exists()
    arrive(visit, actor=None, now=LATER)
    assert visit.promises.count() == 2


def test_what_waited_waits_again_when_the_arrival_was_a_mistake(nora):
    make_promise(nora, "A table by the window")
    of_this_visit = booked(nora)
    make_promise(nora, "A cake at eight", visit=of_this_visit)
    sooner = booked(nora, in_days=-1)

    arrive(of_this_visit, actor=None, now=NOW)
    step_back(of_this_visit, to=State.BOOKED, actor=None, now=LATER)
    arrive(sooner, actor=None, now=LATER)

    of_this_visit.refresh_from_db()
    assert due_on(of_this_visit, sooner) == [
        ["A cake at eight"],
        ["A table by the window"],
    ]


def test_what_waited_and_was_settled_too_soon_waits_again(nora):
    row = make_promise(nora, "A table by the window")
    visit = booked(nora)
    settle(visit, row.uuid, outcome=Outcome.KEPT, actor=None, now=NOW)

    unsettle(visit, row.uuid, actor=None, now=LATER)

    row.refresh_from_db()
    assert (row.visit, row.outcome, row.was_waiting) == (None, "", False)


def test_what_was_kept_stays_with_the_visit_that_was_set_back(nora):
    row = make_promise(nora, "A table by the window")
    visit = booked(nora)
    arrive(visit, actor=None, now=NOW)
    settle(visit, row.uuid, outcome=Outcome.KEPT, actor=None, now=LATER)

    step_back(visit, to=State.BOOKED, actor=None, now=LATER)

    assert outcomes(visit) == {"A table by the window": Outcome.KEPT}


@pytest.mark.parametrize("call_off", [cancel, mark_no_show])
def test_what_was_promised_for_a_visit_called_off_waits_for_the_next(nora, call_off):
    visit = booked(nora)
    make_promise(nora, "A cake at eight", visit=visit)
    call_off(visit, actor=None, now=NOW)
    coming = booked(nora, in_days=30)

    called_off = due_on(coming)
    step_back(visit, to=State.BOOKED, actor=None, now=LATER)
    visit.refresh_from_db()

    assert called_off == [["A cake at eight"]]
    assert due_on(visit, coming) == [["A cake at eight"], []]


def test_a_promise_from_a_visit_called_off_moves_to_the_one_that_comes(nora):
    visit = booked(nora)
    row = make_promise(nora, "A cake at eight", visit=visit)
    cancel(visit, actor=None, now=NOW)
    coming = booked(nora, in_days=1)

    arrive(coming, actor=None, now=LATER)

    row.refresh_from_db()
    assert row.visit == coming


def test_kept_is_said_by_somebody_at_a_time(nora, alba):
    visit = booked(nora)
    row = make_promise(nora, "A cake at eight", visit=visit)

    settle(visit, row.uuid, outcome=Outcome.KEPT, actor=alba, now=LATER)

    row.refresh_from_db()
    assert (row.outcome, row.settled_by, row.settled_at) == ("kept", alba, LATER)
    event = nora.business.audit_events.latest("pk")
    assert (event.action, event.actor, event.fields) == ("kept", alba, [])


def test_not_kept_has_room_for_why(nora):
    visit = booked(nora)
    row = make_promise(nora, "A cake at eight", visit=visit)

    settle(
        visit,
        row.uuid,
        outcome=Outcome.NOT_KEPT,
        reason="The oven broke",
        actor=None,
        now=LATER,
    )

    row.refresh_from_db()
    assert (row.outcome, row.reason) == ("not_kept", "The oven broke")


def test_a_wish_settled_before_the_arrival_gets_its_row_then(nora):
    pillow = make_preference(nora, "Pillow", "Firm")
    visit = booked(nora)

    settle(visit, pillow.uuid, outcome=Outcome.KEPT, actor=None, now=NOW)
    arrive(visit, actor=None, now=LATER)

    assert outcomes(visit) == {"Pillow: Firm": Outcome.KEPT}


def test_the_first_word_counts_until_it_is_taken_back(nora):
    visit = booked(nora)
    row = make_promise(nora, "A cake at eight", visit=visit)
    settle(visit, row.uuid, outcome=Outcome.KEPT, actor=None, now=NOW)

    settle(visit, row.uuid, outcome=Outcome.NOT_KEPT, actor=None, now=LATER)
    stays = outcomes(visit)
    unsettle(visit, row.uuid, actor=None, now=LATER)

    assert [stays, outcomes(visit)] == [
        {"A cake at eight": Outcome.KEPT},
        {"A cake at eight": Outcome.OPEN},
    ]


def test_taking_back_what_was_said_of_a_wish_leaves_it_due(nora):
    pillow = make_preference(nora, "Pillow", "Firm")
    visit = booked(nora)
    settle(visit, pillow.uuid, outcome=Outcome.KEPT, actor=None, now=NOW)

    unsettle(visit, pillow.uuid, actor=None, now=LATER)

    assert (outcomes(visit), due_on(visit)) == ({}, [["Pillow: Firm"]])


def test_a_wish_for_once_ends_when_its_visit_is_over_and_it_was_settled(nora):
    wish = make_preference(nora, "Room", "High up", lasts=ONCE)
    visit = booked(nora)
    arrive(visit, actor=None, now=NOW)
    settle(visit, wish.uuid, outcome=Outcome.KEPT, actor=None, now=LATER)
    during = due_on(booked(nora, in_days=30))

    depart(visit, actor=None, now=LATER)
    wish.refresh_from_db()
    ended = wish.ended_at
    step_back(visit, to=State.IN_HOUSE, actor=None, now=LATER)
    wish.refresh_from_db()

    assert (during, ended, wish.ended_at) == ([[]], LATER, None)


def test_a_wish_for_once_that_nobody_spoke_of_is_due_again(nora):
    wish = make_preference(nora, "Room", "High up", lasts=ONCE)
    visit = booked(nora)
    arrive(visit, actor=None, now=NOW)
    depart(visit, actor=None, now=LATER)
    assert due_on(booked(nora, in_days=30)) == [["Room: High up"]]

    settle(visit, wish.uuid, outcome=Outcome.NOT_KEPT, actor=None, now=LATER)
    wish.refresh_from_db()
    ended = wish.ended_at
    unsettle(visit, wish.uuid, actor=None, now=LATER)
    wish.refresh_from_db()

    assert (ended, wish.ended_at) == (LATER, None)


@pytest.mark.parametrize("state", [State.CANCELLED, State.NO_SHOW])
def test_nothing_is_settled_on_a_visit_that_was_called_off(nora, state):
    visit = make_visit(nora, state=state)
    row = make_promise(nora, "A cake at eight", visit=visit)

    with pytest.raises(CannotBeSettled, match="did not come"):
        settle(visit, row.uuid, outcome=Outcome.KEPT, actor=None, now=NOW)


def test_what_is_no_longer_wished_cannot_be_settled(nora):
    wish = make_preference(nora, "Pillow", "Firm")
    visit = booked(nora)
    end_preference(wish, actor=None, now=NOW)

    with pytest.raises(CannotBeSettled, match="no longer promised"):
        settle(visit, wish.uuid, outcome=Outcome.KEPT, actor=None, now=NOW)


def test_another_guests_promise_cannot_be_settled_here(casa_alba, nora):
    olaf = make_guest(casa_alba, "Olaf Vik")
    others = make_promise(olaf, "A cake at eight")
    visit = booked(nora)

    with pytest.raises(CannotBeSettled):
        settle(visit, others.uuid, outcome=Outcome.KEPT, actor=None, now=NOW)


def test_a_promise_can_be_put_right_and_taken_back_while_it_is_open(nora):
    row = make_promise(nora, "A cake at eight")
    facts = PromiseFacts(text="A cake at nine", kind=Kind.EXTRA, cost=120_00)

    changed = change_promise(row, facts, actor=None, now=NOW)
    gone = take_back_promise(row, actor=None, now=NOW)
    again = take_back_promise(row, actor=None, now=NOW)

    assert (changed, gone, again) == (["text", "kind", "cost"], True, False)
    assert nora.promises.count() == 0


def test_a_promise_that_is_settled_stays_as_it_was_said(nora):
    visit = booked(nora)
    row = make_promise(nora, "A cake at eight", visit=visit)
    settle(visit, row.uuid, outcome=Outcome.KEPT, actor=None, now=NOW)

    changed = change_promise(row, PromiseFacts(text="No"), actor=None, now=NOW)
    gone = take_back_promise(row, actor=None, now=NOW)

    row.refresh_from_db()
    assert (changed, gone, row.text) == ([], False, "A cake at eight")


def test_the_same_promise_sent_twice_is_one(nora):
    visit = booked(nora)

    rows = {make_promise(nora, "A cake at eight", visit=visit).pk for _ in range(2)}

    assert len(rows) == 1


def test_a_cost_is_never_below_nothing(nora):
    with pytest.raises(ValidationError, match="less than nothing"):
        promise(
            nora, PromiseFacts(text="A cake", cost=-1), visit=None, actor=None, now=NOW
        )


def test_what_is_due_costs_four_questions_for_any_number_of_visits(
    casa_alba, django_assert_num_queries
):
    def house_of(number):
        visits = []
        for _ in range(number):
            guest = make_guest(casa_alba)
            make_preference(guest, "Pillow", "Firm")
            make_promise(guest, "A cake at eight")
            visits.append(booked(guest))
            visits.append(make_visit(guest, state=State.IN_HOUSE))
        return visits

    few, many = house_of(1), house_of(5)

    for visits in (few, many):
        with django_assert_num_queries(4):
            texts = [
                (due.text, due.responsible, due.cost)
                for dues in due_for(casa_alba, visits, today=TODAY).values()
                for due in dues
            ]
        assert len(texts) == len(visits) * 1.5


def test_another_house_owes_nothing_here(casa_alba, nora, bar_carla):
    olaf = make_guest(bar_carla, "Olaf Vik")
    make_preference(olaf, "Pillow", "Firm")
    make_promise(olaf, "A cake at eight")

    assert due_on(booked(nora)) == [[]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_wish", [True, False])
def test_two_taps_at_once_settle_once(casa_alba, is_wish):
    guest = make_guest(casa_alba)
    visit = booked(guest)
    make = make_preference if is_wish else make_promise
    due = make(guest, *(("Pillow", "Firm") if is_wish else ("A cake",)))
    start = threading.Barrier(2)
    problems = []

    def tap(outcome, now):
        try:
            start.wait(timeout=10)
            settle(visit, due.uuid, outcome=outcome, actor=None, now=now)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    taps = [(Outcome.KEPT, NOW), (Outcome.NOT_KEPT, LATER)]
    threads = [threading.Thread(target=tap, args=args) for args in taps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    (row,) = visit.promises.all()
    assert problems == []
    assert (row.outcome, row.settled_at) in taps
    settled = casa_alba.audit_events.filter(action__in=("kept", "not_kept"))
    assert settled.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_tap_and_an_arrival_at_once_write_one_row(casa_alba):
    guest = make_guest(casa_alba)
    visit = booked(guest)
    wish = make_preference(guest, "Pillow", "Firm")
    start = threading.Barrier(2)
    problems = []

    def at_once(act):
        try:
            start.wait(timeout=10)
            act()
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    def tap():
        settle(visit, wish.uuid, outcome=Outcome.KEPT, actor=None, now=LATER)

    def come():
        arrive(visit, actor=None, now=LATER)

    threads = [threading.Thread(target=at_once, args=[act]) for act in (tap, come)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert problems == []
    assert outcomes(visit) == {"Pillow: Firm": Outcome.KEPT}


def test_wishes_said_twice_are_one(nora):
    wish = make_preference(nora, "Pillow", "Firm", now=BEFORE)
    again = note_preference(
        nora,
        Wish(kind=wish.kind, wish="firm"),
        actor=None,
        today=TODAY,
        now=NOW,
    )

    assert (again, nora.preferences.count()) == (wish, 1)
