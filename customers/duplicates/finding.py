"""Compare guests with whoever they may be, and keep the pairs that look alike."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, Sum

from crm.tenancy.models import Business
from customers.duplicates.candidates import Pair, candidates_of, keep_keys
from customers.duplicates.describing import Described, describe
from customers.duplicates.features import Counts, features_of
from customers.duplicates.rules import how_many_guests
from customers.duplicates.scoring import FEW_NAMESAKES, LEAST_KEPT, score_of
from customers.duplicates.told_apart import told_apart
from customers.models import ContactPoint, DuplicatePair, MatchKeys, NameWord


@dataclass(frozen=True, slots=True)
class Finding:
    """How alike two guests are, and why."""

    score: int
    reasons: tuple[str, ...]


def find_pairs(
    business: Business,
    guest_ids: Collection[int],
    *,
    now: datetime,
    older_only: bool = False,
) -> int:
    """Compare these guests with everybody, and keep what is found; return how many pairs.

    Open pairs of theirs that do not look alike any more go, unless somebody asked for a
    look at them. With ``older_only`` they are compared with guests of lower ids alone:
    enough where all guests are gone through in order. Doing so again changes nothing.

    Call it outside a transaction where others may come at the same moment: of two who
    look for each other, the one whose keys are committed last finds the other.
    """
    described = describe(business, guest_ids)
    gone = set(guest_ids) - set(described)
    MatchKeys.objects.filter(pk__in=gone).delete()
    held = keep_keys(business, described.values())
    keys = (key for keys in held.values() for key in keys)
    pairs = candidates_of(described, keys)
    if older_only:
        pairs = {pair for pair in pairs if pair[1] in described}
    alike = {
        pair: finding
        for pair, finding in judge(business, pairs, described).items()
        if finding.score >= LEAST_KEPT
    }
    apart = told_apart(alike)
    found = {pair: alike[pair] for pair in alike if pair not in apart}
    _keep(business, guest_ids, found, now=now, older_only=older_only)
    return len(found)


def judge(
    business: Business, pairs: Iterable[Pair], described: dict[int, Described]
) -> dict[Pair, Finding]:
    """Return how alike the guests of each pair are, where both are known.

    ``described`` holds some of them already. Costs four queries at most.
    """
    pairs = sorted(pairs)
    if not pairs:
        return {}
    others = {guest for pair in pairs for guest in pair} - set(described)
    guests = described | describe(business, others)
    pairs = [pair for pair in pairs if pair[0] in guests and pair[1] in guests]
    counts = {
        **_words_counted(business, guests.values()),
        **_addresses_counted(business, [(guests[a], guests[b]) for a, b in pairs]),
    }
    total = how_many_guests(business)
    return {
        (one, other): compare(guests[one], guests[other], counts, total)
        for one, other in pairs
    }


def compare(one: Described, other: Described, counts: Counts, total: int) -> Finding:
    """Return how alike two guests are, in a house of ``total`` guests."""
    codes = features_of(one, other, counts)
    namesakes = max(_namesakes(guest, counts, total) for guest in (one, other))
    return Finding(score_of(codes, namesakes=namesakes), codes)


def _namesakes(guest: Described, counts: Counts, total: int) -> float:
    """Return how many guests may be expected to have the name by chance."""
    if not guest.given or not guest.family:
        return 0.0
    given, family = counts.get(guest.given[0]), counts.get(guest.family[-1])
    if given is None or family is None:
        # Words of other letters than a to z are not counted, nor very short ones.
        return FEW_NAMESAKES
    return given * family / max(total, 1)


def _words_counted(business: Business, guests: Iterable[Described]) -> Counts:
    """Return how many guests of the house have each word in their name."""
    words = {word for guest in guests for word in (*guest.given, *guest.family)}
    rows = NameWord.objects.filter(business=business, word__in=words)
    return dict(rows.values_list("word").annotate(Sum("guests")))


def _addresses_counted(
    business: Business, pairs: Iterable[tuple[Described, Described]]
) -> Counts:
    """Return how many guests have each address that two of a pair share."""
    shared = {
        address
        for one, other in pairs
        for address in (one.emails & other.emails) | (one.phones & other.phones)
    }
    rows = ContactPoint.objects.filter(business=business, normalized__in=shared)
    return dict(
        rows.filter(kind__in=ContactPoint.Kind.values)
        .values_list("normalized")
        .annotate(Count("pk"))
    )


@transaction.atomic
def _keep(
    business: Business,
    guest_ids: Collection[int],
    found: dict[Pair, Finding],
    *,
    now: datetime,
    older_only: bool,
) -> None:
    theirs = Q(second__in=guest_ids)
    if not older_only:
        theirs |= Q(first__in=guest_ids)
    held = {
        (pair.first_id, pair.second_id): pair
        for pair in DuplicatePair.objects.filter(theirs, business=business)
    }
    DuplicatePair.objects.filter(
        pk__in=[
            row.pk
            for pair, row in held.items()
            if pair not in found and row.state == "open" and not row.noted_for
        ]
    ).delete()
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(
                business=business,
                first_id=pair[0],
                second_id=pair[1],
                score=finding.score,
                reasons=list(finding.reasons),
                found_at=now,
            )
            for pair, finding in sorted(found.items())
            if not _stands(held.get(pair), finding)
        ],
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["score", "reasons"],
    )


def _stands(row: DuplicatePair | None, finding: Finding) -> bool:
    return row is not None and (row.score, row.reasons) == (
        finding.score,
        list(finding.reasons),
    )
