"""What they did here: rooms and tables, hours on the clock, and what it came to."""

from datetime import datetime, time, timedelta
from random import Random

from crm.core.clock import resolve_local
from crm.devtools.demo.days import Coming
from crm.devtools.demo.guests import new_uuid
from crm.devtools.demo.habits import Habit
from crm.devtools.demo.rows import VisitRow
from crm.devtools.demo.scene import Scene

_KIND_OF = {
    "holiday": "stay", "work": "stay", "meal": "table", "coffee": "table",
    "party": "event", "walk": "tour",
}  # fmt: skip
_BOOKED_DAYS_AHEAD = {
    "holiday": 40, "work": 9, "meal": 4, "party": 45, "walk": 6, "coffee": 0,
}  # fmt: skip
# Crowns: a night in a room, or a person at a table.
_PRICES = {
    "holiday": (1190, 1790), "work": (1190, 1690), "meal": (320, 780),
    "coffee": (52, 165), "party": (790, 1190), "walk": (590, 690),
}  # fmt: skip
_DINNER = (380, 690)
_ROOMS = (*range(101, 113), *range(201, 215), *range(301, 311))
_TABLES = range(1, 19)
_WALKS = ("Glacier walk", "Kayak on the fjord", "Farm visit")
_HOURS_TO_DINE = tuple(
    time(hour, minute) for hour in (17, 18, 19, 20) for minute in (0, 30)
)
_PARTIES = {
    "work": (1,), "coffee": (1, 1, 1, 2, 2, 3), "party": (2, 2, 4, 6, 8, 12),
    "holiday": (1, 2, 2, 2, 2, 2, 3, 4, 4), "meal": (1, 2, 2, 2, 2, 3, 4, 4, 6),
    "walk": (2, 2, 2, 3, 4),
}  # fmt: skip
_THROUGH = ("Website", "Website", "Phone", "Phone", "Email", "Booking.com", "Walk-in")
_THROUGH_FOR_WORK = ("Email", "Company agreement", "Phone")


def visit_row(
    coming: Coming, guest_id: int, *, habit: Habit, purse: float, scene: Scene
) -> VisitRow:
    """Return the visit's row. ``purse`` is how freely this guest spends; 1 is usual."""
    rng, reason = scene.rng, coming.reason
    kind = _KIND_OF[reason]
    party = rng.choice(_PARTIES[reason])
    booked_at = _booked_at(coming, scene)
    row = VisitRow(
        id=scene.next_id(VisitRow),
        business_id=scene.business_id,
        uuid=new_uuid(rng),
        venue_id=scene.house.venue_ids[kind],
        guest_id=guest_id,
        booker_id=None,
        kind=kind,
        state=coming.state,
        arrival_date=coming.arrival,
        departure_date=coming.departure,
        arrival_time=_arrival_time(reason, rng),
        party_size=party,
        spend=_spend(coming, party, habit.spends * purse, rng),
        label=_label(reason, rng),
        source=_through(reason, rng),
        is_employer_paid=reason == "work",
        created_at=booked_at,
        updated_at=booked_at,
    )
    if coming.state == "completed":
        _live_through(row, reason, scene)
    elif coming.state in {"cancelled", "no_show"}:
        _fall_through(row, scene)
    return row


def _booked_at(coming: Coming, scene: Scene) -> datetime:
    rng, ahead = scene.rng, _BOOKED_DAYS_AHEAD[coming.reason]
    days = int(rng.expovariate(1 / ahead)) if ahead else 0
    day = coming.arrival - timedelta(days=days)
    moment = resolve_local(
        day, time(8 + rng.randrange(12), rng.randrange(60)), scene.house.zone
    )
    return min(moment, scene.house.now - timedelta(hours=1 + rng.randrange(60)))


def _arrival_time(reason: str, rng: Random) -> time | None:
    if reason in {"meal", "party"}:
        return rng.choice(_HOURS_TO_DINE)
    if reason == "walk":
        return time(10)
    if reason == "coffee":
        return None
    return time(rng.randrange(14, 20)) if rng.random() < 0.4 else None


def _spend(coming: Coming, party: int, purse: float, rng: Random) -> int:
    """Return minor units, in whole crowns."""
    price = rng.uniform(*_PRICES[coming.reason])
    if coming.reason in {"holiday", "work"}:
        if coming.arrival.month in {6, 7, 8}:
            price *= 1.25
        crowns = coming.nights * price * ((party + 2) // 3)
        if rng.random() < 0.5:
            crowns += party * rng.uniform(*_DINNER)
    else:
        crowns = party * price
    return round(crowns * purse) * 100


def _label(reason: str, rng: Random) -> str:
    if reason in {"holiday", "work"}:
        return f"Room {rng.choice(_ROOMS)}"
    if reason == "meal":
        return f"Table {rng.choice(_TABLES)}"
    if reason == "walk":
        return rng.choice(_WALKS)
    return "Christmas table" if reason == "party" else ""


def _through(reason: str, rng: Random) -> str:
    if reason == "coffee":
        return "Walk-in"
    return rng.choice(_THROUGH_FOR_WORK if reason == "work" else _THROUGH)


def _live_through(row: VisitRow, reason: str, scene: Scene) -> None:
    came, left = _hours(row, reason, scene.rng)
    row.arrived_at = resolve_local(row.arrival_date, came, scene.house.zone)
    row.completed_at = resolve_local(row.departure_date, left, scene.house.zone)
    row.created_at = min(row.created_at, row.arrived_at)
    row.updated_at = row.completed_at


def _hours(row: VisitRow, reason: str, rng: Random) -> tuple[time, time]:
    """Return when they came and when they left, on the wall."""
    minute = rng.randrange(60)
    if reason in {"holiday", "work"}:
        return time(rng.randrange(14, 21), minute), time(rng.randrange(7, 12), minute)
    if reason == "coffee":
        hour = rng.randrange(8, 17)
        return time(hour, minute // 2), time(hour, 30 + minute // 2)
    if reason == "walk":
        return time(9, 45), time(15, minute)
    came = row.arrival_time or time(18)
    return came, time(came.hour + 2, minute)


def _fall_through(row: VisitRow, scene: Scene) -> None:
    rng, zone = scene.rng, scene.house.zone
    if row.state == "no_show":
        closed_at = resolve_local(row.arrival_date, time(23, rng.randrange(60)), zone)
    else:
        begins = resolve_local(row.arrival_date, time(9), zone)
        closed_at = row.created_at + max(begins - row.created_at, timedelta()) * 0.7
    row.closed_at = row.updated_at = max(closed_at, row.created_at)
