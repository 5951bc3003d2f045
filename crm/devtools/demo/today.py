"""The people of today: who arrives, who is in the house, who leaves, who dines."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm.devtools.demo.names import Name

_DAWN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What one guest does today, told from ``now``.

    ``earlier`` visits are set where the number matters. ``is_due`` in so many minutes
    is the message that follows a visit completed yesterday.
    """

    kind: str
    state: str
    starts: int = 0
    nights: int = 0
    clock: time | None = None
    label: str = ""
    party: int = 2
    minutes_ago: int = 0
    due_in: int = 0
    earlier: int | None = None
    name: Name | None = None
    country: str = "NO"
    language: str = "nb"
    company: str = ""
    is_vip: bool = False
    birthday_in: int | None = None

    @property
    def is_work(self) -> bool:
        return bool(self.company)

    def arrival(self, today: date) -> date:
        return today + timedelta(days=self.starts)


_NORA = Name("Nora", "Østby")
_ERIK = Name("Erik", "Lindqvist")
_MARIA = Name("Maria", "Papadopoulou")


def solvik_cast(now: datetime, zone: str) -> list[Role]:
    """Return today's roles at the hotel and in its restaurant."""
    roles = [
        *_arriving(), *_arrived(), *_staying(), *_leaving(), *_left(), *_dining(),
        *_left_yesterday(), *_coming_tomorrow(),
    ]  # fmt: skip
    return [_at_this_hour(role, now, zone) for role in roles]


def mane_cast(now: datetime, zone: str) -> list[Role]:
    """Return today's roles in the café."""
    roles = [
        *(
            Role(kind="coffee", state="completed", party=1 + step % 2, minutes_ago=ago)
            for step, ago in enumerate((25, 48, 95, 140, 190, 260))
        ),
        *(
            Role(kind="coffee", state="in_house", party=1 + step % 2, minutes_ago=ago)
            for step, ago in enumerate((8, 14, 22, 31))
        ),
        Role(kind="meal", state="booked", clock=time(15), label="Table 3", party=4),
        Role(kind="meal", state="booked", clock=time(16, 30), label="Table 1", party=6),
    ]
    return [_at_this_hour(role, now, zone) for role in roles]


def _at_this_hour(role: Role, now: datetime, zone: str) -> Role:
    """Return the role as it is so early in the day: nobody has left before dawn."""
    if not role.minutes_ago:
        return role
    then = (now - timedelta(minutes=role.minutes_ago)).astimezone(ZoneInfo(zone))
    is_today = then.date() == now.astimezone(ZoneInfo(zone)).date()
    if is_today and then.hour >= _DAWN:
        return role
    was_here = role.kind == "stay" and role.starts < 0
    return replace(role, state="in_house" if was_here else "booked", minutes_ago=0)


def _stay(state: str, room: int, **details: object) -> Role:
    return Role(kind="stay", state=state, label=f"Room {room}", **details)  # type: ignore[arg-type]


def _arriving() -> list[Role]:
    return [
        _stay("booked", 204, nights=2, clock=time(16), name=_NORA, earlier=8,
              is_vip=True, birthday_in=2),
        _stay("booked", 112, nights=1, clock=time(17, 30), name=_ERIK, earlier=1,
              country="SE", language="sv", company="Nordvind AS", party=1),
        _stay("booked", 301, nights=3, clock=time(15), earlier=0),
        _stay("booked", 208, nights=2, earlier=3, birthday_in=0),
        _stay("booked", 105, nights=1, clock=time(19), company="Weber Maschinenbau GmbH",
              party=1, country="DE", language="de"),
        _stay("booked", 310, nights=4, clock=time(16, 30), party=4),
        _stay("booked", 102, nights=1, earlier=0),
        _stay("booked", 211, nights=2, clock=time(18), party=1),
        _stay("booked", 305, nights=2, earlier=5, birthday_in=4),
        _stay("booked", 108, nights=1, clock=time(20, 15), company="Hauge & Dahl Arkitekter",
              party=1),
        _stay("booked", 202, nights=3, party=3),
    ]  # fmt: skip


def _arrived() -> list[Role]:
    return [
        _stay("in_house", 206, nights=2, clock=time(14), minutes_ago=35, earlier=4),
        _stay("in_house", 303, nights=1, minutes_ago=70),
        _stay("in_house", 110, nights=5, clock=time(13), minutes_ago=110, party=4),
    ]


def _staying() -> list[Role]:
    rooms = ((101, 1), (104, 2), (201, 3), (203, 1), (207, 2), (209, 1), (212, 4),
             (302, 2), (304, 1), (306, 2), (308, 3))  # fmt: skip
    return [
        _stay("in_house", room, starts=-1 - number % 3, nights=1 + number % 3 + left,
              party=1 + number % 3, is_vip=number == 3)
        for number, (room, left) in enumerate(rooms)
    ]  # fmt: skip


def _leaving() -> list[Role]:
    rooms = (103, 106, 109, 205, 210, 214, 307, 309)
    return [
        _stay("in_house", room, starts=-1 - number % 4, nights=1 + number % 4,
              company="Øvrebø Transport AS" if number == 1 else "",
              party=1 if number == 1 else 2)
        for number, room in enumerate(rooms)
    ]  # fmt: skip


def _left() -> list[Role]:
    return [
        _stay("completed", room, starts=-nights, nights=nights, minutes_ago=ago)
        for room, nights, ago in ((107, 2, 20), (111, 1, 55), (213, 3, 95))
    ]


def _dining() -> list[Role]:
    tables = ((6, 19, 30, 4), (2, 18, 0, 2), (9, 18, 30, 2), (4, 19, 0, 3), (11, 19, 0, 2),
              (7, 20, 0, 6), (1, 20, 30, 2), (12, 18, 0, 5), (15, 19, 30, 2))  # fmt: skip
    booked = [
        Role(kind="meal", state="booked", clock=time(hour, minute), party=party,
             label=f"Table {table}", earlier=0 if number == 0 else None,
             name=_MARIA if number == 0 else None,
             country="GR" if number == 0 else "NO", language="en" if number == 0 else "nb",
             birthday_in=1 if number == 5 else None)
        for number, (table, hour, minute, party) in enumerate(tables)
    ]  # fmt: skip
    here = [
        Role(
            kind="meal",
            state="in_house",
            minutes_ago=ago,
            label=f"Table {table}",
            party=2,
        )
        for table, ago in ((3, 12), (8, 40))
    ]
    return booked + here


def _left_yesterday() -> list[Role]:
    """Those whose thank-you goes within minutes, and those who had theirs already."""
    return [
        _stay("completed", 200 + number, starts=-1 - nights, nights=nights, due_in=due,
              earlier=1 if number % 2 else 0, language=language)
        for number, (nights, due, language) in enumerate(
            ((2, 1, "nb"), (1, 2, "en"), (3, 3, "de"), (2, 5, "nn"), (1, 7, "sv"),
             (2, 10, "nb"), (1, 0, "nb"), (4, 0, "da"), (2, 0, "en")), start=1)
    ]  # fmt: skip


def _coming_tomorrow() -> list[Role]:
    return [
        _stay("booked", room, starts=1, nights=nights)
        for room, nights in ((103, 2), (106, 1), (205, 2), (210, 3), (307, 1))
    ]
