"""On which days somebody came: by habit and season, never in two beds at once."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from crm.devtools.demo.habits import Habit
from crm.devtools.demo.houses import House

_HOLIDAY_NIGHTS = (1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 7)
_WORK_NIGHTS = (1, 1, 1, 1, 2, 2, 2, 3, 4)
# By how many days a habit yields to weekends and seasons.
_LEEWAY = {
    "holiday": 70,
    "work": 12,
    "meal": 24,
    "coffee": 5,
    "walk": 150,
    "party": 183,
}
# How much likelier long stories touch either end, and new ones begin late.
_TO_THIS_DAY = 2.8
_FROM_THE_START = 0.5
_GROWTH = 0.85
_LATELY = 0.1
_NEW_FOR = 150


@dataclass(slots=True)
class Coming:
    """One visit as planned: why, when, for how long, and what became of it."""

    reason: str
    arrival: date
    nights: int
    state: str = "completed"

    @property
    def departure(self) -> date:
        return self.arrival + timedelta(days=self.nights)


def draw_comings(habit: Habit, count: int, house: House, rng: Random) -> list[Coming]:
    """Draw ``count`` visits in order, the last of them perhaps still to come."""
    if not count:
        return []
    reasons = [habit.draw_reason(rng) for _ in range(count)]
    days = _draw_days(habit, reasons, house, rng)
    comings = [
        Coming(reason, day, _nights(reason, rng))
        for day, reason in sorted(zip(days, reasons, strict=True))
    ]
    keep_apart(comings, before=house.today)
    for coming in comings:
        coming.state = _what_became(coming, rng)
    if rng.random() < (0.03 if count == 1 else 0.16 * habit.stays_true):
        _plan_ahead(comings[-1], house, rng)
    return comings


def _draw_days(
    habit: Habit, reasons: list[str], house: House, rng: Random
) -> list[date]:
    calendars = house.calendars
    if len(reasons) == 1:
        # Who came first lately has not had the time to come again.
        since = house.first_day
        if rng.random() < _LATELY:
            since = house.today - timedelta(days=500)
        return [calendars[reasons[0]].draw(since, house.yesterday, rng)]
    horizon = (house.yesterday - house.first_day).days
    most = horizon * rng.uniform(0.8, 0.99)
    span = min(rng.uniform(*habit.gap_days) * (len(reasons) - 1), most)
    begin = _draw_begin(habit, span, horizon, len(reasons), rng)
    steps = [rng.uniform(0.5, 1.5) for _ in reasons[1:]]
    scale = span / sum(steps)
    days = []
    for step, reason in zip([0.0, *steps], reasons, strict=True):
        begin += step * scale
        about = house.first_day + timedelta(days=int(begin))
        days.append(calendars[reason].settle(about, _LEEWAY[reason], rng))
    return days


def _draw_begin(
    habit: Habit, span: float, horizon: int, visits: int, rng: Random
) -> float:
    """Draw the first day of a story that takes ``span`` of ``horizon`` days.

    The longer it is, the likelier it began before the register did, or goes on to this
    day: otherwise the house would look emptier at both ends.
    """
    spare = horizon - span
    if habit.is_new:
        return max(spare - rng.random() * _NEW_FOR, 0)
    long = span / (horizon + span)
    edge = min(spare, span / (visits - 1)) * rng.random()
    point = rng.random()
    if point < long * habit.stays_true * _TO_THIS_DAY:
        return spare - edge
    if point > 1 - long * _FROM_THE_START:
        return edge
    return spare * rng.random() ** _GROWTH


def _nights(reason: str, rng: Random) -> int:
    if reason == "holiday":
        return rng.choice(_HOLIDAY_NIGHTS)
    return rng.choice(_WORK_NIGHTS) if reason == "work" else 0


def keep_apart(comings: list[Coming], *, before: date) -> None:
    """Move visits back so that each is over a day before the next begins."""
    limit = before
    for coming in reversed(comings):
        latest = limit - timedelta(days=1 + coming.nights)
        coming.arrival = min(coming.arrival, latest)
        limit = coming.arrival


def _what_became(coming: Coming, rng: Random) -> str:
    point = rng.random()
    if point < 0.045:
        return "cancelled"
    if point < 0.058 and coming.reason not in {"coffee", "work"}:
        return "no_show"
    return "completed"


def _plan_ahead(coming: Coming, house: House, rng: Random) -> None:
    """Make a visit one that is booked: most within weeks, some for next season."""
    low = house.today + timedelta(days=1)
    high = low + timedelta(days=rng.choice((14, 30, 60, 90, 200)))
    coming.arrival = house.calendars[coming.reason].draw(low, high, rng)
    coming.state = "booked"
