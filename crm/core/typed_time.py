"""Days, times of day and nights as people type them in a hurry."""

import re
from datetime import date, time, timedelta

from django.utils.translation import gettext as _

from crm.core.text import search_key

# Day before month, as in every language the product speaks.
_DAY_FIRST = re.compile(r"(\d{1,2})[./\- ](\d{1,2})(?:[./\- ](\d{4}|\d{2}))?\.?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"(\d{1,2})(?:[.:,h ]?(\d{2}))?(am|pm)?")
_CLOCK_WORDS = ("kl.", "kl", "klo", "at", "um")
_NIGHTS = re.compile(r"(\d{1,3})([^\W\d]*)\.?")
# What search_key makes of the word in each language.
_NIGHT_WORDS = {
    "", "n", "night", "nights", "natt", "netter", "natter", "nat", "naetter", "dogn",
    "yo", "yota", "nacht", "nachte",
}  # fmt: skip


class UnreadableTime(ValueError):
    """The text is not a day, a time of day or a number of nights."""


def parse_day(text: str, *, near: date) -> date:
    """Return the day in ``2026-12-24``, ``24.12.2026``, ``24/12``, ``24.12.26``, ``today``.

    Without a year it is the one that comes closest to ``near``. Raise UnreadableTime
    for anything else, and for days that no calendar has.
    """
    typed = text.strip()
    words = {_("yesterday"): -1, _("today"): 0, _("tomorrow"): 1}
    for word, days in words.items():
        if search_key(typed) == search_key(word):
            return near + timedelta(days=days)
    try:
        if _ISO.fullmatch(typed):
            return date.fromisoformat(typed)
        return _day_first(typed, near)
    except (ValueError, OverflowError) as error:
        raise UnreadableTime("not a day") from error


def _day_first(typed: str, near: date) -> date:
    found = _DAY_FIRST.fullmatch(typed)
    if found is None:
        raise UnreadableTime("not a day")
    day, month, year = int(found[1]), int(found[2]), found[3]
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    years = (near.year - 1, near.year, near.year + 1)
    known = [
        date(each, month, day) for each in years if _is_in_calendar(each, month, day)
    ]
    return min(known, key=lambda each: abs(each - near))


def _is_in_calendar(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def parse_clock(text: str) -> time:
    """Return the time in ``19``, ``1930``, ``19.30``, ``19:30``, ``7pm``, ``kl. 19``.

    Raise UnreadableTime for anything else.
    """
    typed = text.strip().casefold()
    for word in _CLOCK_WORDS:
        typed = typed.removeprefix(f"{word} ")
    typed = typed.replace("a.m.", "am").replace("p.m.", "pm").replace(" ", "")
    found = _CLOCK.fullmatch(typed.removesuffix("uhr").removesuffix("h"))
    if found is None:
        raise UnreadableTime("not a time")
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= 12:
        raise UnreadableTime("not a time")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError as error:
        raise UnreadableTime("not a time") from error


def parse_nights(text: str) -> int:
    """Return the number in ``2``, ``2 nights``, ``2 netter``. Raise UnreadableTime."""
    found = _NIGHTS.fullmatch(search_key(text).replace(" ", ""))
    if found is None or found[2] not in _NIGHT_WORDS:
        raise UnreadableTime("not a number of nights")
    return int(found[1])
