"""When messages may go: the hours of the day, Sundays, public holidays.

Pure: what a house chose itself comes in as ``Hours``. A message keeps to them on every
clock that its reader may live by, and to the public holidays of the house's country.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays
from django.conf import settings

from crm.core.clock import local_date, resolve_local

_SUNDAY = 6
_DAY = timedelta(days=1)
# Who has not opened by then, step by step, never will: no row of holidays is longer.
_STEPS = 40
_FAR = timedelta(days=14)
# What waits for the same opening goes over this long, so that it comes as no burst.
_SPREAD_SECONDS = 30 * 60


class Closed(StrEnum):
    """Why nothing goes now."""

    NIGHT = "night"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Hours:
    """From when until when, on a wall clock. Closing at midnight means never closed."""

    opens: time
    closes: time
    on_sundays: bool = True
    on_holidays: bool = True


ALWAYS = Hours(time(0), time(0))


@dataclass(frozen=True, slots=True)
class Clocks:
    """On which walls it must be the right hour, and whose public holidays count.

    ``zone`` is the venue's or the house's, ``reader_zones`` those of a phone number.
    """

    zone: str
    reader_zones: tuple[str, ...] = ()
    country: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """When messages go again, and what they wait for until then."""

    at: datetime
    why: Closed


def ready_hours(channel: str, kind: str) -> Hours:
    """Return the hours of a house that chose none. ``kind`` is a purpose, or critical,
    which goes at any hour.
    """
    if kind == "critical":
        return ALWAYS
    if channel == "email":
        return Hours(
            time(settings.EMAIL_FROM_HOUR), time(settings.EMAIL_UNTIL_HOUR % 24)
        )
    # A phone rings in a pocket: what is not about the visit leaves Sundays in peace.
    goes_on_rest_days = kind == "service" or not settings.SMS_RESTS
    return Hours(
        time(settings.SMS_FROM_HOUR),
        time(settings.SMS_UNTIL_HOUR % 24),
        on_sundays=goes_on_rest_days,
        on_holidays=goes_on_rest_days,
    )


def next_opening(hours: Hours, clocks: Clocks, now: datetime) -> Opening | None:
    """Return when messages may go again; None when they may go now.

    It must be open on all of the clocks. Where they have no hour in common, as between
    Norway and New Zealand, the reader's count; where those have none either, the
    house's.
    """
    house = (clocks.zone,)
    for zones in (house + clocks.reader_zones, clocks.reader_zones or house, house):
        opening = _common_opening(hours, now, zones, clocks.country)
        if opening:
            return opening if opening.at > now else None
    return Opening(now + _FAR, Closed.NIGHT)


def _common_opening(
    hours: Hours, now: datetime, zones: tuple[str, ...], country: str
) -> Opening | None:
    """Return the first instant from ``now`` on that is open in all of ``zones``."""
    at, why = now, Closed.NIGHT
    for _step in range(_STEPS):
        closed = [
            one for zone in zones if (one := _closed_in(zone, hours, at, country))
        ]
        if not closed:
            return Opening(at, why)
        latest = max(closed, key=lambda one: one.at)
        at = latest.at
        # A night before a Sunday lasts until Monday: it waits for the Sunday.
        why = latest.why if latest.why != Closed.NIGHT else why
    return None


def _closed_in(zone: str, hours: Hours, at: datetime, country: str) -> Opening | None:
    """Return the next opening on the wall in ``zone``, on a day that may be closed too;
    None when it is open.
    """
    today = local_date(at, zone)
    tomorrow = resolve_local(today + _DAY, hours.opens, zone)
    if rest := _rest(hours, today, country):
        return Opening(tomorrow, rest)
    opening = resolve_local(today, hours.opens, zone)
    if at < opening:
        return Opening(opening, Closed.NIGHT)
    if hours.closes == time(0) or at < resolve_local(today, hours.closes, zone):
        return None
    return Opening(tomorrow, Closed.NIGHT)


def _rest(hours: Hours, day: date, country: str) -> Closed | None:
    if not hours.on_sundays and day.weekday() == _SUNDAY:
        return Closed.SUNDAY
    if not hours.on_holidays and day in public_holidays(country, day.year):
        return Closed.HOLIDAY
    return None


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Return the public holidays of a whole country; none where they are not known."""
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()


def spread_out(
    opening: datetime, hours: Hours, clocks: Clocks, *, place: int
) -> datetime:
    """Return the instant within the first half hour for the one at ``place`` in line.

    The same place always gives the same instant; who comes later in line comes later,
    until the half hour is full and it begins anew. Shorter hours are not stretched.
    """
    at = opening + timedelta(seconds=place % _SPREAD_SECONDS)
    return opening if next_opening(hours, clocks, at) else at
