"""When messages may go: the hours of the day, Sundays, public holidays.

Pure: what a house chose itself comes in as ``Hours``. A message keeps to them on every
clock that its reader may live by, and to the public holidays of the house's country.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays
from django.conf import settings

from crm.core.clock import local_date, resolve_local

_SUNDAY = 6
_DAY = timedelta(days=1)
# Longer than any row of days that nothing goes on; then there is no common hour.
_FAR = timedelta(days=30)
# What waits for the same opening goes over this long, so that it comes as no burst.
SPREAD = timedelta(minutes=30)


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


def next_opening(
    hours: Hours,
    now: datetime,
    *,
    zone: str,
    country: str = "",
    reader_zones: tuple[str, ...] = (),
) -> Opening | None:
    """Return when messages may go again; None when they may go now.

    ``zone`` is the house's or the venue's, ``reader_zones`` those a phone number may be
    in. It must be open in all of them. Where they have no hour in common, as between
    Norway and New Zealand, the reader's count; where those have none either, the zone.
    """
    for zones in ((zone, *reader_zones), reader_zones, (zone,)):
        steps = list(_closed_until(hours, now, zones, country)) if zones else []
        if not steps:
            if zones:
                return None
            continue
        if steps[-1].at - now <= _FAR:
            return Opening(steps[-1].at, steps[-1].why)
    raise ValueError("These hours never open.")


def spread_opening(
    opening: Opening,
    hours: Hours,
    *,
    place: int,
    zone: str,
    country: str = "",
    reader_zones: tuple[str, ...] = (),
) -> datetime:
    """Return the instant within the first half hour for the one at ``place`` in line.

    The same place gives the same instant, a later one a later instant until the half
    hour is full. Hours shorter than that are not stretched.
    """
    at = opening.at + timedelta(seconds=place % SPREAD.total_seconds())
    late = next_opening(
        hours, at, zone=zone, country=country, reader_zones=reader_zones
    )
    return opening.at if late else at
