"""Where copied guests stand on the ladder, as if all of it had been replayed for each.

The copies of one guest differ by the weeks they are moved alone, so the product's own
rules are asked once for each of those.
"""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from psycopg import sql

from crm.core.clock import resolve_local
from crm.devtools.demo.houses import House
from crm.devtools.demo.loading import sparing_look_ups
from loyalty.ladders import ProgramRules, program_rules
from loyalty.models import TierChange
from loyalty.tiers import moves_in, replay, visits_in_window

_DAYS_OF_EACH = """
SELECT t, days, array_agg(departure_date + days ORDER BY departure_date)
FROM (SELECT DISTINCT t, days FROM demo_copy) AS moved
JOIN demo_visit USING (t) WHERE state = 'completed' GROUP BY t, days
"""
_TABLES = {
    "demo_standing": """t int, days int, tier_id bigint, tier_since date,
        keeps_until date, visits_in_window int""",
    "demo_move": """t int, days int, from_tier_id bigint, to_tier_id bigint,
        reason text, at timestamptz""",
}
_MEMBERSHIPS = """
INSERT INTO loyalty_membership (
    business_id, guest_id, program_id, tier_id, visits_in_window, joined_at, tier_since,
    keeps_until
)
SELECT {business}, copy.guest_id, {program}, tier_id, visits_in_window,
       first.completed_at + days * interval '1 day', tier_since, keeps_until
FROM demo_copy AS copy JOIN demo_standing USING (t, days)
JOIN (
    SELECT t, min(completed_at) AS completed_at FROM demo_visit
    WHERE state = 'completed' GROUP BY t
) AS first USING (t)
"""
_CHANGES = """
INSERT INTO loyalty_tierchange (
    business_id, membership_id, from_tier_id, to_tier_id, reason, at
)
SELECT {business}, membership.id, from_tier_id, to_tier_id, reason, at
FROM demo_copy AS copy JOIN demo_move USING (t, days)
JOIN loyalty_membership AS membership ON membership.guest_id = copy.guest_id
"""


def copy_standings(house: House) -> None:
    """Enrol the guests in ``demo_copy``; nobody without a program in use."""
    rules = program_rules(house.business)
    if rules is None:
        return
    standings, moves = [], []
    for t, days, departures in _days_of_each():
        reached = replay(departures, rules.ladder, house.today)
        last, count = (
            reached[-1],
            visits_in_window(departures, rules.ladder, house.today),
        )
        tier = rules.tier_at(last.rank)
        tier_id = tier.pk if tier else None
        standings.append((t, days, tier_id, last.since, last.keeps_until, count))
        moves += [(t, days, *_move(move, rules, house)) for move in moves_in(reached)]
    _fill("demo_standing", standings)
    _fill("demo_move", moves)
    with sparing_look_ups(), connection.cursor() as cursor:
        for statement in (_MEMBERSHIPS, _CHANGES):
            cursor.execute(
                sql.SQL(statement).format(
                    business=house.business.pk, program=rules.program.pk
                )
            )


def _days_of_each() -> Iterator[tuple[int, int, list[date]]]:
    with connection.cursor() as cursor:
        cursor.execute(_DAYS_OF_EACH)
        yield from cursor.fetchall()


def _move(
    move: Any, rules: ProgramRules, house: House
) -> tuple[int | None, int | None, str, datetime]:
    before, after = rules.tier_at(move.from_rank), rules.tier_at(move.to_rank)
    reason = TierChange.Reason.VISIT if move.is_up else TierChange.Reason.REVIEW
    noon = min(resolve_local(move.day, time(12), house.zone), house.now)
    return before.pk if before else None, after.pk if after else None, reason, noon


def _fill(table: str, rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {table} ({_TABLES[table]}) ON COMMIT DROP")
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"ANALYZE {table}")
