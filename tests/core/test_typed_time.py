from datetime import date, time

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from crm.core.typed_time import (
    UnreadableTime,
    parse_clock,
    parse_day,
    parse_nights,
)

NEAR = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-24", date(2026, 12, 24)),
        ("24.12.2026", date(2026, 12, 24)),
        ("24/12/2026", date(2026, 12, 24)),
        ("24-12-2026", date(2026, 12, 24)),
        ("24.12.26", date(2026, 12, 24)),
        ("24.12.", date(2026, 12, 24)),
        (" 24.12 ", date(2026, 12, 24)),
        ("3.1", date(2027, 1, 3)),
        ("30/10", date(2026, 10, 30)),
        ("today", date(2026, 11, 22)),
        ("Tomorrow", date(2026, 11, 23)),
        ("29.2.2028", date(2028, 2, 29)),
    ],
)
def test_a_day_is_read_as_people_type_it(typed, day):
    assert parse_day(typed, near=NEAR) == day


def test_the_reader_s_own_word_for_tomorrow_is_understood():
    with override("nb"):
        assert parse_day("i morgen", near=NEAR) == date(2026, 11, 23)


@pytest.mark.parametrize(
    "typed",
    ["", "31.2.2026", "29.2", "2026-13-01", "24", "1.2.3.4", "soon", "0.1.2026"],
)
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(UnreadableTime):
        parse_day(typed, near=NEAR)


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("19", time(19)),
        ("1930", time(19, 30)),
        ("930", time(9, 30)),
        ("19.30", time(19, 30)),
        ("19:30", time(19, 30)),
        ("19,30", time(19, 30)),
        ("19 30", time(19, 30)),
        ("7pm", time(19)),
        ("7 PM", time(19)),
        ("7.30 p.m.", time(19, 30)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("kl. 19", time(19)),
        ("klo 19.30", time(19, 30)),
        ("19 Uhr", time(19)),
        ("0", time(0)),
    ],
)
def test_a_time_is_read_as_people_type_it(typed, clock):
    assert parse_clock(typed) == clock


@pytest.mark.parametrize(
    "typed", ["", "24", "25:00", "19:75", "13pm", "0am", "noon", "7 o'clock", "12345"]
)
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(UnreadableTime):
        parse_clock(typed)


@pytest.mark.parametrize(
    ("typed", "nights"),
    [
        ("2", 2), ("2 nights", 2), ("1 night", 1), ("2 netter", 2), ("2 nätter", 2),
        ("2 nætter", 2), ("3 yötä", 3), ("2 Nächte", 2), ("2n", 2), ("0", 0),
    ],
)  # fmt: skip
def test_nights_are_read_in_every_language(typed, nights):
    assert parse_nights(typed) == nights


@pytest.mark.parametrize("typed", ["", "two", "2 weeks", "-1", "2.5", "1000", "24.12"])
def test_what_is_no_number_of_nights_is_refused(typed):
    with pytest.raises(UnreadableTime):
        parse_nights(typed)


@given(st.text(max_size=20))
def test_whatever_is_typed_is_read_or_refused(typed):
    for parse in (parse_clock, parse_nights, lambda text: parse_day(text, near=NEAR)):
        try:
            parse(typed)
        except UnreadableTime:
            continue
