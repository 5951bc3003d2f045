from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.clock import add_months, day_bounds, local_date, month_of, resolve_local

ZONES = [
    "Europe/Oslo",
    "Asia/Beirut",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Atlantic/Azores",
    "UTC",
]


@pytest.mark.parametrize(
    ("day", "wall", "zone", "instant"),
    [
        pytest.param(
            date(2026, 3, 29), time(2, 30), "Europe/Oslo",
            datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
            id="skipped time becomes 03:00 summer time",
        ),
        pytest.param(
            date(2026, 10, 25), time(2, 30), "Europe/Oslo",
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            id="doubled time is taken the first time",
        ),
        pytest.param(
            date(2026, 11, 22), time(10), "Europe/Oslo",
            datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
            id="plain winter morning",
        ),
        pytest.param(
            date(2026, 9, 6), time(0), "America/Santiago",
            datetime(2026, 9, 6, 4, 0, tzinfo=UTC),
            id="midnight that does not exist becomes 01:00",
        ),
        pytest.param(
            date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe",
            datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
            id="half-hour gap ends at 02:30",
        ),
    ],
)  # fmt: skip
def test_local_time_becomes_the_instant_the_wall_clock_means(day, wall, zone, instant):
    assert resolve_local(day, wall, zone) == instant


@given(
    day=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    wall=st.times(),
    zone=st.sampled_from(ZONES),
)
def test_the_clock_shows_the_asked_time_or_the_first_one_after_it(day, wall, zone):
    instant = resolve_local(day, wall, zone)

    shown = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    asked = datetime.combine(day, wall)
    before = datetime.fromtimestamp(instant.timestamp() - 1, ZoneInfo(zone))
    assert shown == asked or (shown > asked and before.replace(tzinfo=None) < asked)


def test_a_day_with_a_spring_gap_has_23_hours():
    start, end = day_bounds(date(2026, 3, 29), "Europe/Oslo")

    assert (end - start).total_seconds() == 23 * 3600


def test_local_date_is_tomorrow_before_utc_says_so():
    evening = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)

    assert local_date(evening, "Europe/Oslo") == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 1)),
        (date(2026, 1, 15), -1, date(2025, 12, 1)),
        (date(2026, 11, 22), 14, date(2028, 1, 1)),
    ],
)
def test_months_are_counted_from_the_first(day, months, expected):
    assert add_months(day, months) == expected


def test_month_of_is_its_first_day():
    assert month_of(date(2028, 2, 29)) == date(2028, 2, 1)
