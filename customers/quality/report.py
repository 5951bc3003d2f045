"""How good the register is, ready to be read: what is known, what is amiss, who is reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Business
from customers.duplicates.bands import Thresholds
from customers.duplicates.pairs import count_waiting
from customers.duplicates.rules import rules_of as duplicate_rules
from customers.models import Channel, Purpose, RegisterCount
from customers.quality.counting import figures_now, is_small, newest_count
from customers.quality.figures import KNOWN, RegisterFigures, Trouble, Verdict

# What a count is held against: one about a month old, not older than a season.
MONTH, SEASON = timedelta(days=28), timedelta(days=120)

_KNOWN_WORDS: dict[str, str | Promise] = {
    "name": _("First name and family name"),
    "email": _("Email"),
    "phone": _("Phone"),
    "address": _("Address"),
    "country": _("Country"),
    "language": _("Language"),
    "birthday": _("Birthday"),
    "wishes": _("Wishes"),
}


@dataclass(frozen=True, slots=True)
class KnownLine:
    """Of how many guests something is known, and the list of all others."""

    words: str | Promise
    share: float
    recent_share: float
    missing: int
    url: str
    change: float | None = None

    @property
    def shown_share(self) -> float:
        """Return the share, which is only a whole one when nobody is missing."""
        return min(self.share, 0.99) if self.missing else self.share

    @property
    def percent(self) -> int:
        return round(self.shown_share * 100)

    @property
    def points(self) -> float | None:
        """Return the change in points of a hundred."""
        return None if self.change is None else self.change * 100


@dataclass(frozen=True, slots=True)
class TroubleLine:
    """Something to look at, of how many guests or pairs, and where."""

    words: str | Promise
    guests: int
    url: str


@dataclass(frozen=True, slots=True)
class Reached:
    """How many may be written to about a purpose by a channel, and why others not."""

    channel: str | Promise
    guests: int
    share: float
    obstacles: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """All that the page shows. ``compared_on`` is the day of the count before."""

    figures: RegisterFigures
    counted_at: datetime
    known: list[KnownLine]
    troubles: list[TroubleLine]
    reach: list[tuple[str | Promise, list[Reached]]]
    compared_on: date | None

    @property
    def email_share(self) -> float:
        """Return the share of guests who have an email that arrives."""
        if not self.figures.guests:
            return 0.0
        email = self.figures.known.get("email", (0, 0))[0]
        dead = self.figures.trouble.get(Trouble.BOUNCED, 0)
        return (email - dead) / self.figures.guests


def register_report(
    business: Business, *, today: date, now: datetime
) -> RegisterReport | None:
    """Return the report: counted now in a small house, else as of the last night.

    None where a large house has not been counted yet. Writes nothing.
    """
    newest = newest_count(business)
    if is_small(business):
        figures, at = figures_now(business, today=today), now
    elif newest is not None:
        figures, at = RegisterFigures.from_json(newest.figures), newest.counted_at
    else:
        return None
    before = _count_before(business, today)
    then = RegisterFigures.from_json(before.figures) if before else None
    return RegisterReport(
        figures=figures,
        counted_at=at,
        known=[_known(business, figures, then, name) for name in KNOWN],
        troubles=_troubles(business, figures),
        reach=[(purpose.label, _reached(figures, purpose)) for purpose in Purpose],
        compared_on=before.counted_on if before else None,
    )


def _count_before(business: Business, today: date) -> RegisterCount | None:
    counts = business.register_counts.filter(
        counted_on__range=(today - SEASON, today - MONTH)
    )
    return counts.order_by("-counted_on").first()


def _known(
    business: Business,
    figures: RegisterFigures,
    then: RegisterFigures | None,
    name: str,
) -> KnownLine:
    number, recent = figures.known.get(name, (0, 0))
    share = figures.share_known(name)
    return KnownLine(
        words=_KNOWN_WORDS[name],
        share=share,
        recent_share=recent / figures.recent if figures.recent else 0.0,
        missing=figures.guests - number,
        url=list_url(business, amiss=f"no_{name}"),
        change=share - then.share_known(name) if then and then.guests else None,
    )


def _troubles(business: Business, figures: RegisterFigures) -> list[TroubleLine]:
    lines = [
        TroubleLine(
            trouble.label,
            figures.trouble.get(trouble, 0),
            list_url(business, amiss=trouble.value),
        )
        for trouble in Trouble
    ]
    twice = count_waiting(business, Thresholds.of(duplicate_rules(business))).shown
    url = reverse("customers:duplicates", args=[business.slug])
    lines.append(TroubleLine(_("Pairs that may be one person"), twice, url))
    return [line for line in lines if line.guests]


def _reached(figures: RegisterFigures, purpose: Purpose) -> list[Reached]:
    lines = []
    for channel in Channel:
        verdicts = figures.reach.get(channel, {}).get(purpose, {})
        guests = verdicts.get(Verdict.OPEN, 0)
        obstacles = [
            (str(Verdict(verdict).label), number)
            for verdict, number in _largest_first(verdicts)
            if verdict != Verdict.OPEN
        ]
        share = guests / figures.guests if figures.guests else 0.0
        lines.append(Reached(channel.label, guests, share, obstacles))
    return lines


def _largest_first(verdicts: object) -> Sequence[tuple[str, int]]:
    assert isinstance(verdicts, dict)
    return sorted(verdicts.items(), key=lambda pair: (-pair[1], pair[0]))


def list_url(business: Business, **words: str) -> str:
    """Return the guest list narrowed by ``words``."""
    path = reverse("customers:guest_list", args=[business.slug])
    return f"{path}?{urlencode(words)}"
