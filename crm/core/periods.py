"""The stretch of time a page of figures is about, chosen in its URL."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from crm.core.clock import add_months, day_bounds, month_of

# By what the URL says: how many calendar months, the running one included.
MONTHS = {"3m": 3, "12m": 12, "36m": 36}
DEFAULT = "12m"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole calendar months up to and including ``end``, which is today.

    ``before`` is what to compare with: the same days a year earlier, or right before
    for a period longer than a year. So summer is compared with summer.
    """

    key: str
    start: date
    end: date

    @property
    def months(self) -> list[date]:
        """Return the first day of each month, oldest first."""
        return [add_months(self.start, n) for n in range(MONTHS[self.key])]

    @property
    def before(self) -> "Period":
        shift = max(12, MONTHS[self.key])
        return Period(
            self.key, add_months(self.start, -shift), _same_day(self.end, -shift)
        )

    def filters(self, field: str, zone: str) -> dict[str, datetime]:
        """Return the look-ups that keep instants within the period's days in ``zone``."""
        first, _next = day_bounds(self.start, zone)
        _last, end = day_bounds(self.end, zone)
        return {f"{field}__gte": first, f"{field}__lt": end}

    @property
    def label(self) -> str:
        return labels()[self.key]

    @property
    def label_before(self) -> str:
        """Return what people call the stretch of time this one is compared with."""
        if MONTHS[self.key] > 12:
            return _("the three years before")
        return _("a year earlier")


def period_for(key: str, today: date) -> Period:
    """Return the period that ``key`` names, the usual one for an unknown key."""
    known = key if key in MONTHS else DEFAULT
    return Period(known, add_months(today, 1 - MONTHS[known]), today)


def labels() -> dict[str, str]:
    """Return what people call the periods, by key, shortest first."""
    return {"3m": _("3 months"), "12m": _("12 months"), "36m": _("3 years")}


def months_between(start: date, end: date) -> list[date]:
    """Return the first day of each month from that of ``start`` to that of ``end``."""
    months = [month_of(start)]
    while months[-1] < month_of(end):
        months.append(add_months(months[-1], 1))
    return months


def _same_day(day: date, months: int) -> date:
    first = add_months(day, months)
    last = add_months(first, 1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
