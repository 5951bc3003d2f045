"""One story of a guest, told by all apps: each registers a source in ``ready()``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import nlargest

from customers.models import Guest


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened.

    ``key`` is unique over all sources and breaks ties. ``template`` is a small template
    that shows ``subject`` and ``extra``, which it finds under these names; ``tone``
    colours the dot: ``fjord``, ``brass``, ``brick``, ``leaf``, ``quiet`` or ``hollow``
    for what is still to come. With ``venue_id`` it is for the people of that venue.
    """

    at: datetime
    key: str
    template: str
    subject: object
    tone: str = "fjord"
    extra: dict[str, object] = field(default_factory=dict)
    venue_id: int | None = None


# Gives at most ``limit`` entries of the guest older than ``before`` (None: newest),
# newest first, in a number of queries that does not depend on how many there are.
TimelineSource = Callable[[Guest, datetime | None, int], list[TimelineEntry]]

_sources: dict[str, TimelineSource] = {}


def register_timeline_source(name: str, source: TimelineSource) -> None:
    """Add a source. ``name`` is unique; a second one with the same name replaces it."""
    _sources[name] = source


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some of the story, newest first, and where the next part begins."""

    entries: list[TimelineEntry]
    next_before: datetime | None


def timeline_of(
    guest: Guest,
    *,
    venue_ids: Sequence[int] = (),
    before: datetime | None = None,
    limit: int = 20,
) -> TimelinePage:
    """Return the newest ``limit`` entries of all sources that are older than ``before``.

    Entries of the same instant stay on the same page, so that none is skipped. Who works
    for ``venue_ids`` alone is not told what is for people of other venues; none named
    means everything.
    """
    entries = [
        entry
        for name in sorted(_sources)
        for entry in _sources[name](guest, before, limit + 1)
    ]
    newest = nlargest(limit + 1, entries, key=lambda entry: (entry.at, entry.key))
    if len(newest) <= limit:
        return TimelinePage(_for_people_of(venue_ids, newest), None)
    last = newest[limit - 1].at
    page = sorted(
        (entry for entry in entries if entry.at >= last),
        key=lambda entry: (entry.at, entry.key),
        reverse=True,
    )
    return TimelinePage(_for_people_of(venue_ids, page), last)


def _for_people_of(
    venue_ids: Sequence[int], entries: list[TimelineEntry]
) -> list[TimelineEntry]:
    if not venue_ids:
        return entries
    return [entry for entry in entries if entry.venue_id in {None, *venue_ids}]
