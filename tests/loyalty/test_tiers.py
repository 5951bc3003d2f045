from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.tiers import Ladder, Move, Standing, moves_in, replay, tier_for

LADDER = Ladder(entry_visits=(2, 4, 8), window_days=365)
START = date(2024, 1, 1)


def on(*offsets):
    return [START + timedelta(days=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("visits", "rank"),
    [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (7, 2), (8, 3), (99, 3)],
)
def test_the_highest_tier_whose_number_is_met_is_earned(visits, rank):
    assert tier_for(visits, LADDER) == rank


def test_a_tier_is_reached_on_the_day_of_the_visit_that_earns_it():
    standings = replay(on(0, 10), LADDER, START + timedelta(days=10))

    kept = START + timedelta(days=375)
    assert standings[-1] == Standing(1, START + timedelta(days=10), kept)


def test_two_visits_a_window_apart_do_not_count_together():
    today = START + timedelta(days=365)

    assert replay(on(0, 365), LADDER, today)[-1] == Standing()
    assert replay(on(1, 365), LADDER, today)[-1].rank == 1


def test_one_visit_can_lift_two_tiers_when_the_ladder_was_lower_before():
    assert replay(on(0), Ladder((1,), 365), START)[-1].rank == 1


def test_nobody_goes_down_before_the_tier_has_been_kept_a_window():
    silver = on(0, 1, 2, 3)

    last_day = START + timedelta(days=3 + 365)

    assert replay(silver, LADDER, last_day)[-1].rank == 2
    assert replay(silver, LADDER, last_day + timedelta(days=1))[-1].rank == 1


def test_the_fall_is_one_step_a_window():
    years_later = START + timedelta(days=3 * 366 + 30)

    standings = replay(on(*range(8)), LADDER, years_later)

    review = START + timedelta(days=7 + 366)
    assert moves_in(standings) == [
        Move(START + timedelta(days=1), 0, 1),
        Move(START + timedelta(days=3), 1, 2),
        Move(START + timedelta(days=7), 2, 3),
        Move(review, 3, 2),
        Move(review + timedelta(days=366), 2, 1),
        Move(review + timedelta(days=732), 1, 0),
    ]


def test_who_still_earns_the_tier_keeps_it_another_window():
    days = on(0, 10, 300, 310)[:2] + on(300, 310)

    standing = replay(days[:2], Ladder((2,), 365), START + timedelta(days=375))[-1]
    renewed = replay(days, Ladder((2,), 365), START + timedelta(days=376))[-1]

    assert standing.keeps_until == START + timedelta(days=375)
    assert renewed == Standing(
        1, START + timedelta(days=10), START + timedelta(days=376 + 365)
    )


def test_a_guest_who_left_early_counts_today():
    today = START + timedelta(days=1)

    assert replay(on(0, 9), LADDER, today)[-1].since == today


days_apart = st.lists(st.integers(0, 400), max_size=25)


@given(gaps=days_apart, idle=st.integers(0, 1500))
def test_a_rank_is_never_below_what_is_earned_now(gaps, idle):
    days, day = [], START
    for gap in gaps:
        day += timedelta(days=gap)
        days.append(day)
    today = day + timedelta(days=idle)

    standing = replay(days, LADDER, today)[-1]

    earned = sum(1 for d in days if d > today - timedelta(days=365))
    assert standing.rank >= tier_for(earned, LADDER)
    assert standing.rank == 0 or standing.keeps_until >= today


@given(gaps=days_apart)
def test_each_visit_only_leads_up(gaps):
    days, day = [], START
    for gap in gaps:
        day += timedelta(days=gap)
        days.append(day)

    moves = moves_in(replay(days, LADDER, day))

    assert [m for m in moves if m.is_up and m.day not in days] == []
    assert [m for m in moves if not m.is_up and m.to_rank != m.from_rank - 1] == []


def test_the_worked_example_of_the_handbook():
    days = [date(2024, 1, day) for day in (1, 2, 3, 4)]

    moves = moves_in(replay(days, LADDER, date(2026, 2, 1)))

    assert moves == [
        Move(date(2024, 1, 2), 0, 1),
        Move(date(2024, 1, 4), 1, 2),
        Move(date(2025, 1, 4), 2, 1),
        Move(date(2026, 1, 5), 1, 0),
    ]
