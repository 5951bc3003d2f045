"""Make certain pairs one without asking, in houses that have switched that on."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from customers.duplicates.bands import Thresholds
from customers.duplicates.pairs import open_pairs
from customers.holding import GuestIsForgotten
from customers.merging.merging import CannotBeOne, merge_guests
from customers.merging.picking import which_stays
from customers.models import DuplicatePair, DuplicateRules, Merge

AT_ONCE = 200


def merge_certain(*, now: datetime) -> int:
    """Make the certain pairs of every house that wants it one; return how many.

    At most AT_ONCE a house. Left to people are pairs that somebody asked for a look at,
    and two whose merge was undone once.
    """
    merged = 0
    for rules in DuplicateRules.objects.filter(merges_by_itself=True).select_related(
        "business"
    ):
        for pair in _certain(rules)[:AT_ONCE]:
            merged += _merge(pair, now=now)
    return merged


def _certain(rules: DuplicateRules) -> QuerySet[DuplicatePair]:
    certain_from = Thresholds.of(rules).certain_from
    pairs = open_pairs(rules.business).filter(score__gte=certain_from, noted_for="")
    both = Q(kept=OuterRef("first"), gone=OuterRef("second")) | Q(
        kept=OuterRef("second"), gone=OuterRef("first")
    )
    undone = Merge.objects.filter(both, undone_at__isnull=False)
    return (
        pairs.exclude(Exists(undone))
        .select_related("first", "second", "business")
        .order_by("-score", "pk")
    )


def _merge(pair: DuplicatePair, *, now: datetime) -> bool:
    # An earlier pair of this very turn may have taken one of them.
    if not open_pairs(pair.business).filter(pk=pair.pk).exists():
        return False
    kept, gone = which_stays(pair.first, pair.second)
    try:
        merge_guests(kept, gone, actor=None, now=now)
    except (CannotBeOne, GuestIsForgotten):
        return False
    return True
