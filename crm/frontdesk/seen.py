"""What an open page of Today has seen, so that it is sent nothing twice."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2s

from crm.tenancy.models import Business

# Almost everything that people do is in the log, so a log without news means a day
# without news. What the product does by itself is looked for this often, in seconds.
LOOK_WHOLE_EVERY = 60

_TOKEN = re.compile(r"(\d{1,12})-(\d{1,19})-([0-9a-f]{10})")


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest line of the log and a print of the cards, at a certain minute."""

    minute: int
    event: int
    cards: str = ""

    @classmethod
    def read(cls, token: str) -> "Seen | None":
        """Return what ``token`` says; None when it says nothing."""
        found = _TOKEN.fullmatch(token)
        return cls(int(found[1]), int(found[2]), found[3]) if found else None

    @classmethod
    def now(cls, business: Business, now: datetime) -> "Seen":
        """Return what there is to be seen, but for the cards. One query.

        Ask before the cards are read: what happens in between is news then.
        """
        newest = business.audit_events.order_by("-at", "-pk").values_list("pk")[:1]
        minute = int(now.timestamp()) // LOOK_WHOLE_EVERY
        return cls(minute, newest[0][0] if newest else 0)

    def with_cards(self, cards: str) -> "Seen":
        return Seen(self.minute, self.event, cards)

    def has_no_news_for(self, page: "Seen") -> bool:
        """Return whether ``page`` needs not be shown the cards again."""
        return (self.minute, self.event) == (page.minute, page.event)

    def __str__(self) -> str:
        return f"{self.minute}-{self.event}-{self.cards}"


@dataclass(slots=True)
class Prints:
    """Short prints of what stands on a page, in its order."""

    _all: list[str] = field(default_factory=list)

    def add(self, text: str, *, but: str = "") -> str:
        """Return the print of ``text``, leaving out what differs from look to look."""
        digest = _print_of(text.replace(but, "") if but else text)
        self._all.append(digest)
        return digest

    @property
    def together(self) -> str:
        """Return one print of all that was added so far."""
        return _print_of("".join(self._all))


def _print_of(text: str) -> str:
    return blake2s(text.encode(), digest_size=5).hexdigest()
