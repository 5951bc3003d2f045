"""What would become of a campaign, guest by guest, by the decision itself."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from customers.models import Guest
from outreach.deciding.contacts import CAMPAIGN_RANK
from outreach.deciding.decision import (
    Block,
    Hold,
    MessageFacts,
    Reason,
    Verdict,
    decide,
)
from outreach.deciding.facts import facts_about
from outreach.models import Campaign

# What has not left by then is no news any more.
LASTS = timedelta(days=7)
_AT_ONCE = 5_000
_NAMES = 10


@dataclass(frozen=True, slots=True)
class Fate:
    """The way a message to a guest takes, and what is decided about it."""

    guest: Guest
    channel: str
    facts: MessageFacts
    verdict: Verdict


@dataclass(slots=True)
class Tally:
    """Guests by decision. ``going`` and ``stopped`` hold their ids by channel.

    ``doubles`` share an address with somebody who gets it. ``numbers`` counts the
    numbers an SMS goes to by their country's beginning; see ``pricing.py``.
    """

    guests: int = 0
    go: int = 0
    doubles: int = 0
    wait: Counter[str] = field(default_factory=Counter)
    wont: Counter[str] = field(default_factory=Counter)
    going: dict[str, list[int]] = field(default_factory=dict)
    stopped: dict[str, list[int]] = field(default_factory=dict)
    names: list[Guest] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    _taken: set[tuple[str, bytes]] = field(default_factory=set)

    def add(self, fate: Fate) -> None:
        self.guests += 1
        if isinstance(fate.verdict, Block):
            self.wont[fate.verdict.reason] += 1
            self.stopped.setdefault(fate.channel, []).append(fate.guest.pk)
        elif self._is_taken(fate):
            self.doubles += 1
        else:
            self._add_going(fate)

    def _add_going(self, fate: Fate) -> None:
        if isinstance(fate.verdict, Hold):
            self.wait[fate.verdict.reason] += 1
        else:
            self.go += 1
        self.going.setdefault(fate.channel, []).append(fate.guest.pk)
        if len(self.names) < _NAMES:
            self.names.append(fate.guest)
        if fate.channel == "sms":
            self.numbers.append((fate.facts.address, fate.guest.language))

    def _is_taken(self, fate: Fate) -> bool:
        if not fate.facts.fingerprint:
            return False
        place = (fate.channel, bytes(fate.facts.fingerprint))
        is_taken = place in self._taken
        self._taken.add(place)
        return is_taken

    @property
    def going_total(self) -> int:
        return self.go + self.wait.total()

    @property
    def by_channel(self) -> dict[str, int]:
        return {channel: len(ids) for channel, ids in self.going.items()}

    @property
    def wait_reasons(self) -> list[tuple[str, int]]:
        return _named(self.wait)

    @property
    def wont_reasons(self) -> list[tuple[str, int]]:
        return _named(self.wont)

    @property
    def counts(self) -> dict[str, Any]:
        """Return what a campaign keeps of it."""
        return {
            "guests": self.guests,
            "go": self.go,
            "doubles": self.doubles,
            "wait": dict(self.wait),
            "wont": dict(self.wont),
            "by_channel": self.by_channel,
        }


def tally(campaign: Campaign, guests: QuerySet[Guest], *, now: datetime) -> Tally:
    """Return what would be decided about each guest when the campaign's time comes.

    Each takes the first channel on which they may be reached. Costs a fixed number of
    queries for every few thousand guests.
    """
    result = Tally()
    when = max(campaign.send_at or now, now)
    for some in _in_stretches(guests):
        for fate in fates_of(campaign, some, when=when):
            result.add(fate)
    return result


def fates_of(
    campaign: Campaign, guests: list[Guest], *, when: datetime
) -> Iterator[Fate]:
    """Yield the fate of each guest. Who is reached nowhere is told why on the first."""
    first: dict[int, Fate] = {}
    left = guests
    for channel in campaign.channels:
        fates = _on(campaign, channel, left, when=when)
        yield from (one for one in fates if not isinstance(one.verdict, Block))
        stopped = [one for one in fates if isinstance(one.verdict, Block)]
        for fate in stopped:
            first.setdefault(fate.guest.pk, fate)
        left = [fate.guest for fate in stopped]
    yield from (first[guest.pk] for guest in left)


def _on(
    campaign: Campaign, channel: str, guests: list[Guest], *, when: datetime
) -> list[Fate]:
    if not guests:
        return []
    facts = facts_about(
        campaign.business,
        guests,
        kind=campaign.template.purpose,
        channel=channel,
        rank=CAMPAIGN_RANK,
    )
    fates = []
    for guest in guests:
        theirs = replace(facts[guest.pk], expires_at=when + LASTS)
        fates.append(Fate(guest, channel, theirs, decide(theirs, when)))
    return fates


def _in_stretches(guests: QuerySet[Guest]) -> Iterator[list[Guest]]:
    rows = guests.order_by("pk").iterator(chunk_size=_AT_ONCE)
    while some := list(islice(rows, _AT_ONCE)):
        yield some


def _named(reasons: Counter[str]) -> list[tuple[str, int]]:
    return [
        (str(Reason(reason).label), count) for reason, count in reasons.most_common()
    ]
