"""Two people, said once: for ever, also of the guests they were made one with since."""

from collections.abc import Iterable

from django.db import connection

from customers.duplicates.candidates import Pair

# Each of the guests, and everybody who became them.
_TOLD = """
WITH entry AS (
    SELECT id AS guest, id FROM unnest(%(guests)s::bigint[]) AS id
    UNION ALL
    SELECT merged_into_id, id FROM customers_guest
    WHERE merged_into_id = ANY(%(guests)s)
)
SELECT least(one.guest, other.guest), greatest(one.guest, other.guest)
FROM entry AS one
JOIN customers_duplicatepair AS pair ON pair.first_id = one.id AND state = 'not_same'
JOIN entry AS other ON other.id = pair.second_id
"""


def told_apart(pairs: Iterable[Pair]) -> set[Pair]:
    """Return which of ``pairs`` somebody said are two people. One query, or none."""
    asked = set(pairs)
    if not asked:
        return set()
    guests = sorted({guest for pair in asked for guest in pair})
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, {"guests": guests})
        return asked.intersection(cursor.fetchall())
