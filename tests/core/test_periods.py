from datetime import UTC, date, datetime

import pytest

from crm.core.periods import Period, months_between, period_for


@pytest.mark.parametrize(
    ("key", "start"),
    [("3m", date(2026, 9, 1)), ("12m", date(2025, 12, 1)), ("36m", date(2023, 12, 1))],
)
def test_a_period_is_whole_months_and_the_running_one(key, start):
    period = period_for(key, date(2026, 11, 22))

    assert period == Period(key, start, date(2026, 11, 22))
    assert period.months[0] == start
    assert period.months[-1] == date(2026, 11, 1)


@pytest.mark.parametrize("key", ["", "7m", "12M", "\0", "12m; drop table"])
def test_an_unknown_period_is_the_usual_one(key):
    assert period_for(key, date(2026, 11, 22)).key == "12m"


def test_a_season_is_compared_with_the_same_season():
    before = period_for("3m", date(2026, 11, 22)).before

    assert (before.start, before.end) == (date(2025, 9, 1), date(2025, 11, 22))


def test_three_years_are_compared_with_the_three_before():
    before = period_for("36m", date(2026, 11, 22)).before

    assert (before.start, before.end) == (date(2020, 12, 1), date(2023, 11, 22))


def test_the_29th_of_february_is_compared_with_the_28th():
    assert period_for("12m", date(2028, 2, 29)).before.end == date(2027, 2, 28)


def test_months_between_counts_both_ends():
    assert months_between(date(2025, 12, 31), date(2026, 2, 1)) == [
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_the_days_of_a_period_are_those_of_the_wall_clock():
    period = period_for("3m", date(2026, 11, 22))

    assert period.filters("at", "Europe/Oslo") == {
        "at__gte": datetime(2026, 8, 31, 22, tzinfo=UTC),
        "at__lt": datetime(2026, 11, 22, 23, tzinfo=UTC),
    }
