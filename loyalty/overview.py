"""Who stands where on the ladder, who is close to the next step, who moved."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

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

    Then by who was here last. One query: the count kept with each visit, which can only
    have fallen since, finds the candidates; visits are counted for those alone.
    """
    wanted = Q(pk__in=[])
    for rank, tier in enumerate(rules.tiers):
        below = rules.tier_at(rank)
        short = tier.entry_visits - 1
        standing = Q(tier=below) if below else Q(tier__isnull=True)
        wanted |= standing & Q(visits_in_window__gte=short, counted=short)
    members = (
        rules.program.memberships.annotate(counted=_visits_now(rules, today))
        .filter(wanted, counted__gt=0)
        .select_related("guest", "guest__summary", "tier")
        .order_by(
            F("guest__summary__next_arrival_on").asc(nulls_last=True),
            F("guest__summary__last_visit_on").desc(nulls_last=True),
            "pk",
        )
    )
    return [
        Climber(member, rules.tiers[rules.rank_of(member.tier_id)])
        for member in members[:limit]
    ]


def _visits_now(rules: ProgramRules, today: date) -> Coalesce:
    counted = (
        Visit.objects.completed()
        .filter(
            guest=OuterRef("guest"),
            business=rules.program.business_id,
            departure_date__gt=today - timedelta(days=rules.ladder.window_days),
        )
        .order_by()
        .values("guest")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def recent_moves(business: Business, *, limit: int) -> "QuerySet[TierChange]":
    """Return the newest moves of all members."""
    return business.tier_changes.select_related(
        "membership__guest", "from_tier", "to_tier"
    ).order_by("-at", "-pk")[:limit]
