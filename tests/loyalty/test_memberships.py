from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Guest
from customers.visits import amend_visit, depart, step_back
from loyalty.memberships import keep_membership, rebuild_memberships
from loyalty.models import Membership, TierChange
from loyalty.ready import create_ready_program
from loyalty.reviewing import review_tiers
from tests.factories import (
    NOW,
    TODAY,
    facts_of,
    make_business,
    make_guest,
    make_venue,
    make_visit,
)


@pytest.fixture
def program(casa_alba):
    return create_ready_program(casa_alba)


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba)


def noon(day):
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def come(guest, departure=TODAY, **facts):
    return make_visit(
        guest,
        arrival_date=departure,
        nights=0,
        now=noon(max(departure, TODAY) if departure < TODAY else departure),
        **facts,
    )


def standing(guest):
    member = Membership.objects.select_related("tier").get(guest=guest)
    return member.tier.rank if member.tier else 0, member.visits_in_window


def moves(guest):
    changes = TierChange.objects.filter(membership__guest=guest).order_by("pk")
    return [
        (
            change.from_tier.rank if change.from_tier else 0,
            change.to_tier.rank if change.to_tier else 0,
            change.reason,
        )
        for change in changes.select_related("from_tier", "to_tier")
    ]


def test_the_first_completed_visit_enrols(program, nora):
    come(nora)

    member = nora.membership
    assert (member.joined_at, member.tier, member.keeps_until) == (
        noon(TODAY),
        None,
        None,
    )


@pytest.mark.parametrize("state", ["booked", "in_house", "cancelled", "no_show"])
def test_a_visit_that_is_not_completed_counts_nothing(program, nora, state):
    make_visit(nora, state=state)

    assert Membership.objects.count() == 0


def test_the_visit_that_earns_a_tier_gives_it_at_once(program, nora):
    come(nora, TODAY - timedelta(days=30))
    come(nora, TODAY)

    nora.membership.refresh_from_db()
    assert standing(nora) == (1, 2)
    assert nora.membership.tier_since == TODAY
    assert nora.membership.keeps_until == TODAY + timedelta(days=365)
    assert moves(nora) == [(0, 1, "visit")]


def test_a_visit_outside_the_window_does_not_count(program, nora):
    come(nora, TODAY - timedelta(days=365))
    come(nora, TODAY)

    assert standing(nora) == (0, 1)


def test_a_departure_taken_back_takes_the_tier_back(program, nora):
    come(nora, TODAY - timedelta(days=30))
    visit = come(nora, TODAY, state="in_house")
    depart(visit, actor=None, now=NOW)

    step_back(visit, to="in_house", actor=None, now=NOW)

    assert standing(nora) == (0, 1)
    assert moves(nora) == [(0, 1, "visit"), (1, 0, "correction")]


def test_a_visit_moved_out_of_the_window_takes_the_tier_back(program, nora):
    come(nora, TODAY - timedelta(days=30))
    visit = come(nora, TODAY)
    long_ago = TODAY - timedelta(days=900)

    amend_visit(
        visit,
        facts=facts_of(visit, arrival_date=long_ago, departure_date=long_ago),
        actor=None,
        now=NOW,
    )

    assert standing(nora) == (0, 1)


def test_a_correction_leaves_a_tier_that_is_kept_from_before(program, nora):
    for days in (400, 300):
        come(nora, TODAY - timedelta(days=days))
    rebuild_memberships(nora.business, today=TODAY, now=NOW)
    assert standing(nora) == (1, 1)
    visit = come(nora, TODAY, state="in_house")
    depart(visit, actor=None, now=NOW)

    step_back(visit, to="in_house", actor=None, now=NOW)

    assert standing(nora) == (1, 1)


def test_taking_back_the_only_visit_ends_the_membership(program, nora):
    visit = come(nora)

    step_back(visit, to="in_house", actor=None, now=NOW)

    assert Membership.objects.count() == 0


def test_without_a_program_in_use_nobody_is_enrolled(program, nora):
    program.is_active = False
    program.save(update_fields=["is_active"])

    come(nora)

    assert Membership.objects.count() == 0


def test_a_review_takes_down_one_tier_when_its_time_is_up(program, nora):
    for _visit in range(4):
        come(nora)
    due = TODAY + timedelta(days=366)

    early = review_tiers(now=noon(due - timedelta(days=1)))
    reviewed = review_tiers(now=noon(due))
    again = review_tiers(now=noon(due))

    assert (early, reviewed, again) == (0, 1, 0)
    assert standing(nora) == (1, 0)
    assert moves(nora)[-1] == (2, 1, "review")


def test_a_review_by_the_date_of_the_business(program, nora):
    for _visit in range(2):
        come(nora)
    midnight_in_oslo = noon(TODAY + timedelta(days=366)) - timedelta(hours=13)

    assert review_tiers(now=midnight_in_oslo - timedelta(minutes=1)) == 0
    assert review_tiers(now=midnight_in_oslo) == 1


def test_keeping_a_membership_costs_the_same_for_many_visits(
    program, nora, django_assert_num_queries
):
    for _visit in range(12):
        come(nora)

    with django_assert_num_queries(7):
        keep_membership(nora, today=TODAY, now=NOW)


history = st.lists(
    st.lists(st.integers(0, 1100), max_size=9, unique=True), min_size=1, max_size=3
)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(histories=history)
def test_rebuilding_gives_what_the_desk_gave_day_by_day(casa_alba, histories):
    Guest.objects.all().delete()
    casa_alba.loyalty_programs.all().delete()
    program = create_ready_program(casa_alba)
    first = TODAY - timedelta(days=1100)
    guests = [make_guest(casa_alba, f"Guest {n}") for n, _ in enumerate(histories)]
    for offset in sorted({day for days in histories for day in days} | {1100}):
        day = first + timedelta(days=offset)
        # Members due on the days between are reviewed on time.
        while (
            due := program.memberships.filter(keeps_until__lt=day)
            .order_by("keeps_until")
            .values_list("keeps_until", flat=True)
            .first()
        ):
            review_tiers(now=noon(due + timedelta(days=1)))
        for guest, days in zip(guests, histories, strict=True):
            if offset in days:
                make_visit(guest, arrival_date=day, nights=0, now=noon(day))
    review_tiers(now=noon(TODAY))
    day_by_day = snapshot(program)

    rebuild_memberships(casa_alba, today=TODAY, now=noon(TODAY))

    assert snapshot(program) == day_by_day


def snapshot(program):
    members = program.memberships.order_by("guest")
    return [
        (
            list(
                members.values_list(
                    "guest", "tier__rank", "joined_at", "tier_since", "keeps_until"
                )
            )
        ),
        [
            (member.guest_id, *change[:3], change[3].date())
            for member in members
            for change in member.changes.order_by("at", "pk").values_list(
                "from_tier__rank", "to_tier__rank", "reason", "at"
            )
        ],
    ]


def test_rebuilding_leaves_other_businesses_alone(program, nora, bar_carla):
    create_ready_program(bar_carla)
    come(make_guest(bar_carla))

    rebuild_memberships(nora.business, today=TODAY, now=NOW)

    assert bar_carla.memberships.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_departures_at_once_count_both():
    business = make_business()
    make_venue(business)
    create_ready_program(business)
    guest = make_guest(business)
    visits = [come(guest, state="in_house") for _ in range(2)]
    start = Barrier(2)

    def leave(visit):
        start.wait()
        depart(visit, actor=None, now=NOW)
        connection.close()

    threads = [Thread(target=leave, args=(visit,)) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert standing(guest) == (1, 2)
