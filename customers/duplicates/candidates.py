"""Who is compared with whom: guests who share a key, found by one index.

Whoever comes or changes has few keys, and looking through a whole register is the same
question about many guests: nothing here grows with the square of the register.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection, transaction

from crm.tenancy.models import Business
from customers.duplicates.describing import Described
from customers.duplicates.keys import MOST_SHARING, VERSION, keys_of
from customers.models import MatchKeys

Pair = tuple[int, int]

# The inner WITH keeps the limit from making PostgreSQL read the table instead. Every key
# is of one business alone; asked for the business too, PostgreSQL may read all of its.
_SHARING = """
SELECT sharing.guests FROM unnest(%(keys)s::bigint[]) AS key
CROSS JOIN LATERAL (
    WITH holder AS MATERIALIZED (
        SELECT guest_id FROM customers_matchkeys
        WHERE keys @> ARRAY[key]
    )
    SELECT array_agg(guest_id) AS guests FROM (
        SELECT guest_id FROM holder LIMIT %(most)s + 1
    ) AS some_holders
) AS sharing
WHERE cardinality(sharing.guests) BETWEEN 2 AND %(most)s
"""


def keep_keys(business: Business, guests: Iterable[Described]) -> dict[int, list[int]]:
    """Store the keys of these guests where they changed, and return them by guest."""
    made = {guest.pk: (guest, keys_of(guest, business.pk)) for guest in guests}
    held = {
        row.pk: (row.keys, row.version, row.made_of)
        for row in MatchKeys.objects.filter(pk__in=made)
    }
    MatchKeys.objects.bulk_create(
        [
            MatchKeys(
                guest_id=pk,
                business=business,
                keys=keys,
                version=VERSION,
                made_of=guest.updated_at,
            )
            for pk, (guest, keys) in sorted(made.items())
            if held.get(pk) != (keys, VERSION, guest.updated_at)
        ],
        update_conflicts=True,
        unique_fields=["guest"],
        update_fields=["keys", "version", "made_of"],
    )
    return {pk: keys for pk, (_guest, keys) in made.items()}


def candidates_of(guest_ids: Collection[int], keys: Iterable[int]) -> set[Pair]:
    """Return pairs, the lower id first, of the guests with whoever shares ``keys``.

    ``keys`` are all that the guests have. One that more than MOST_SHARING guests share
    says nothing and is left out. One query.
    """
    values: dict[str, Any] = {"keys": sorted(set(keys)), "most": MOST_SHARING}
    asked = frozenset(guest_ids)
    pairs: set[Pair] = set()
    with transaction.atomic(), connection.cursor() as cursor:
        # A table that was filled just now has no statistics yet, and PostgreSQL would
        # rather read all of it for every key.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_SHARING, values)
        for (sharing,) in cursor:
            for guest in asked.intersection(sharing):
                pairs.update(
                    (min(guest, other), max(guest, other))
                    for other in sharing
                    if other != guest
                )
        cursor.execute("SET LOCAL enable_seqscan TO DEFAULT")
    return pairs
