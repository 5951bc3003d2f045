from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.core.clock import local_date
from outreach.deciding.hours import (
    ALWAYS,
    Clocks,
    Closed,
    Hours,
    Opening,
    next_opening,
    public_holidays,
    ready_hours,
    spread_out,
)

OSLO = Clocks("Europe/Oslo", country="NO")
SMS = Hours(time(9), time(20), on_sundays=False, on_holidays=False)
MAIL = Hours(time(7), time(22))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "opens", "why"),
    [
        ("2026-11-20T07:59", "2026-11-20T08:00", Closed.NIGHT),
        ("2026-11-19T19:00", "2026-11-20T08:00", Closed.NIGHT),
        ("2026-11-22T11:00", "2026-11-23T08:00", Closed.SUNDAY),
        ("2026-11-21T19:00", "2026-11-23T08:00", Closed.SUNDAY),
        ("2026-05-01T10:00", "2026-05-02T07:00", Closed.HOLIDAY),
        ("2026-04-01T18:30", "2026-04-04T07:00", Closed.HOLIDAY),
        ("2026-12-24T19:30", "2026-12-28T08:00", Closed.SUNDAY),
    ],
    ids=[
        "before nine",
        "at eight in the evening",
        "on a Sunday",
        "on Saturday evening",
        "on the first of May",
        "on the eve of two holidays",
        "over Christmas into a Sunday",
    ],
)
def test_what_is_closed_says_until_when_and_why(now, opens, why):
    assert next_opening(SMS, OSLO, at(now)) == Opening(at(opens), why)


@pytest.mark.parametrize("now", ["2026-11-20T08:00", "2026-11-20T18:59:59"])
def test_within_the_hours_it_goes_at_once(now):
    assert next_opening(SMS, OSLO, at(now)) is None


def test_a_house_that_never_closes_keeps_its_sundays():
    hours = Hours(time(0), time(0), on_sundays=False)

    saturday_night = next_opening(hours, OSLO, at("2026-11-21T22:59"))
    sunday = next_opening(hours, OSLO, at("2026-11-21T23:00"))

    assert saturday_night is None
    assert sunday == Opening(at("2026-11-22T23:00"), Closed.SUNDAY)


def test_holidays_are_those_of_the_house_not_of_the_reader():
    constitution_day = at("2027-05-17T11:00")
    at_a_swedish_house = Clocks("Europe/Stockholm", ("Europe/Oslo",), country="SE")

    assert next_opening(SMS, OSLO, constitution_day) == Opening(
        at("2027-05-18T07:00"), Closed.HOLIDAY
    )
    assert next_opening(SMS, at_a_swedish_house, constitution_day) is None


def test_it_must_be_open_where_the_reader_is_too():
    new_yorker = Clocks("Europe/Oslo", ("America/New_York",), country="NO")

    opening = next_opening(SMS, new_yorker, at("2026-11-20T08:00"))

    assert opening == Opening(at("2026-11-20T14:00"), Closed.NIGHT)
    assert next_opening(SMS, new_yorker, at("2026-11-20T18:00")) is None


def test_without_a_common_hour_the_reader_sleeps_undisturbed():
    kiwi = Clocks("Europe/Oslo", ("Pacific/Auckland",), country="NO")

    assert next_opening(SMS, kiwi, at("2026-11-20T10:00")) == Opening(
        at("2026-11-20T20:00"), Closed.NIGHT
    )


def test_a_number_that_may_be_anywhere_keeps_to_the_houses_clock():
    anywhere = Clocks(
        "Europe/Oslo", ("Pacific/Auckland", "Europe/London"), country="NO"
    )

    assert next_opening(SMS, anywhere, at("2026-11-20T10:00")) is None


def test_hours_within_an_hour_that_does_not_exist_are_left_out():
    hours = Hours(time(2, 10), time(2, 50))

    opening = next_opening(hours, OSLO, at("2026-03-29T00:00"))

    assert opening == Opening(at("2026-03-30T00:10"), Closed.NIGHT)


def test_a_country_without_a_known_calendar_has_no_holidays():
    assert public_holidays("", 2026) == public_holidays("XX", 2026) == frozenset()
    assert date(2026, 5, 17) in public_holidays("NO", 2026)


@pytest.mark.parametrize(
    ("channel", "kind", "hours"),
    [
        ("email", "survey", MAIL),
        ("email", "marketing", MAIL),
        ("email", "service", MAIL),
        ("sms", "survey", SMS),
        ("sms", "marketing", SMS),
        ("sms", "service", Hours(time(9), time(20))),
        ("email", "critical", ALWAYS),
        ("sms", "critical", ALWAYS),
    ],
)
def test_a_house_that_chose_nothing_has_ready_hours(settings, channel, kind, hours):
    settings.EMAIL_FROM_HOUR, settings.EMAIL_UNTIL_HOUR = 7, 22
    settings.SMS_FROM_HOUR, settings.SMS_UNTIL_HOUR = 9, 20
    settings.SMS_RESTS = True

    assert ready_hours(channel, kind) == hours


def test_what_waits_for_one_opening_goes_one_after_the_other():
    opening = at("2026-11-20T08:00")

    instants = [spread_out(opening, SMS, OSLO, place=place) for place in range(1800)]

    assert instants == sorted(set(instants))
    assert instants[0] == opening
    assert instants[-1] < opening + timedelta(minutes=30)
    assert spread_out(opening, SMS, OSLO, place=1800) == opening


def test_hours_shorter_than_the_spread_are_kept():
    opening = at("2026-11-20T08:00")
    brief = Hours(time(9), time(9, 5))

    assert spread_out(opening, brief, OSLO, place=299) == opening + timedelta(
        seconds=299
    )
    assert spread_out(opening, brief, OSLO, place=300) == opening


ZONES = st.sampled_from(
    [
        "Europe/Oslo", "America/Santiago", "Australia/Lord_Howe", "Asia/Beirut",
        "Africa/Cairo", "Pacific/Auckland", "America/New_York", "Atlantic/Azores",
    ]
)  # fmt: skip
ANY_CLOCKS = st.builds(
    Clocks,
    zone=ZONES,
    reader_zones=st.lists(ZONES, max_size=2).map(tuple),
    country=st.sampled_from(["NO", "SE", "CN", "US", ""]),
)
ANY_HOURS = st.builds(
    Hours,
    opens=st.integers(0, 23).map(time),
    closes=st.just(time(0)),
    on_sundays=st.booleans(),
    on_holidays=st.booleans(),
) | st.builds(
    Hours,
    opens=st.integers(0, 11).map(time),
    closes=st.integers(12, 23).map(time),
    on_sundays=st.booleans(),
    on_holidays=st.booleans(),
)
ANY_INSTANT = st.integers(0, 3 * 365 * 24 * 4).map(
    lambda quarters: at("2026-01-01T00:00") + timedelta(minutes=15 * quarters)
)


# A calendar is worked out the first time it is asked for.
@settings(deadline=None)
@given(ANY_HOURS, ANY_CLOCKS, ANY_INSTANT, st.integers(0, 5000))
def test_every_wait_ends_at_an_hour_that_is_open(hours, clocks, now, place):
    opening = next_opening(hours, clocks, now)
    if opening is None:
        return

    assert now < opening.at <= now + timedelta(days=14)
    assert next_opening(hours, clocks, opening.at) is None
    late = spread_out(opening.at, hours, clocks, place=place)
    assert opening.at <= late < opening.at + timedelta(minutes=30)
    assert next_opening(hours, clocks, late) is None


# A calendar is worked out the first time it is asked for.
@settings(deadline=None)
@given(ANY_HOURS, ZONES, ANY_INSTANT)
def test_what_goes_goes_within_the_hours_on_the_wall(hours, zone, now):
    if next_opening(hours, Clocks(zone, country="NO"), now):
        return

    assert hours.on_sundays or local_date(now, zone).weekday() != 6
    day = local_date(now, zone)
    assert hours.on_holidays or day not in public_holidays("NO", day.year)
