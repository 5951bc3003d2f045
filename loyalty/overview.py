"""Who stands where on the ladder, who is close to the next step, who moved."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet

from crm.tenancy.models import Business
from customers.models import Visit
from loyalty.ladders import ProgramRules
from loyalty.models import Membership, Tier, TierChange


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the ladder and how many stand on it; ``tier`` None is the ground."""

    tier: Tier | None
    members: int


@dataclass(frozen=True, slots=True)
class Climber:
    """A member whom one more visit lifts to ``next_tier``."""

    membership: Membership
    next_tier: Tier


def rungs(rules: ProgramRules) -> list[Rung]:
    """Return the ladder from the top down to the ground. One query."""
    counts = dict(
        rules.program.memberships.values_list("tier").annotate(Count("pk")).order_by()
    )
    tiers: list[Tier | None] = [*reversed(rules.tiers), None]
    return [Rung(tier, counts.get(tier and tier.pk, 0)) for tier in tiers]


def close_to_next(rules: ProgramRules, *, today: date, limit: int) -> list[Climber]:
    """Return members one visit short of the next tier, by who comes soonest.

    Then by who was here last. Costs two queries: visits are counted once for all, which
    stays fast whatever the planner knows, and the few found are fetched.
    """
    if not rules.tiers:
        return []
    since = today - timedelta(days=rules.ladder.window_days)
    short = Q()
    for rank, tier in enumerate(rules.tiers):
        below = rules.tier_at(rank)
        standing = Q(tier=below.pk) if below else Q(tier__isnull=True)
        short |= standing & Q(counted=tier.entry_visits - 1)
    found = (
        Visit.objects.completed()
        .filter(
            business=rules.program.business_id,
            departure_date__gt=since,
            guest__membership__isnull=False,
        )
        .values(
            member=F("guest__membership"),
            tier=F("guest__membership__tier"),
            comes=F("guest__summary__next_arrival_on"),
            came=F("guest__summary__last_visit_on"),
        )
        .annotate(counted=Count("pk"))
        .filter(short)
        .order_by(F("comes").asc(nulls_last=True), F("came").desc(), "member")
    )
    ids = [row["member"] for row in found[:limit]]
    members = rules.program.memberships.select_related(
        "guest", "guest__summary", "tier"
    ).in_bulk(ids)
    return [
        Climber(members[pk], rules.tiers[rules.rank_of(members[pk].tier_id)])
        for pk in ids
    ]


def recent_moves(business: Business, *, limit: int) -> "QuerySet[TierChange]":
    """Return the newest moves of all members."""
    return business.tier_changes.select_related(
        "membership__guest", "from_tier", "to_tier"
    ).order_by("-at", "-pk")[:limit]
