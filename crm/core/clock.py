"""Calendar arithmetic between a venue's wall clock and UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_date(now: datetime, zone: str) -> date:
    """Return the calendar date in ``zone`` at the aware instant ``now``."""
    return now.astimezone(ZoneInfo(zone)).date()


def resolve_local(day: date, wall_time: time, zone: str) -> datetime:
    """Return the UTC instant at which the clock in ``zone`` shows ``wall_time``.

    A time that the clock skips (spring) becomes the first instant that exists after
    it; a time that it shows twice (autumn) is taken the first time.
    """
    naive = datetime.combine(day, wall_time)
    tz = ZoneInfo(zone)
    instant = naive.replace(tzinfo=tz, fold=0).astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == naive:
        return instant
    return _end_of_gap(naive, tz)


def _end_of_gap(naive: datetime, tz: ZoneInfo) -> datetime:
    # Offsets on both sides of the gap: read with fold=1 the wall time lies before it,
    # read with fold=0 after it.
    low = naive.replace(tzinfo=tz, fold=1).astimezone(UTC)
    high = naive.replace(tzinfo=tz, fold=0).astimezone(UTC)
    old_offset = low.astimezone(tz).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(tz).utcoffset() == old_offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """Return the UTC instants ``[start, end)`` of ``day`` in ``zone``."""
    start = resolve_local(day, time(0), zone)
    return start, resolve_local(day + timedelta(days=1), time(0), zone)


def month_of(day: date) -> date:
    """Return the first day of the month of ``day``."""
    return day.replace(day=1)


def add_months(day: date, months: int) -> date:
    """Return the first day of the month ``months`` after the month of ``day``."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)
