"""The parts of today: who arrives, who is in the house, who leaves, who dines."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm.devtools.demo.names import Name

# Before this nobody has left and nobody has come.
_DAWN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one guest does today.

    ``reason`` as in ``seasons.calendars``; ``earlier`` is how many visits came before,
    where the number matters; ``due_in`` so many minutes the message about a visit that
    ended yesterday goes.
    """

    reason: str
    state: str
    starts: int = 0
    nights: int = 0
    clock: time | None = None
    label: str = ""
    party: int = 2
    minutes_ago: int = 0
    due_in: int = 0
    earlier: int | None = None
    comes_often: bool = False
    name: Name | None = None
    country: str = "NO"
    language: str = ""
    company: str = ""
    is_vip: bool = False
    birthday_in: int | None = None

    def arrival(self, today: date) -> date:
        return today + timedelta(days=self.starts)


def solvik_parts(now: datetime, zone: str) -> list[Part]:
    """Return today's parts at the hotel and in its restaurant."""
    parts = [
        *_ARRIVING, *_ARRIVED, *_staying(), *_leaving(), *_left(), *_dining(),
        *_left_yesterday(), *_coming_tomorrow(),
    ]  # fmt: skip
    return [_at_this_hour(part, now, zone) for part in parts]


def mane_parts(now: datetime, zone: str) -> list[Part]:
    """Return today's parts in the café."""
    left = [_coffee("completed", ago) for ago in (25, 48, 95, 140, 190, 260)]
    here = [_coffee("in_house", ago) for ago in (8, 14, 22, 31)]
    tables = [_table(3, time(15), 4), _table(1, time(16, 30), 6)]
    return [_at_this_hour(part, now, zone) for part in (*left, *here, *tables)]


def _at_this_hour(part: Part, now: datetime, zone: str) -> Part:
    """Return the part as it is so early in the day: nothing has happened before dawn."""
    if not part.minutes_ago:
        return part
    here = ZoneInfo(zone)
    then = (now - timedelta(minutes=part.minutes_ago)).astimezone(here)
    if then.date() == now.astimezone(here).date() and then.hour >= _DAWN:
        return part
    was_in_house = part.starts < 0
    return replace(part, state="in_house" if was_in_house else "booked", minutes_ago=0)


def _stay(state: str, room: int, nights: int = 1, **more: object) -> Part:
    reason = "work" if more.get("company") else "holiday"
    return Part(
        reason=reason,
        state=state,
        nights=nights,
        label=f"Room {room}",
        **more,  # type: ignore[arg-type]
    )


def _table(number: int, clock: time, party: int, **more: object) -> Part:
    return Part(
        reason="meal",
        state="booked",
        clock=clock,
        party=party,
        label=f"Table {number}",
        **more,  # type: ignore[arg-type]
    )


def _coffee(state: str, minutes_ago: int) -> Part:
    return Part(reason="coffee", state=state, party=1, minutes_ago=minutes_ago)


_ARRIVING = (
    _stay("booked", 204, 2, clock=time(16), name=Name("Nora", "Østby"), language="nb",
          earlier=8, comes_often=True, is_vip=True, birthday_in=2),
    _stay("booked", 112, 1, clock=time(17, 30), name=Name("Erik", "Lindqvist"), party=1,
          country="SE", language="sv", company="Nordvind AS", earlier=1),
    _stay("booked", 301, 3, clock=time(15), earlier=0),
    _stay("booked", 208, 2, earlier=3, comes_often=True, birthday_in=0),
    _stay("booked", 105, 1, clock=time(19), company="Weber Maschinenbau GmbH", party=1),
    _stay("booked", 310, 4, clock=time(16, 30), party=4),
    _stay("booked", 102, 1, earlier=0),
    _stay("booked", 211, 2, clock=time(18), party=1),
    _stay("booked", 305, 2, earlier=5, birthday_in=4),
    _stay("booked", 108, 1, clock=time(20, 15), company="Hauge & Dahl Arkitekter",
          party=1, earlier=6, comes_often=True),
    _stay("booked", 202, 3, party=3),
)  # fmt: skip
_ARRIVED = (
    _stay("in_house", 206, 2, clock=time(14), minutes_ago=35, earlier=4),
    _stay("in_house", 303, 1, minutes_ago=70),
    _stay("in_house", 110, 5, clock=time(13), minutes_ago=110, party=4),
)


def _staying() -> list[Part]:
    rooms = (101, 104, 201, 203, 207, 209, 212, 302, 304, 306, 308)
    return [
        _stay(
            "in_house",
            room,
            2 + number % 3 + number % 2,
            starts=-1 - number % 3,
            party=1 + number % 3,
            is_vip=number == 3,
        )
        for number, room in enumerate(rooms)
    ]


def _leaving() -> list[Part]:
    rooms = (103, 106, 109, 205, 210, 214, 307, 309)
    return [
        _stay("in_house", room, 1 + number % 4, starts=-1 - number % 4)
        for number, room in enumerate(rooms)
    ]


def _left() -> list[Part]:
    stays = ((107, 2, 20), (111, 1, 55), (213, 3, 95))
    return [
        _stay("completed", room, nights, starts=-nights, minutes_ago=ago)
        for room, nights, ago in stays
    ]


def _dining() -> list[Part]:
    maria = Name("Maria", "Papadopoulou")
    return [
        _table(6, time(19, 30), 4, name=maria, country="GR", language="en", earlier=0),
        _table(2, time(18), 2, earlier=11, comes_often=True),
        _table(9, time(18, 30), 2),
        _table(4, time(19), 3),
        _table(11, time(19), 2),
        _table(7, time(20), 6, birthday_in=1),
        _table(1, time(20, 30), 2),
        _table(12, time(18), 5),
        _table(15, time(19, 30), 2),
        replace(_table(3, time(12), 2), state="in_house", minutes_ago=12),
        replace(_table(8, time(12), 2), state="in_house", minutes_ago=40),
    ]


def _left_yesterday() -> list[Part]:
    """Those whose thank-you goes within minutes, and three who had theirs at ten."""
    due = ((1, "nb"), (2, "en"), (3, "de"), (5, "nn"), (7, "sv"), (10, "nb"))
    return [
        _stay(
            "completed",
            200 + number,
            1 + number % 3,
            starts=-2 - number % 3,
            due_in=minutes,
            language=language,
        )
        for number, (minutes, language) in enumerate((*due, *((0, "da"),) * 3))
    ]


def _coming_tomorrow() -> list[Part]:
    return [_stay("booked", room, starts=1) for room in (103, 106, 205, 210, 307)]
