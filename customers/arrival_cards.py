"""What the card of an arriving guest says: each app adds badges and reminders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crm.tenancy.models import Business
from customers.badges import Badge, badges_of
from customers.models import Visit

__all__ = ["Badge", "CardNotes", "CardSource", "notes_for", "register_card_source"]


@dataclass(slots=True)
class CardNotes:
    """What one app has to say about one visit."""

    badges: list[Badge] = field(default_factory=list)
    reminders: list[str] = field(default_factory=list)


# Gives notes by visit id for many visits in a fixed number of queries.
CardSource = Callable[[Business, Sequence[Visit]], dict[int, CardNotes]]

_sources: dict[str, CardSource] = {}


def register_card_source(name: str, source: CardSource) -> None:
    """Add a source. ``name`` is unique; a second one with the same name replaces it.

    What is true of the guest whatever the visit goes to ``customers.badges`` instead.
    """
    _sources[name] = source


def notes_for(business: Business, visits: Sequence[Visit]) -> dict[int, CardNotes]:
    """Return what all apps say about each visit, by visit id.

    The guest's own badges come first, then each source in order of name.
    """
    of_guests = badges_of(business, sorted({visit.guest_id for visit in visits}))
    combined = {
        visit.pk: CardNotes(badges=list(of_guests[visit.guest_id])) for visit in visits
    }
    for name in sorted(_sources):
        for visit_id, notes in _sources[name](business, visits).items():
            combined[visit_id].badges.extend(notes.badges)
            combined[visit_id].reminders.extend(notes.reminders)
    return combined
