"""The one SQL statement against the same sums done slowly in Python."""

import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import GuestSummary, Visit
from customers.summaries import refresh_summaries
from customers.visits import arrive, depart
from tests.factories import NOW, TODAY, make_guest, make_venue, make_visit

State = Visit.State
FIELDS = (
    "visits", "visit_days", "nights", "spend", "first_visit_on", "second_visit_on",
    "last_visit_on", "next_arrival_on", "cancelled_visits", "no_shows",
    "usual_gap_days",
)  # fmt: skip

a_visit = st.fixed_dictionaries(
    {
        "state": st.sampled_from(State.values),
        "begins": st.integers(-20, 20),
        "nights": st.integers(0, 5),
        "spend": st.integers(0, 10**7),
    }
)


def summed_up_slowly(visits):
    done = [visit for visit in visits if visit.state == State.COMPLETED]
    days = sorted({visit.arrival_date for visit in done})
    coming = [visit.arrival_date for visit in visits if visit.state == State.BOOKED]
    return {
        "visits": len(done),
        "visit_days": len(days),
        "nights": sum((v.departure_date - v.arrival_date).days for v in done),
        "spend": sum(visit.spend for visit in done),
        "first_visit_on": days[0] if days else None,
        "second_visit_on": days[1] if len(days) > 1 else None,
        "last_visit_on": max((v.departure_date for v in done), default=None),
        "next_arrival_on": min(coming, default=None),
        "cancelled_visits": sum(v.state == State.CANCELLED for v in visits),
        "no_shows": sum(v.state == State.NO_SHOW for v in visits),
        "usual_gap_days": usual_gap(days),
    }


def usual_gap(days):
    if len(days) < 3:
        return None
    gaps = sorted((after - before).days for before, after in pairwise(days))
    middle = len(gaps) // 2
    if len(gaps) % 2:
        return gaps[middle]
    # Half a day counts as a whole one.
    return (gaps[middle - 1] + gaps[middle] + 1) // 2


def stored(guest):
    return GuestSummary.objects.values(*FIELDS).get(guest=guest)


def make(guest, drawn):
    return make_visit(
        guest,
        state=drawn["state"],
        arrival_date=TODAY + timedelta(days=drawn["begins"]),
        nights=drawn["nights"],
        spend=drawn["spend"],
    )


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=st.lists(a_visit, max_size=8))
def test_the_summary_is_what_the_visits_add_up_to(casa_alba, drawn):
    guest = make_guest(casa_alba)

    visits = [make(guest, each) for each in drawn]

    assert stored(guest) == summed_up_slowly(visits)


@pytest.mark.django_db
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=st.lists(st.tuples(st.integers(0, 2), a_visit), max_size=10))
def test_a_rebuild_of_all_equals_what_was_kept_one_by_one(casa_alba, drawn):
    guests = [make_guest(casa_alba) for _ in range(3)]
    for whose, each in drawn:
        make(guests[whose], each)
    kept = [stored(guest) for guest in guests]
    GuestSummary.objects.filter(guest__in=guests).update(visits=99, spend=99, nights=9)

    refresh_summaries(casa_alba)

    assert [stored(guest) for guest in guests] == kept


def test_visits_that_begin_on_one_day_are_one_visit_day(casa_alba):
    guest = make_guest(casa_alba)
    for _ in range(2):
        make_visit(guest, arrival_date=TODAY, nights=0)
    make_visit(guest, arrival_date=TODAY + timedelta(days=7), nights=0)

    summary = stored(guest)

    assert (summary["visits"], summary["visit_days"]) == (3, 2)
    assert summary["second_visit_on"] == TODAY + timedelta(days=7)


def test_another_house_is_left_alone(casa_alba, bar_carla):
    hers = make_guest(bar_carla, "Nora Østby")
    make_visit(hers)
    GuestSummary.objects.filter(guest=hers).update(visits=7)

    refreshed = refresh_summaries(casa_alba)

    assert (refreshed, stored(hers)["visits"]) == (0, 7)


@pytest.mark.django_db(transaction=True)
def test_two_departures_at_once_are_both_counted(casa_alba):
    guest, venue = make_guest(casa_alba), make_venue(casa_alba, "Annekset")
    visits = [
        make_visit(guest, state=State.BOOKED, venue=venue, spend=100) for _ in range(8)
    ]
    start = threading.Barrier(len(visits))
    problems = []

    def leave(visit):
        try:
            start.wait(timeout=10)
            arrive(visit, actor=None, now=NOW)
            depart(visit, actor=None, now=NOW)
        except Exception as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=leave, args=[visit]) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert problems == []
    assert (stored(guest)["visits"], stored(guest)["spend"]) == (8, 800)


def test_the_refresh_is_one_query(casa_alba, django_assert_num_queries):
    guests = [make_guest(casa_alba) for _ in range(3)]

    with django_assert_num_queries(1):
        refresh_summaries(casa_alba, guest_ids=[guest.pk for guest in guests])
