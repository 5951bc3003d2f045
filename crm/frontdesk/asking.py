"""Which day, which of the houses, and which of the guests somebody wants to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from crm.tenancy.decorators import StaffRequest
from crm.tenancy.models import Venue
from customers.visiting.visit_views import own_venue_ids, venues_for

# Any further is a slip of the finger.
YEARS = range(1950, 2200)
LONGEST_FIND = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What the words of an address or a form ask for, as far as they make sense.

    ``venues`` are those to choose from; ``venue`` is the chosen one, None for all.
    ``own_ids`` are the venues that the person is limited to, empty for all. ``day`` is
    in the house's calendar, and ``is_today`` whether it is the one on the wall. ``find``
    and ``show`` narrow the cards, see ``narrowing.py``; empty means every card.
    """

    day: date
    is_today: bool
    venues: list[Venue]
    venue: Venue | None
    own_ids: list[int]
    find: str
    show: str
    today_url: str

    @classmethod
    def of(
        cls, request: StaffRequest, words: Mapping[str, str], *, today: date
    ) -> "Asked":
        """Read ``day`` and ``venue``; what cannot be read is today, and all venues."""
        own_ids = own_venue_ids(request)
        venues = venues_for(request.business, own_ids)
        by_uuid = {str(venue.uuid): venue for venue in venues}
        day = read_day(words.get("day", ""), today)
        return cls(
            day=day,
            is_today=day == today,
            venues=venues,
            venue=by_uuid.get(words.get("venue", "")),
            own_ids=own_ids,
            find=" ".join(words.get("find", "").split())[:LONGEST_FIND],
            show=words.get("show", "")[:LONGEST_FIND],
            today_url=reverse("frontdesk:today", args=[request.business.slug]),
        )

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

    @property
    def page(self) -> str:
        """Return the address of this very page: where a tap on it leads back to."""
        return self.page_showing(self.show)

    @property
    def everybody(self) -> str:
        return self.page_showing("")

    def page_showing(self, show: str) -> str:
        """Return the address of this day with another quick choice.

        What was typed to find somebody stays out of it: it is mostly a name.
        """
        words = {
            "day": "" if self.is_today else self.day.isoformat(),
            "venue": str(self.venue.uuid) if self.venue else "",
            "show": show,
        }
        query = urlencode({name: word for name, word in words.items() if word})
        return f"{self.today_url}?{query}" if query else self.today_url


def read_day(text: str, today: date) -> date:
    """Return the ISO date in ``text``, else ``today``."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if day.year in YEARS else today
