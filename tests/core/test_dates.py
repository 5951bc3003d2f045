from datetime import date, time

import pytest
from babel import Locale
from django.utils import translation

from crm.core import dates

TODAY = date(2026, 11, 22)
EN, NB, SV, FI = (Locale.parse(code) for code in ("en_GB", "nb", "sv", "fi"))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 21), "yesterday"),
        (date(2026, 11, 23), "tomorrow"),
        (date(2026, 11, 19), "19 Nov"),
        (date(2025, 11, 19), "19 Nov 2025"),
        (date(2027, 1, 2), "2 Jan 2027"),
    ],
)
def test_a_day_is_said_by_its_distance(day, said):
    assert dates.say_day(day, TODAY, EN) == said


def test_new_year_is_still_yesterday():
    assert dates.say_day(date(2025, 12, 31), date(2026, 1, 1), EN) == "yesterday"


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (EN, "Sunday 22 November"),
        (NB, "Søndag 22. november"),
        (SV, "Söndag 22 november"),
        (FI, "Sunnuntai 22. marraskuuta"),
    ],
)
def test_the_weekday_comes_first(locale, said):
    assert dates.say_weekday(TODAY, locale) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 22), "today"),
        (date(2026, 11, 21), "1 day ago"),
        (date(2026, 9, 9), "74 days ago"),
        (date(2026, 11, 25), "in 3 days"),
    ],
)
def test_days_are_counted_from_today(day, said):
    assert dates.say_days_ago(day, TODAY) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "0 days"),
        (1, "1 day"),
        (20, "20 days"),
        (21, "3 weeks"),
        (77, "11 weeks"),
        (119, "17 weeks"),
        (120, "4 months"),
        (400, "13 months"),
    ],
)
def test_a_length_of_time_takes_the_unit_people_would_take(days, said):
    assert dates.say_days(days) == said


def test_a_moment_has_its_day_and_its_time():
    with translation.override("en"):
        assert dates.say_moment(TODAY, time(16, 5), TODAY, EN) == "today 16:05"


def test_months_name_the_year_where_it_begins():
    months = [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]

    assert [dates.say_month_short(m, EN) for m in months] == ["Dec", "Jan 2026", "Feb"]
