"""What the card of an arriving guest says: each app adds badges and reminders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crm.tenancy.models import Business
from customers.models import Visit


@dataclass(frozen=True, slots=True)
class Badge:
    """A word or two beside the name. ``tone`` as in the style page."""

    text: str
    tone: str = "fjord"


@dataclass(slots=True)
class CardNotes:
    """What one app has to say about one visit."""

    badges: list[Badge] = field(default_factory=list)
    reminders: list[str] = field(default_factory=list)


# Gives notes by visit id for many visits in a fixed number of queries.
CardSource = Callable[[Business, Sequence[Visit]], dict[int, CardNotes]]

_sources: dict[str, CardSource] = {}


def register_card_source(name: str, source: CardSource) -> None:
    """Add a source. ``name`` is unique; a second one with the same name replaces it."""
    _sources[name] = source


def notes_for(business: Business, visits: Sequence[Visit]) -> dict[int, CardNotes]:
    """Return what all apps say about each visit, by visit id, in order of name."""
    combined = {visit.pk: CardNotes() for visit in visits}
    for name in sorted(_sources):
        for visit_id, notes in _sources[name](business, visits).items():
            combined[visit_id].badges.extend(notes.badges)
            combined[visit_id].reminders.extend(notes.reminders)
    return combined
