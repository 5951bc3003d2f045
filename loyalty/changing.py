"""Change the ladder, and lift those who stand higher on the new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from loyalty.memberships import rebuild_memberships
from loyalty.models import Program, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class TierFacts:
    """What the house says of one tier."""

    name: str
    entry_visits: int
    promise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderFacts:
    """What the house says of its program; tiers from the lowest up, thresholds rising."""

    name: str
    window_days: int
    is_active: bool
    tiers: Sequence[TierFacts]


@transaction.atomic
def change_ladder(
    program: Program,
    facts: LadderFacts,
    *,
    actor: User | None,
    today: date,
    now: datetime,
) -> int:
    """Change the program and its tiers, and return how many members that lifts at once.

    Nobody goes down before the next review. A program that is switched on again counts
    as if it had never been off.
    """
    was_off = not program.is_active
    program.name = facts.name
    program.window_days = facts.window_days
    program.is_active = facts.is_active
    program.save(update_fields=["name", "window_days", "is_active"])
    _change_tiers(program, facts.tiers)
    record_event(
        business=program.business,
        actor=actor,
        action="amended",
        subject=program,
        fields=["name", "window_days", "is_active", "tiers"],
        now=now,
    )
    if not facts.is_active:
        return 0
    if was_off:
        rebuild_memberships(program.business, today=today, now=now)
        return 0
    return _raise_members(program, today=today, now=now)


def _change_tiers(program: Program, facts: Sequence[TierFacts]) -> None:
    tiers = list(program.tiers.order_by("rank"))
    for tier, said in zip(tiers, facts, strict=True):
        tier.name = said.name
        tier.entry_visits = said.entry_visits
        tier.promise = said.promise
    Tier.objects.bulk_update(tiers, ["name", "entry_visits", "promise"])


# Holds a row of each member it lifts, so that a departure at the same moment waits.
_RAISE = """
WITH counted AS (
    SELECT guest_id, count(*) AS visits
    FROM customers_visit
    WHERE business_id = %(business)s AND state = 'completed'
      AND departure_date > %(since)s
    GROUP BY guest_id
), earned AS (
    SELECT member.id, member.tier_id AS old_id, reached.id AS new_id, counted.visits
    FROM loyalty_membership AS member
    JOIN counted ON counted.guest_id = member.guest_id
    JOIN LATERAL (
        SELECT tier.id, tier.rank FROM loyalty_tier AS tier
        WHERE tier.program_id = member.program_id
          AND tier.entry_visits <= counted.visits
        ORDER BY tier.rank DESC LIMIT 1
    ) AS reached ON true
    LEFT JOIN loyalty_tier AS held ON held.id = member.tier_id
    WHERE member.program_id = %(program)s AND reached.rank > coalesce(held.rank, 0)
    FOR UPDATE OF member
), lifted AS (
    UPDATE loyalty_membership AS member
    SET tier_id = earned.new_id, visits_in_window = earned.visits,
        tier_since = %(today)s, keeps_until = %(kept)s
    FROM earned WHERE member.id = earned.id
)
INSERT INTO loyalty_tierchange
    (business_id, membership_id, from_tier_id, to_tier_id, reason, at)
SELECT %(business)s, id, old_id, new_id, 'ladder', %(now)s FROM earned
"""


def _raise_members(program: Program, *, today: date, now: datetime) -> int:
    window = timedelta(days=program.window_days)
    with connection.cursor() as cursor:
        cursor.execute(
            _RAISE,
            {
                "business": program.business_id,
                "program": program.pk,
                "since": today - window,
                "today": today,
                "kept": today + window,
                "now": now,
            },
        )
        return int(cursor.rowcount)
