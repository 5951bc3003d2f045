"""Which day, and which of the houses, somebody wants to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from crm.tenancy.decorators import StaffRequest
from crm.tenancy.models import Venue
from customers.visit_views import own_venue_ids, venues_for

# Any further is a slip of the finger.
YEARS = range(1950, 2200)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the words of an address or a form ask for, as far as they make sense.

    ``venues`` are those to choose from; ``venue`` is the chosen one, None for all.
    ``own_ids`` are the venues that the person is limited to, empty for all.
    """

    day: date
    venues: list[Venue]
    venue: Venue | None
    own_ids: list[int]

    @classmethod
    def of(
        cls, request: StaffRequest, words: Mapping[str, str], *, today: date
    ) -> "Asked":
        """Read ``day`` and ``venue``; what cannot be read is today, and all venues."""
        own_ids = own_venue_ids(request)
        venues = venues_for(request.business, own_ids)
        by_uuid = {str(venue.uuid): venue for venue in venues}
        venue = by_uuid.get(words.get("venue", ""))
        return cls(read_day(words.get("day", ""), today), venues, venue, own_ids)

    @property
    def venue_ids(self) -> list[int]:
        """Return the venues to show; empty means all, as in ``Staff.venues``."""
        return [self.venue.pk] if self.venue else self.own_ids

    @property
    def day_before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def day_after(self) -> date:
        return self.day + timedelta(days=1)


def read_day(text: str, today: date) -> date:
    """Return the ISO date in ``text``, else ``today``."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if day.year in YEARS else today
