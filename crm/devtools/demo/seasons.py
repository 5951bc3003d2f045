"""When people come: summers and quiet Januaries, weekends, Christmas parties, growth."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

# January first; 1 is an ordinary month.
_HOLIDAY = (0.35, 0.55, 0.60, 0.65, 0.90, 1.50, 2.20, 1.75, 1.00, 0.75, 0.40, 0.50)
_WORK = (1.00, 1.05, 1.10, 0.95, 1.05, 0.95, 0.30, 0.85, 1.15, 1.15, 1.10, 0.60)
_TABLE = (0.60, 0.75, 0.80, 0.85, 1.05, 1.20, 1.50, 1.30, 1.00, 0.90, 0.90, 1.20)
_CAFE = (0.80, 0.85, 0.95, 0.95, 1.10, 1.15, 1.25, 1.20, 1.00, 0.95, 0.90, 1.05)

# Monday first.
_TO_WEEKENDS = (0.70, 0.65, 0.75, 0.95, 1.70, 1.50, 0.65)
_TO_WORK = (1.60, 1.50, 1.30, 0.90, 0.15, 0.05, 0.60)
_OUT_TO_EAT = (0.45, 0.60, 0.75, 1.05, 1.65, 1.70, 0.85)
_COFFEE = (0.85, 0.90, 0.95, 1.00, 1.15, 1.35, 1.10)

_GROWTH_A_YEAR = 0.12


@dataclass(frozen=True, slots=True)
class Calendar:
    """How likely each day is, from ``first`` on, and the running sum of it."""

    first: date
    weights: Sequence[float]
    sums: Sequence[float]

    def draw(self, low: date, high: date, rng: Random) -> date:
        """Draw a day from ``low`` to ``high``, both included."""
        begin = max((low - self.first).days, 0)
        end = min((high - self.first).days, len(self.weights) - 1)
        if end <= begin:
            return self.first + timedelta(days=begin)
        under = self.sums[begin - 1] if begin else 0.0
        point = under + rng.random() * (self.sums[end] - under)
        return self.first + timedelta(days=bisect_left(self.sums, point, begin, end))

    def settle(self, day: date, width: int, rng: Random) -> date:
        """Draw a likely day within ``width`` days of ``day``."""
        return self.draw(day - timedelta(days=width), day + timedelta(days=width), rng)


def _calendar(first: date, last: date, weight: Callable[[date], float]) -> Calendar:
    days = (last - first).days + 1
    weights = array("d")
    for number in range(days):
        growth = (1 + _GROWTH_A_YEAR) ** (number / 365)
        weights.append(weight(first + timedelta(days=number)) * growth)
    return Calendar(first, weights, array("d", accumulate(weights)))


def _by_month_and_weekday(
    months: Sequence[float], weekdays: Sequence[float]
) -> Callable[[date], float]:
    return lambda day: months[day.month - 1] * weekdays[day.weekday()]


def _christmas_party(day: date) -> float:
    is_time = (day.month == 11 and day.day > 15) or (day.month == 12 and day.day < 20)
    return _OUT_TO_EAT[day.weekday()] if is_time else 0.004


def _walk(day: date) -> float:
    return 0.002 if day.month not in range(5, 10) else _HOLIDAY[day.month - 1]


def calendars(first: date, last: date) -> dict[str, Calendar]:
    """Return a calendar for each reason to come, from ``first`` to ``last``."""
    reasons = {
        "holiday": _by_month_and_weekday(_HOLIDAY, _TO_WEEKENDS),
        "work": _by_month_and_weekday(_WORK, _TO_WORK),
        "meal": _by_month_and_weekday(_TABLE, _OUT_TO_EAT),
        "coffee": _by_month_and_weekday(_CAFE, _COFFEE),
        "party": _christmas_party,
        "walk": _walk,
    }
    return {
        reason: _calendar(first, last, weight) for reason, weight in reasons.items()
    }
