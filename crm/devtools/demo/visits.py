"""What they did here: days, nights, rooms and tables, and what it came to."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from crm.core.clock import resolve_local
from crm.devtools.demo.guests import new_uuid
from crm.devtools.demo.habits import Habit
from crm.devtools.demo.houses import House
from crm.devtools.demo.rows import VisitRow

ROOMS = (*range(101, 113), *range(201, 215), *range(301, 311))
TABLES = range(1, 19)

_KIND_OF = {
    "holiday": "stay", "work": "stay", "meal": "table", "coffee": "table",
    "party": "event", "walk": "tour",
}  # fmt: skip
_HOLIDAY_NIGHTS = (1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 5, 7)
_WORK_NIGHTS = (1, 1, 1, 1, 2, 2, 2, 3, 4)
_PARTIES = (1, 2, 2, 2, 2, 2, 3, 4, 4, 6)
_DINNER = tuple(time(hour, minute) for hour in (17, 18, 19, 20) for minute in (0, 30))
_THROUGH = ("Website", "Website", "Phone", "Phone", "Email", "Booking.com", "Walk-in")


@dataclass(slots=True)
class Coming:
    """One visit as planned: why, when, how long."""

    reason: str
    arrival: date
    nights: int
    state: str = "completed"

    @property
    def departure(self) -> date:
        return self.arrival + timedelta(days=self.nights)


def draw_comings(habit: Habit, count: int, house: House, rng: Random) -> list[Coming]:
    """Draw ``count`` visits in order, the last perhaps still to come."""
    reasons = [habit.draw_reason(rng) for _ in range(count)]
    days = _draw_days(habit, reasons, house, rng)
    comings = [
        Coming(reason, day, _nights(reason, rng))
        for reason, day in zip(reasons, days, strict=True)
    ]
    _keep_apart(comings, before=house.today)
    for coming in comings:
        coming.state = _past_state(coming, rng)
    if rng.random() < (0.03 if count == 1 else 0.16 * habit.stays_true):
        _plan_ahead(comings[-1], house, rng)
    return comings


def _draw_days(
    habit: Habit, reasons: list[str], house: House, rng: Random
) -> list[date]:
    calendars, yesterday = house.calendars, house.yesterday
    if len(reasons) == 1:
        return [calendars[reasons[0]].draw(house.first_day, yesterday, rng)]
    gap = rng.uniform(*habit.gap_days)
    horizon = (yesterday - house.first_day).days - 10
    span = min(gap * (len(reasons) - 1), horizon * rng.uniform(0.75, 0.98))
    gap = span / (len(reasons) - 1)
    if rng.random() < habit.stays_true:
        begin = horizon - span - rng.random() * min(gap, horizon - span)
    else:
        begin = rng.random() ** 0.8 * max(horizon - span - 60, 0)
    steps = [rng.uniform(0.5, 1.5) for _ in reasons[1:]]
    scale = span / sum(steps)
    width = min(int(gap / 3), 24)
    days = []
    for step, reason in zip([0.0, *steps], reasons, strict=True):
        begin += step * scale
        near = house.first_day + timedelta(days=int(begin) + 5)
        days.append(calendars[reason].settle(near, width, rng))
    return sorted(days)


def _nights(reason: str, rng: Random) -> int:
    if reason == "holiday":
        return rng.choice(_HOLIDAY_NIGHTS)
    return rng.choice(_WORK_NIGHTS) if reason == "work" else 0


def _keep_apart(comings: list[Coming], *, before: date) -> None:
    """Move visits back so that each is over a day before the next begins."""
    limit = before
    for coming in reversed(comings):
        latest = limit - timedelta(days=1 + coming.nights)
        coming.arrival = min(coming.arrival, latest)
        limit = coming.arrival


def _past_state(coming: Coming, rng: Random) -> str:
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


def draw_row(
    coming: Coming,
    *,
    visit_id: int,
    guest_id: int,
    habit: Habit,
    purse: float,
    house: House,
    rng: Random,
) -> VisitRow:
    """Return the visit's row, with clock times that fit its kind and state."""
    kind = _KIND_OF[coming.reason]
    party = _party(coming.reason, habit, rng)
    booked_at = _booked_at(coming, house, rng)
    row = VisitRow(
        id=visit_id,
        business_id=house.business.pk,
        uuid=new_uuid(rng),
        venue_id=house.venue_ids[kind],
        guest_id=guest_id,
        booker_id=None,
        kind=kind,
        state=coming.state,
        arrival_date=coming.arrival,
        departure_date=coming.departure,
        arrival_time=_arrival_time(coming.reason, rng),
        party_size=party,
        spend=_spend(coming, party, habit.spends * purse, rng),
        label=_label(coming.reason, rng),
        source=_through(coming.reason, habit, rng),
        is_employer_paid=coming.reason == "work",
        created_at=booked_at,
        updated_at=booked_at,
    )
    if coming.state == "completed":
        _live_through(row, coming.reason, house.zone, rng)
    elif coming.state in {"cancelled", "no_show"}:
        _fall_through(row, house.zone, rng)
    return row


def _party(reason: str, habit: Habit, rng: Random) -> int:
    if reason == "work":
        return 1
    if reason == "coffee":
        return rng.choice((1, 1, 1, 2, 2, 3))
    if reason == "party":
        return rng.choice((2, 2, 4, 6, 8, 12))
    return 1 if habit.is_work else rng.choice(_PARTIES)


def _booked_at(coming: Coming, house: House, rng: Random) -> datetime:
    ahead = {"holiday": 40, "work": 9, "meal": 4, "party": 45, "walk": 6, "coffee": 0}
    days = (
        int(rng.expovariate(1 / ahead[coming.reason]))
        if coming.reason != "coffee"
        else 0
    )
    day = coming.arrival - timedelta(days=days)
    moment = resolve_local(
        day, time(8 + rng.randrange(12), rng.randrange(60)), house.zone
    )
    return min(moment, house.now - timedelta(hours=1 + rng.randrange(60)))


def _arrival_time(reason: str, rng: Random) -> time | None:
    if reason in {"meal", "party"}:
        return rng.choice(_DINNER)
    if reason == "walk":
        return time(10)
    if reason == "coffee":
        return None
    return time(rng.randrange(14, 20)) if rng.random() < 0.4 else None


def _spend(coming: Coming, party: int, purse: float, rng: Random) -> int:
    """Return minor units, whole crowns."""
    if coming.reason in {"holiday", "work"}:
        summer = 1.25 if coming.arrival.month in {6, 7, 8} else 1.0
        rooms = (party + 2) // 3
        kroner = coming.nights * rng.uniform(1190, 1790) * summer * rooms
        if rng.random() < 0.5:
            kroner += party * rng.uniform(380, 690)
    else:
        low, high = {
            "meal": (320, 780), "coffee": (52, 165), "party": (790, 1190), "walk": (590, 690),
        }[coming.reason]  # fmt: skip
        kroner = party * rng.uniform(low, high)
    return round(kroner * purse) * 100


def _label(reason: str, rng: Random) -> str:
    if reason in {"holiday", "work"}:
        return f"Room {rng.choice(ROOMS)}"
    if reason == "meal":
        return f"Table {rng.choice(TABLES)}"
    if reason == "walk":
        return rng.choice(("Glacier walk", "Kayak on the fjord", "Farm visit"))
    return "Christmas table" if reason == "party" else ""


def _through(reason: str, habit: Habit, rng: Random) -> str:
    if reason == "coffee":
        return "Walk-in"
    if habit.is_work:
        return rng.choice(("Email", "Company agreement", "Phone"))
    return rng.choice(_THROUGH)


def _live_through(row: VisitRow, reason: str, zone: str, rng: Random) -> None:
    arrived, left = _clock(row, reason, rng)
    row.arrived_at = resolve_local(row.arrival_date, arrived, zone)
    row.completed_at = resolve_local(row.departure_date, left, zone)
    row.created_at = min(row.created_at, row.arrived_at)
    row.updated_at = row.completed_at


def _clock(row: VisitRow, reason: str, rng: Random) -> tuple[time, time]:
    """Return when they came and when they left, on the wall."""
    minute = rng.randrange(60)
    if reason in {"holiday", "work"}:
        return time(rng.randrange(14, 21), minute), time(rng.randrange(7, 12), minute)
    if reason == "coffee":
        hour = rng.randrange(8, 17)
        return time(hour, minute // 2), time(hour, 30 + minute // 2)
    if reason == "walk":
        return time(9, 45), time(15, minute)
    begin = row.arrival_time or time(18)
    return begin, time(min(begin.hour + 2, 23), minute)


def _fall_through(row: VisitRow, zone: str, rng: Random) -> None:
    if row.state == "no_show":
        row.closed_at = resolve_local(
            row.arrival_date, time(23, rng.randrange(60)), zone
        )
    else:
        begins = resolve_local(row.arrival_date, time(9), zone)
        share = rng.random()
        row.closed_at = (
            row.created_at + max(begins - row.created_at, timedelta()) * share
        )
    row.updated_at = max(row.closed_at, row.created_at)
