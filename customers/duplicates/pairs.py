"""Pairs of guests that people decide about: which wait, and what was said of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.keyset import rows_beyond
from crm.tenancy.models import Business
from customers.duplicates.bands import Band, Thresholds
from customers.duplicates.candidates import Pair
from customers.duplicates.finding import judge
from customers.duplicates.told_apart import told_apart
from customers.models import DuplicatePair, Guest
from customers.models.guests import known


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many pairs there are to look at, and how many score less than is shown."""

    certain: int
    review: int
    less: int

    @property
    def shown(self) -> int:
        return self.certain + self.review


def open_pairs(business: Business) -> QuerySet[DuplicatePair]:
    """Return pairs nobody has decided about, of guests who are both still there."""
    return business.duplicate_pairs.filter(
        known("first"), known("second"), state=DuplicatePair.State.OPEN
    )


def queue(business: Business, thresholds: Thresholds) -> QuerySet[DuplicatePair]:
    """Return the pairs to look at, the likeliest first, each with its guests."""
    pairs = open_pairs(business).filter(
        Q(score__gte=thresholds.review_from) | ~Q(noted_for="")
    )
    return pairs.select_related("first", "second", "business").order_by("-score", "-pk")


def next_of(
    business: Business, thresholds: Thresholds, after: DuplicatePair | None = None
) -> DuplicatePair | None:
    """Return the first pair to look at, or the one that comes after another."""
    pairs = queue(business, thresholds)
    if after is not None:
        place = (after.score, after.pk)
        pairs = pairs.filter(rows_beyond(("score", "pk"), place, descending=True))
    return pairs.first()


def count_waiting(business: Business, thresholds: Thresholds) -> Waiting:
    """Return how many pairs fall into which band. One query."""
    rows = open_pairs(business).values_list("score", "noted_for").annotate(Count("pk"))
    counts = dict.fromkeys(Band, 0)
    for score, noted_for, how_many in rows.order_by():
        band = thresholds.band_of(score)
        counts[Band.REVIEW if band is Band.NO and noted_for else band] += how_many
    return Waiting(counts[Band.CERTAIN], counts[Band.REVIEW], counts[Band.NO])


def note_pair(
    business: Business, one: Guest, other: Guest, *, reason: str, now: datetime
) -> None:
    """Put two guests before somebody; ``reason`` is a DuplicatePair.NotedFor."""
    note_pairs(business, [(one.pk, other.pk)], reason=reason, now=now)


@transaction.atomic
def note_pairs(
    business: Business, pairs: Iterable[Pair], *, reason: str, now: datetime
) -> int:
    """Put pairs of guests, by id, before somebody, whatever they score.

    Return how many; those of whom it was said that they are two people are not. Doing
    so again changes nothing. Costs the same queries however many pairs.
    """
    asked = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    found = judge(business, asked - told_apart(asked), {})
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(
                business=business,
                first_id=pair[0],
                second_id=pair[1],
                score=finding.score,
                reasons=list(finding.reasons),
                noted_for=reason,
                found_at=now,
            )
            for pair, finding in found.items()
        ],
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["score", "reasons", "noted_for"],
    )
    return len(found)


def tell_apart(pair: DuplicatePair, *, actor: User, now: datetime) -> None:
    """Say that the two are two people: they are not proposed again. Twice is once."""
    _decide(pair, DuplicatePair.State.NOT_SAME, "told_apart", actor=actor, now=now)


def take_back(pair: DuplicatePair, *, actor: User, now: datetime) -> None:
    """Take back that the two are two people: they wait to be looked at again."""
    _decide(pair, DuplicatePair.State.OPEN, "reopened", actor=actor, now=now)


@transaction.atomic
def _decide(
    pair: DuplicatePair, state: str, action: str, *, actor: User, now: datetime
) -> None:
    changed = (
        DuplicatePair.objects.filter(pk=pair.pk)
        .exclude(state=state)
        .update(state=state, decided_by=actor, decided_at=now)
    )
    pair.state, pair.decided_by, pair.decided_at = state, actor, now
    if not changed:
        return
    for guest in (pair.first, pair.second):
        record_event(
            business=pair.business, actor=actor, action=action, subject=guest, now=now
        )
