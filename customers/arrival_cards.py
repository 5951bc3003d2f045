"""What the card of an arriving guest says: each app adds badges and reminders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from crm.tenancy.models import Business
from customers.badges import Badge, badges_of
from customers.models import Visit

__all__ = [
    "Badge",
    "CardNotes",
    "CardPart",
    "CardSource",
    "notes_for",
    "register_card_source",
]


@dataclass(frozen=True, slots=True)
class CardPart:
    """A small template on the card, which finds ``visit``, ``part`` and ``next_page``.

    Low ``order`` stands first. ``part`` in the template is ``context`` here. What can be
    tapped in it posts to a view of the same app, which answers htmx with the part alone.
    ``to_do`` is how much in it somebody promised and has not done yet: Today counts it.
    """

    template: str
    context: dict[str, object] = field(default_factory=dict)
    order: int = 50
    to_do: int = 0


@dataclass(slots=True)
class CardNotes:
    """What one app has to say about one visit.

    ``reminders`` are sentences to read; ``parts`` are what there is to do.
    """

    badges: list[Badge] = field(default_factory=list)
    reminders: list[str] = field(default_factory=list)
    parts: list[CardPart] = field(default_factory=list)


# Gives notes by visit id for many visits in a fixed number of queries.
CardSource = Callable[[Business, Sequence[Visit]], dict[int, CardNotes]]

_sources: dict[str, CardSource] = {}

# Sources that say the same on every visit of a guest.
_OF_THE_GUEST = {"notes"}


def register_card_source(name: str, source: CardSource) -> None:
    """Add a source. ``name`` is unique; a second one with the same name replaces it.

    What is true of the guest whatever the visit goes to ``customers.badges`` instead.
    """
    _sources[name] = source


def notes_for(
    business: Business, visits: Sequence[Visit], *, is_guest_known: bool = False
) -> dict[int, CardNotes]:
    """Return what all apps say about each visit, by visit id.

    The guest's own badges come first, then each source in order of name. On the page
    of the guest (``is_guest_known``) the badges and the notes stand there already.
    """
    of_guests: dict[int, list[Badge]] = {}
    if not is_guest_known:
        of_guests = badges_of(business, sorted({visit.guest_id for visit in visits}))
    combined = {
        visit.pk: CardNotes(badges=list(of_guests.get(visit.guest_id, ())))
        for visit in visits
    }
    for name in sorted(_sources.keys() - (_OF_THE_GUEST if is_guest_known else set())):
        for visit_id, notes in _sources[name](business, visits).items():
            combined[visit_id].badges.extend(notes.badges)
            combined[visit_id].reminders.extend(notes.reminders)
            combined[visit_id].parts.extend(notes.parts)
    for notes in combined.values():
        notes.parts.sort(key=lambda part: part.order)
    return combined
