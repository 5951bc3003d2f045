"""What somebody asks of the log: whose acts, which, on what, when. Newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from crm.audit.models import Event
from crm.audit.reading import actions_for
from crm.audit.subjects import (
    confided_actions,
    confided_fields,
    kinds,
    kinds_above,
    may_read_confided,
    parts_of,
)
from crm.core.clock import day_bounds
from crm.core.keyset import place_in_time, read_place_in_time, rows_beyond
from crm.tenancy.models import Staff

PAGE = 50
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2200, 1, 1)


class Stretch(NamedTuple):
    """Some lines of the log, and the place after which the next page begins."""

    events: list[Event]
    next_place: str


@dataclass(frozen=True, slots=True)
class AskedEvents:
    """A question to the log of the house in which ``reader`` works.

    What is empty or None was not asked. Days are the house's own and included. A
    ``reference`` goes with a ``kind``; what belongs to the thing is told with it.
    """

    reader: Staff
    who: Staff | None = None
    action: str = ""
    kind: str = ""
    reference: str = ""
    first_day: date | None = None
    last_day: date | None = None

    @classmethod
    def of(cls, reader: Staff, words: Mapping[str, str]) -> "AskedEvents":
        """Read the words of an address; what cannot be read is left out."""
        action, kind = words.get("action", ""), words.get("kind", "")
        known = {key for key, _name in kinds(reader)}
        thing = _uuid(words.get("thing", ""))
        who = _uuid(words.get("who", ""))
        return cls(
            reader=reader,
            who=reader.business.staff.filter(uuid=who).first() if who else None,
            action=action if action in actions_for(reader) else "",
            kind=kind if kind in known else "",
            reference=str(thing) if thing and kind in known else "",
            first_day=_day(words.get("from", "")),
            last_day=_day(words.get("to", "")),
        )

    @property
    def words(self) -> dict[str, str]:
        """Return the words of an address that ask just this."""
        words = {
            "who": str(self.who.uuid) if self.who else "",
            "action": self.action,
            "kind": self.kind,
            "thing": self.reference,
            "from": self.first_day.isoformat() if self.first_day else "",
            "to": self.last_day.isoformat() if self.last_day else "",
        }
        return {name: text for name, text in words.items() if text}

    def events(self) -> QuerySet[Event]:
        """Return the lines, newest first, with who did it."""
        business = self.reader.business
        events = business.audit_events.filter(self._thing())
        if hidden := kinds_above(self.reader):
            events = events.exclude(object_type__in=hidden)
        if not may_read_confided(self.reader):
            events = events.exclude(action__in=confided_actions())
            events = events.exclude(fields__overlap=confided_fields())
        if self.who:
            events = events.filter(actor=self.who.user_id)
        if self.action:
            events = events.filter(action=self.action)
        if self.first_day:
            first, _next = day_bounds(self.first_day, business.time_zone)
            events = events.filter(at__gte=first)
        if self.last_day:
            _first, end = day_bounds(self.last_day, business.time_zone)
            events = events.filter(at__lt=end)
        return events.select_related("actor").order_by("-at", "-pk")

    def page(self, place: str, *, size: int = PAGE) -> Stretch:
        """Return a page of lines; one query, the same for any place."""
        events = self.events()
        if after := read_place_in_time(place):
            events = events.filter(rows_beyond(("at", "pk"), after, descending=True))
        found = list(events[: size + 1])
        if len(found) <= size:
            return Stretch(found, "")
        last = found[size - 1]
        return Stretch(found[:size], place_in_time(last.at, last.pk))

    def _thing(self) -> Q:
        if not self.reference:
            return Q(object_type=self.kind) if self.kind else Q()
        thing = Q(object_type=self.kind, object_ref=self.reference)
        parts = parts_of(self.reader.business, self.kind, self.reference)
        for kind, references in sorted(parts.items()):
            thing |= Q(object_type=kind, object_ref__in=references)
        return thing


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day < LAST_DAY else None
