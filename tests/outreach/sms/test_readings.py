from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.sms import readings
from outreach.sms.calls import Answer, retry_after

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(JSON)
def test_whatever_a_provider_writes_is_read_without_surprise(value):
    fields = {"field": value}

    assert isinstance(readings.text_in(fields, "field"), str)
    assert len(readings.id_in(fields, "field")) <= 250
    assert len(readings.code_in(fields, "field")) <= 60
    assert (readings.count_in(fields, "field") or 0) >= 0
    assert isinstance(readings.uuid_in(fields, "field"), UUID | None)
    assert isinstance(readings.instant_in(fields, "field"), datetime | None)
    assert isinstance(readings.phone_in(fields, "field"), str)


@given(st.binary(max_size=50))
def test_any_bytes_are_an_object_or_nothing(body):
    assert isinstance(readings.json_object(body), dict)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-22T10:00:10Z", datetime(2026, 11, 22, 10, 0, 10, tzinfo=UTC)),
        (
            "2018-07-13T13:57:23.741000",
            datetime(2018, 7, 13, 13, 57, 23, 741000, tzinfo=UTC),
        ),
        (
            "2026-11-22T11:00:00+01:00",
            datetime(2026, 11, 22, 11, tzinfo=timezone(timedelta(hours=1))),
        ),
        (
            "Sun, 22 Nov 2026 10:00:05 +0000",
            datetime(2026, 11, 22, 10, 0, 5, tzinfo=UTC),
        ),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_read_as_providers_write_them(text, instant):
    assert readings.instant_in({"at": text}, "at") == instant


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (21610, "21610"),
        ("syntax_invalid_parameter_format", "syntax_invalid_parameter_format"),
        ("The number +4740612345 is bad", ""),
        (True, ""),
        (None, ""),
        (["a"], ""),
    ],
)
def test_only_codes_are_kept_and_never_sentences(value, code):
    assert readings.code_in({"code": value}, "code") == code


@pytest.mark.parametrize(
    ("value", "count"),
    [(2, 2), ("2", 2), (0, 0), (-1, None), (1.5, None), (True, None), ("9" * 20, None)],
)
def test_counts_are_whole_and_from_nought_on(value, count):
    assert readings.count_in({"parts": value}, "parts") == count


@pytest.mark.parametrize(
    ("value", "phone"),
    [
        ("4740612345", "+4740612345"),
        ("+4740612345", "+4740612345"),
        ("2333", "2333"),
        ("Solvik", "Solvik"),
    ],
)
def test_numbers_are_given_back_their_plus(value, phone):
    assert readings.phone_in({"from": value}, "from") == phone


DATE = "Sun, 22 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:30 GMT", "Date": DATE}, 90),
        ({"Retry-After": "Sun, 22 Nov 2026 09:00:00 GMT", "Date": DATE}, 0),
        ({"Retry-After": "Sun, 22 Nov 2027 10:00:00 GMT", "Date": DATE}, 86_400),
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:30 GMT"}, None),
        ({"Retry-After": "Sun, 22 Nov 2026 10:01:30", "Date": DATE}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "²"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_told_in_seconds_or_by_the_others_clock(headers, seconds):
    assert retry_after(Answer(429, headers, b"")) == seconds
