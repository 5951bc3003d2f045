"""What loyalty says about a guest on the pages of the apps below: badge, promise,
panel and story.
"""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from crm.core.clock import local_date
from crm.tenancy.models import Business
from customers.arrival_cards import CardNotes, register_card_source
from customers.badges import Badge, register_badge_source
from customers.models import Guest, Visit
from customers.panels import Panel, register_panel
from customers.timeline import TimelineEntry, register_timeline_source
from loyalty.ladders import program_rules
from loyalty.models import Membership, TierChange
from loyalty.tiers import visits_in_window


def register_sources() -> None:
    register_badge_source("loyalty", tier_badges)
    register_card_source("loyalty", promises)
    register_panel("loyalty", standing_panel)
    register_timeline_source("loyalty", tier_entries)


def tier_badges(business: Business, guest_ids: Sequence[int]) -> dict[int, list[Badge]]:
    """Return the tier of each guest who has one. One query."""
    return {
        membership.guest_id: [Badge(membership.tier.name, "brass")]
        for membership in _with_tier(business, guest_ids)
        if membership.tier
    }


def promises(business: Business, visits: Sequence[Visit]) -> dict[int, CardNotes]:
    """Return what each arriving member was promised. One query."""
    promised = {
        membership.guest_id: membership.tier
        for membership in _with_tier(business, [visit.guest_id for visit in visits])
        if membership.tier and membership.tier.promise
    }
    return {
        visit.pk: CardNotes(
            reminders=[
                _("%(tier)s: %(promise)s")
                % {"tier": tier.name, "promise": tier.promise}
            ]
        )
        for visit in visits
        if (tier := promised.get(visit.guest_id))
    }


def _with_tier(business: Business, guest_ids: Sequence[int]) -> list[Membership]:
    return list(
        business.memberships.filter(
            guest__in=guest_ids, tier__isnull=False, program__is_active=True
        ).select_related("tier")
    )


def standing_panel(guest: Guest, now: datetime) -> Panel | None:
    """Return where the guest stands and what is next; None for those not enrolled."""
    rules = program_rules(guest.business)
    membership = Membership.objects.filter(guest=guest).first()
    if rules is None or membership is None:
        return None
    days = list(
        guest.visits.completed()
        .order_by("departure_date")
        .values_list("departure_date", flat=True)
    )
    today = local_date(now, guest.business.time_zone)
    visits = visits_in_window(days, rules.ladder, today)
    rank = rules.rank_of(membership.tier_id)
    next_tier = rules.tiers[rank] if rank < len(rules.tiers) else None
    return Panel(
        template="loyalty/guest_panel.html",
        context={
            "membership": membership,
            "program": rules.program,
            "tier": rules.tier_at(rank),
            "visits": visits,
            "next_tier": next_tier,
            "missing": max(next_tier.entry_visits - visits, 1) if next_tier else 0,
        },
        order=30,
    )


def tier_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return the guest's moves on the ladder. One query."""
    changes = TierChange.objects.filter(membership__guest=guest)
    if before:
        changes = changes.filter(at__lt=before)
    newest = changes.select_related("from_tier", "to_tier").order_by("-at", "-pk")
    return [
        TimelineEntry(
            at=change.at,
            key=f"tier:{change.pk:020}",
            template="loyalty/timeline_tier.html",
            subject=change,
            tone="brass" if change.is_up else "quiet",
        )
        for change in newest[:limit]
    ]
