"""Write the visits of a chunk's guests. None of them triggers anything."""

import json
from typing import Any

from customers.imports.chunks import Chunk, Image, rows_of
from customers.imports.known_visits import VISIT_TARGETS

# When things were, as far as an export tells: at noon on the wall of the venue.
_ARRIVED = """CASE WHEN {state} IN ('in_house', 'completed') THEN least(%(now)s,
    (staged.arrival_date + coalesce(staged.arrival_time, time '15:00'))
    AT TIME ZONE venue.time_zone) END"""
_COMPLETED = """CASE WHEN {state} = 'completed' THEN least(%(now)s,
    (staged.departure_date + time '12:00') AT TIME ZONE venue.time_zone) END"""
_CLOSED = """CASE WHEN {state} IN ('cancelled', 'no_show') THEN least(%(now)s,
    (staged.arrival_date + time '12:00') AT TIME ZONE venue.time_zone) END"""
_OF_CHUNK = """guest.batch_id = %(batch)s AND guest.id > %(after)s
    AND guest.id <= %(last)s AND guest.same_as IS NULL
    AND staged.batch_id = %(batch)s AND staged.guest_key = guest.key
    AND guest.outcome <> 'rejected' AND guest.guest_id IS NOT NULL"""

_CREATE = f"""
WITH fresh AS (
INSERT INTO customers_visit (
    business_id, uuid, external_id, venue_id, guest_id, kind, state, arrival_date,
    departure_date, arrival_time, party_size, spend, label, source, is_employer_paid,
    came_by_id, created_at, updated_at, arrived_at, completed_at, closed_at
)
SELECT %(business)s, gen_random_uuid(), staged.external_id, staged.venue_id,
       guest.guest_id, staged.kind, staged.state, staged.arrival_date,
       staged.departure_date, staged.arrival_time, coalesce(staged.party_size, 1),
       coalesce(staged.spend, 0), coalesce(staged.label, ''),
       coalesce(staged.source, ''), coalesce(staged.is_employer_paid, false),
       %(batch)s, %(now)s, %(now)s, {_ARRIVED.format(state="staged.state")},
       {_COMPLETED.format(state="staged.state")}, {_CLOSED.format(state="staged.state")}
FROM customers_stagedvisit AS staged
JOIN tenancy_venue AS venue ON venue.id = staged.venue_id,
     customers_stagedguest AS guest
WHERE {_OF_CHUNK} AND staged.visit_id IS NULL AND staged.outcome = ''
ORDER BY staged.id
RETURNING guest_id
)
SELECT DISTINCT guest_id FROM fresh
"""  # noqa: S608 -- our own words
_STAMPS = {
    "arrived_at": f"coalesce(visit.arrived_at, {_ARRIVED.format(state='becomes')})",
    "completed_at": f"""CASE WHEN becomes = 'completed'
        THEN coalesce(visit.completed_at, {_COMPLETED.format(state="becomes")}) END""",
    "closed_at": f"""CASE WHEN becomes IN ('cancelled', 'no_show')
        THEN coalesce(visit.closed_at, {_CLOSED.format(state="becomes")}) END""",
}
_ALL = {**VISIT_TARGETS, **_STAMPS}
_BEFORE = ", ".join(f"'{name}', visit.{name}" for name in _ALL)
_AMEND = f"""
UPDATE customers_visit AS kept
SET {", ".join(f"{name} = becomes.{name}" for name in _ALL)}, updated_at = %(now)s
FROM (
    SELECT visit.id, visit.updated_at, jsonb_build_object({_BEFORE}) AS before,
           {", ".join(f"{target} AS {name}" for name, target in _ALL.items())}
    FROM customers_stagedvisit AS staged
    JOIN tenancy_venue AS venue ON venue.id = staged.venue_id
    JOIN customers_visit AS visit ON visit.id = staged.visit_id
    CROSS JOIN LATERAL (SELECT {VISIT_TARGETS["state"]} AS becomes) AS moved,
         customers_stagedguest AS guest
    WHERE {_OF_CHUNK} AND staged.outcome = 'changed'
) AS becomes
WHERE kept.id = becomes.id
RETURNING kept.id, kept.guest_id, becomes.before::text, becomes.updated_at,
          jsonb_build_object({", ".join(f"'{n}', kept.{n}" for n in _ALL)})::text
"""  # noqa: S608 -- our own words

IMAGE = Image("customers_visit", tuple(_ALL))

VisitChange = tuple[int, int, dict[str, Any], dict[str, Any]]


def create_visits(chunk: Chunk) -> set[int]:
    """Create visits that are not there and return whose they are."""
    return {guest_id for (guest_id,) in rows_of(_CREATE, chunk.values)}


def amend_visits(chunk: Chunk) -> list[VisitChange]:
    """Return id, guest, what was and what became of the visits that changed."""
    changes = []
    for visit_id, guest_id, before, updated_at, after in rows_of(_AMEND, chunk.values):
        was, is_now = json.loads(before), json.loads(after)
        changed = [name for name in was if was[name] != is_now[name]]
        became = {name: is_now[name] for name in changed}
        kept = {name: was[name] for name in changed}
        kept["updated_at"] = updated_at.isoformat()
        changes.append((visit_id, guest_id, kept, became))
    return changes
