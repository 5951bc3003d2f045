"""Turn the lines of a file into guests and visits on their way, line by line.

Pure apart from reading the clock of the house. What a column means was decided before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

from crm.core.text import one_spelling, plain_words
from customers.imports.fields import Holds
from customers.imports.meanings import House, Meaning
from customers.imports.parsing import BadCell, Several, drops, parser_for
from customers.imports.reading import Line
from customers.models import Visit

State = Visit.State

# How much of the guests of lines before is remembered, so that it is not read again.
MOST_SEEN = 300_000
# A wrong day is said of the line as a whole: there is no visit without it.
_ESSENTIAL = ("visit.arrival", "visit.departure", "visit.spend", "visit.venue")
# What comes out of these is a day, a number or a code, whatever stood there.
_NO_TEXT = {
    Holds.DATE, Holds.BIRTHDAY, Holds.YEAR, Holds.MONTH, Holds.DAY, Holds.CLOCK,
    Holds.COUNT, Holds.MONEY, Holds.YES_NO, Holds.LANGUAGE, Holds.COUNTRY,
    Holds.VISIT_KIND, Holds.VISIT_STATE,
}  # fmt: skip
_LONGEST = {
    "external_id": 80, "given_name": 80, "family_name": 80, "display_name": 150,
    "street": 150, "postal_code": 16, "city": 80, "company": 120, "source": 40,
    "member_number": 40, "note": 2000, "label": 40,
}  # fmt: skip


class Problem(NamedTuple):
    line: int
    column: str
    code: str
    value: str
    rejects_row: bool


class LineRejected(Exception):
    """Nothing of the line is used."""

    def __init__(self, code: str, column: str = "", value: str = "") -> None:
        self.code, self.column, self.value = code, column, value


@dataclass(slots=True)
class GuestLine:
    """What a line says of its guest. Empty means not said."""

    line: int
    key: int = 0
    name_key: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    emails: dict[str, str] = field(default_factory=dict)
    phones: dict[str, str] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    consents: dict[str, bool] = field(default_factory=dict)

    def take(self, other: "GuestLine") -> None:
        """Add what ``other``, the same guest, says and this does not. No beats yes."""
        for name, value in other.values.items():
            self.values.setdefault(name, value)
        for address, raw in other.emails.items():
            self.emails.setdefault(address, raw)
        for number, raw in other.phones.items():
            self.phones.setdefault(number, raw)
        self.tags += [tag for tag in other.tags if tag not in self.tags]
        self.custom = other.custom | self.custom
        for said, is_yes in other.consents.items():
            self.consents[said] = is_yes and self.consents.get(said, True)


class VisitLine(NamedTuple):
    line: int
    guest_key: int
    external_id: str
    venue_id: int
    kind: str
    state: str
    arrival: date
    departure: date
    time: time | None
    people: int | None
    spend: int | None
    label: str | None
    source: str | None
    is_employer_paid: bool | None


class _Column(NamedTuple):
    position: int
    header: str
    field: str
    parse: Callable[[str], Any]
    # Whether what is read of a cell is its text, in which a secret may be.
    is_text: bool


@dataclass(slots=True)
class _Said:
    """What the cells of one line say, by field; several cells may say one."""

    values: dict[str, list[Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def one(self, name: str) -> Any:
        values = self.values.get(name)
        return values[0] if values else None

    def all(self, name: str) -> list[Any]:
        return self.values.get(name, [])


class LineReader:
    """Reads the lines of one file, in any order, any number of times."""

    def __init__(
        self,
        meanings: Sequence[Meaning],
        house: House,
        *,
        has_guests: bool,
        has_visits: bool,
        venues: dict[str, tuple[int, str]],
        venue: tuple[int, str] | None,
    ) -> None:
        """Take venues by folded name, as id and the kind of visit they have."""
        columns = [
            _Column(
                m.column,
                m.header,
                m.field,
                parser_for(m, house),
                house.fields[m.field].holds not in _NO_TEXT,
            )
            for m in meanings
            # A field of the house's own may have been taken away since.
            if m.field in house.fields
        ]
        self.guest_columns = [c for c in columns if not c.field.startswith("visit.")]
        self.visit_columns = [
            c for c in columns if has_visits and c.field.startswith("visit.")
        ]
        self.has_guests, self.has_visits = has_guests, has_visits
        self.venues, self.venue, self.today = venues, venue, house.today
        self._positions = [column.position for column in self.guest_columns]
        # By what stands in the guest's cells: the key, and what is wrong with them.
        self._seen: dict[int, tuple[int, list[Problem]]] = {}

    def read(
        self, line: Line
    ) -> tuple[GuestLine | None, VisitLine | None, list[Problem]]:
        """Return what a line says, and what is wrong with it.

        No guest is returned when the cells said the same of one before.
        """
        cells, number = line.cells, line.number
        visit, problems = None, []
        mark = hash(tuple(cells[at] for at in self._positions if at < len(cells)))
        try:
            guest, key, of_guest = self._guest(number, cells, mark)
            problems = [problem._replace(line=number) for problem in of_guest]
            if self.has_visits:
                said = self._said(number, cells, self.visit_columns)
                visit = self._visit(number, key, said)
                problems += said.problems
        except LineRejected as wrong:
            rejected = Problem(line.number, wrong.column, wrong.code, wrong.value, True)
            return None, None, [*problems, rejected]
        # Only now: a guest of a line that is left out is not there yet.
        self._remember(mark, key, of_guest)
        return guest, visit, problems

    def _guest(
        self, number: int, cells: Sequence[str], mark: int
    ) -> tuple[GuestLine | None, int, list[Problem]]:
        if known := self._seen.get(mark):
            return None, *known
        said = self._said(number, cells, self.guest_columns)
        guest = guest_of(number, said)
        if not guest.key:
            raise LineRejected("nobody" if self.has_visits else "no_name")
        return guest, guest.key, said.problems

    def _remember(self, mark: int, key: int, problems: list[Problem]) -> None:
        if mark not in self._seen:
            if len(self._seen) >= MOST_SEEN:
                self._seen.clear()
            self._seen[mark] = key, problems

    def _said(
        self, number: int, cells: Sequence[str], columns: Sequence[_Column]
    ) -> _Said:
        said, width = _Said(), len(cells)
        values = said.values
        for position, header, field_name, parse, is_text in columns:
            if position >= width or not (cell := cells[position].strip()):
                continue
            if is_text and (reason := drops(cell, header)):
                said.problems.append(Problem(number, header, reason, "", False))
                continue
            try:
                value = parse(cell)
            except BadCell as wrong:
                # What is wrong in its column is no number of a booking either.
                is_secret = drops(cell, header) or drops(cell)
                shown = "" if is_secret else cell[:80]
                if field_name.startswith(_ESSENTIAL):
                    raise LineRejected(wrong.code, header, shown) from None
                problem = Problem(number, header, wrong.code, shown, False)
                said.problems.append(problem)
                continue
            if value is None or value == "":
                continue
            if isinstance(value, Several):
                values.setdefault(field_name, []).extend(value)
            elif field_name in values:
                values[field_name].append(value)
            else:
                values[field_name] = [value]
        return said

    def _visit(self, number: int, key: int, said: _Said) -> VisitLine:
        one = {name: values[0] for name, values in said.values.items()}.get
        arrival = one("visit.arrival") or _from_parts(said, "arrival")
        if arrival is None:
            raise LineRejected("no_arrival")
        venue_id, kind = self._place(said)
        departure = _departure(said, arrival)
        people = said.all("visit.people")
        return VisitLine(
            line=number,
            guest_key=key,
            external_id=str(one("visit.external_id") or "")[:80],
            venue_id=venue_id,
            kind=one("visit.kind") or kind,
            state=state_on(one("visit.state"), arrival, departure, self.today),
            arrival=arrival,
            departure=departure,
            time=one("visit.time"),
            people=min(max(1, sum(people)), 32_000) if people else None,
            spend=one("visit.spend"),
            label=_short(one("visit.label"), 40),
            source=_short(one("visit.source"), 40),
            is_employer_paid=one("visit.employer_paid"),
        )

    def _place(self, said: _Said) -> tuple[int, str]:
        name = said.one("visit.venue")
        place = self.venues.get(plain_words(str(name))) if name else self.venue
        place = place or self.venue
        if place is None:
            raise LineRejected("no_venue", value=str(name or "")[:80])
        return place


def guest_of(number: int, said: _Said) -> GuestLine:
    """Return what a line says of its guest; without a key when that is nobody."""
    guest = GuestLine(number)
    for name, values in said.values.items():
        area, _, rest = name.partition(".")
        if area == "consent":
            guest.consents[rest] = all(bool(value) for value in values)
        elif rest.startswith("custom."):
            guest.custom[rest.removeprefix("custom.")] = _as_held(values[0])
        elif area == "guest":
            _put(guest, rest, values)
    _put_birthday(guest, said)
    _name(guest)
    guest.key = key_of(guest)
    return guest


def _put(guest: GuestLine, name: str, values: list[Any]) -> None:
    if name == "email":
        guest.emails = {str(value): str(value) for value in values}
    elif name == "phone":
        guest.phones = {str(value): str(value) for value in values}
    elif name == "tags":
        found = [tag for value in values for tag in value]
        guest.tags = list(dict.fromkeys(" ".join(tag.split())[:40] for tag in found))
    elif name == "vip":
        guest.values["is_vip"] = bool(values[0])
    elif name == "note":
        guest.values["note"] = "\n".join(map(str, values))[: _LONGEST["note"]]
    elif name == "full_name":
        guest.values["display_name"] = str(values[0])
    elif not name.startswith("birthday"):
        guest.values[name] = str(values[0])[: _LONGEST.get(name)]


def _as_held(value: Any) -> Any:
    """Return a value as ``Guest.custom`` has it, see profile/custom_fields.py."""
    if isinstance(value, bool):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _put_birthday(guest: GuestLine, said: _Said) -> None:
    month, day = said.one("guest.birthday_month"), said.one("guest.birthday_day")
    if whole := said.one("guest.birthday"):
        month, day = whole
    if month and day:
        guest.values["birthday_month"], guest.values["birthday_day"] = month, day


def _name(guest: GuestLine) -> None:
    """Give the guest both the name that is read and its parts, where there are any."""
    values = guest.values
    whole = " ".join(str(values.pop("display_name", "")).split())
    given, family = values.get("given_name", ""), values.get("family_name", "")
    if whole and not (given or family):
        given, family, whole = name_parts(whole)
    whole = whole or f"{given} {family}".strip()
    for name, text in (
        ("given_name", given), ("family_name", family), ("display_name", whole),
    ):  # fmt: skip
        if text:
            values[name] = text[: _LONGEST[name]]
    guest.name_key = one_spelling(plain_words(values.get("display_name", "")))


def name_parts(whole: str) -> tuple[str, str, str]:
    """Return first name, family name and the name as it is read."""
    family, comma, given = (part.strip() for part in whole.partition(","))
    if comma and family and given:
        return given, family, f"{given} {family}"
    given, _, family = whole.rpartition(" ")
    # One word may be either; whoever greets by it is wrong half of the time.
    return (given, family, whole) if given else ("", "", whole)


def key_of(guest: GuestLine) -> int:
    """Return what all lines of one guest have in common; 0 when it is nobody."""
    if number := guest.values.get("external_id"):
        return fingerprint("number", number)
    if address := next(iter([*guest.emails, *guest.phones]), ""):
        return fingerprint("address", guest.name_key, address)
    if not guest.name_key:
        return 0
    names = (
        "birthday_month",
        "birthday_day",
        "street",
        "postal_code",
        "city",
        "company",
    )
    about = [plain_words(str(guest.values.get(name, ""))) for name in names]
    return fingerprint("name", guest.name_key, *about)


def fingerprint(*parts: str) -> int:
    """Return 63 bits that stand for ``parts``, the same in every process. Never 0."""
    digest = blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


def state_on(said: str | None, arrival: date, departure: date, today: date) -> str:
    """Return where a visit stands today, whatever its last export called it."""
    if said in {State.CANCELLED, State.NO_SHOW}:
        return str(said)
    if arrival > today:
        return State.BOOKED
    if said == State.COMPLETED or departure < today:
        return State.COMPLETED
    if said == State.IN_HOUSE or arrival < today:
        return State.IN_HOUSE
    return State.BOOKED


def _departure(said: _Said, arrival: date) -> date:
    departure = said.one("visit.departure") or _from_parts(said, "departure")
    if departure is None:
        nights = sum(said.all("visit.nights"))
        departure = arrival + timedelta(days=min(int(nights or 0), 3650))
    if departure < arrival:
        raise LineRejected("ends_before", value=f"{arrival} – {departure}")
    return departure


def _from_parts(said: _Said, name: str) -> date | None:
    parts = [said.one(f"visit.{name}_{part}") for part in ("year", "month", "day")]
    if None in parts:
        return None
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        raise LineRejected("no_arrival") from None


def _short(value: Any, longest: int) -> str | None:
    return None if value is None else str(value)[:longest]
