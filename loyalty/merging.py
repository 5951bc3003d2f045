"""Where a guest stands of whom two were members."""

from datetime import datetime

from customers.models import Guest
from loyalty.ladders import program_rules
from loyalty.models import Membership, TierChange


def take_over_membership(kept: Guest, gone: Guest, *, now: datetime) -> None:
    """Give ``kept`` the higher tier of the two, for as long as it was promised.

    The membership of ``gone`` ends. It comes back when they are parted again.
    """
    theirs = Membership.objects.filter(guest=gone).select_related("tier").first()
    if theirs is None:
        return
    mine = Membership.objects.filter(guest=kept).select_related("tier").first()
    if mine is None:
        mine = Membership(
            business=kept.business,
            guest=kept,
            program=theirs.program,
            joined_at=theirs.joined_at,
        )
    mine.joined_at = min(mine.joined_at, theirs.joined_at)
    before = mine.tier
    if _is_higher(theirs, mine):
        mine.tier, mine.tier_since = theirs.tier, theirs.tier_since
        mine.keeps_until = theirs.keeps_until
    theirs.delete()
    mine.save()
    if mine.tier != before:
        TierChange.objects.create(
            business=kept.business,
            membership=mine,
            from_tier=before,
            to_tier=mine.tier,
            reason=TierChange.Reason.MERGE,
            at=now,
        )


def _is_higher(theirs: Membership, mine: Membership) -> bool:
    rules = program_rules(theirs.business)
    if rules is None:
        return False
    return rules.rank_of(theirs.tier_id) > rules.rank_of(mine.tier_id)
