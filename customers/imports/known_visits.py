"""Tell which visits of a file are in the register already.

By number; a visit without one by guest, venue, kind, days and room, the first of several
alike in the file being the first of several alike in the register.
"""

from typing import Any

from django.db import connection

from customers.models import Import

# The first line with a booking number is used, later ones are said to be left out.
_TWICE = """
WITH numbered AS (
    SELECT id, row_number() OVER (PARTITION BY external_id ORDER BY line, id) AS nth
    FROM customers_stagedvisit
    WHERE batch_id = %(batch)s AND external_id <> ''
), twice AS (
    UPDATE customers_stagedvisit AS staged SET outcome = 'rejected'
    FROM numbered WHERE staged.id = numbered.id AND nth > 1
    RETURNING staged.line, staged.external_id
)
INSERT INTO customers_importproblem
    (business_id, batch_id, line, "column", code, value, rejects_row)
SELECT %(business)s, %(batch)s, line, '', 'twice', left(external_id, 80), true FROM twice
"""
_FORGET = """
UPDATE customers_stagedvisit AS staged SET visit_id = NULL, outcome = ''
WHERE batch_id = %(batch)s AND guest_key = ANY (%(keys)s::bigint[])
  AND outcome IN ('changed', 'same')
"""
_BY_NUMBER = """
UPDATE customers_stagedvisit AS staged SET visit_id = visit.id
FROM customers_visit AS visit
WHERE staged.batch_id = %(batch)s AND staged.external_id <> '' AND outcome = ''
  AND (%(keys)s::bigint[] IS NULL OR staged.guest_key = ANY (%(keys)s::bigint[]))
  AND visit.business_id = %(business)s AND visit.external_id = staged.external_id
"""
_ALIKE = """
WITH said AS (
    SELECT staged.id, guest.guest_id, venue_id, kind, arrival_date, departure_date,
           label, row_number() OVER (
               PARTITION BY guest.guest_id, venue_id, kind, arrival_date,
                            departure_date, label ORDER BY staged.line, staged.id
           ) AS nth
    FROM customers_stagedvisit AS staged
    JOIN customers_stagedguest AS guest
      ON guest.batch_id = staged.batch_id AND guest.key = staged.guest_key
    WHERE staged.batch_id = %(batch)s AND staged.external_id = ''
      AND staged.outcome = '' AND guest.guest_id IS NOT NULL
      AND (%(keys)s::bigint[] IS NULL OR staged.guest_key = ANY (%(keys)s::bigint[]))
), held AS (
    SELECT visit.id, visit.guest_id, visit.venue_id, visit.kind, visit.arrival_date,
           visit.departure_date, visit.label, row_number() OVER (
               PARTITION BY visit.guest_id, visit.venue_id, visit.kind,
                            visit.arrival_date, visit.departure_date, visit.label
               ORDER BY visit.id
           ) AS nth
    FROM customers_visit AS visit
    WHERE visit.business_id = %(business)s
      AND visit.guest_id IN (SELECT guest_id FROM said)
)
UPDATE customers_stagedvisit AS staged SET visit_id = held.id
FROM said JOIN held
  ON held.guest_id = said.guest_id AND held.venue_id = said.venue_id
     AND held.kind = said.kind AND held.arrival_date = said.arrival_date
     AND held.departure_date = said.departure_date AND held.nth = said.nth
     AND held.label = coalesce(said.label, '')
WHERE staged.id = said.id
"""

# What each column becomes; what the file does not say stays. The desk's word on where
# a visit stands is newer than an export's, unless the export says it went on.
VISIT_TARGETS: dict[str, str] = {
    "venue_id": "staged.venue_id",
    "kind": "staged.kind",
    "arrival_date": "staged.arrival_date",
    "departure_date": "staged.departure_date",
    "arrival_time": "coalesce(staged.arrival_time, visit.arrival_time)",
    "party_size": "coalesce(staged.party_size, visit.party_size)",
    "spend": "coalesce(staged.spend, visit.spend)",
    "label": "coalesce(staged.label, visit.label)",
    "source": "coalesce(staged.source, visit.source)",
    "is_employer_paid": "coalesce(staged.is_employer_paid, visit.is_employer_paid)",
    "state": """CASE
        WHEN visit.state = 'booked' THEN staged.state
        WHEN visit.state = 'in_house' AND staged.state = 'completed' THEN 'completed'
        ELSE visit.state END""",
}
VISIT_DIFFERS = " OR ".join(
    f"({target}) IS DISTINCT FROM visit.{name}"
    for name, target in VISIT_TARGETS.items()
)
_STANDING = f"""
UPDATE customers_stagedvisit AS staged
SET outcome = CASE WHEN {VISIT_DIFFERS} THEN 'changed' ELSE 'same' END
FROM customers_visit AS visit
WHERE staged.batch_id = %(batch)s AND staged.outcome = ''
  AND (%(keys)s::bigint[] IS NULL OR staged.guest_key = ANY (%(keys)s::bigint[]))
  AND visit.id = staged.visit_id
"""  # noqa: S608 -- our own words


def match_visits(batch: Import) -> None:
    """Hold all visits of the file against each other and against the register."""
    values = _values(batch, None)
    with connection.cursor() as cursor:
        cursor.execute(_TWICE, values)
    find_visits(batch, None)


def find_visits(batch: Import, keys: list[int] | None) -> bool:
    """Find visits of these guests, by their key in the file, or of all.

    Return whether any is known that is something else in the file.
    """
    values = _values(batch, keys)
    with connection.cursor() as cursor:
        if keys is not None:
            # They were looked for before, and the desk has not slept.
            cursor.execute(_FORGET, values)
        if not batch.business.visits.exists():
            # Into an empty register everything is new.
            return False
        found = 0
        cursor.execute(_BY_NUMBER, values)
        found += cursor.rowcount
        if _has_unnumbered(batch, keys):
            cursor.execute(_ALIKE, values)
            found += cursor.rowcount
        if found:
            cursor.execute(_STANDING, values)
        return found > 0


def _has_unnumbered(batch: Import, keys: list[int] | None) -> bool:
    visits = batch.staged_visits.filter(external_id="", outcome="")
    if keys is not None:
        visits = visits.filter(guest_key__in=keys)
    return visits.exists()


def _values(batch: Import, keys: list[int] | None) -> dict[str, Any]:
    return {"batch": batch.pk, "business": batch.business_id, "keys": keys}
