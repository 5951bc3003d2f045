"""Amend the guests of a chunk who were there before, and keep what they were."""

import json

from customers.imports.chunks import Chunk, Image, rows_of
from customers.imports.new_guests import sort_key
from customers.imports.staged_columns import BY_NUMBER, TARGETS
from customers.models import Guest

_LOCK = """
SELECT guest.erased_at IS NULL AND guest.merged_into_id IS NULL
FROM customers_guest AS guest
WHERE guest.id IN (
    SELECT guest_id FROM customers_stagedguest
    WHERE batch_id = %(batch)s AND id > %(after)s AND id <= %(last)s
      AND same_as IS NULL AND guest_id IS NOT NULL
) ORDER BY guest.id FOR NO KEY UPDATE
"""
_ALL = {
    **TARGETS,
    "company_id": f"""CASE WHEN firm.id IS NOT NULL
        AND ({BY_NUMBER} OR guest.company_id IS NULL)
        THEN firm.id ELSE guest.company_id END""",
}
_BEFORE = ", ".join(f"'{name}', guest.{name}" for name in _ALL)
_AMEND = f"""
UPDATE customers_guest AS kept
SET {", ".join(f"{name} = becomes.{name}" for name in _ALL)}, updated_at = %(now)s
FROM (
    SELECT guest.id, guest.updated_at, jsonb_build_object({_BEFORE}) AS before,
           {", ".join(f"{target} AS {name}" for name, target in _ALL.items())}
    FROM customers_stagedguest AS staged
    JOIN customers_guest AS guest ON guest.id = staged.guest_id
    LEFT JOIN unnest(%(firms)s::text[], %(firm_ids)s::bigint[]) AS firm (name, id)
      ON firm.name = staged.company
    WHERE staged.batch_id = %(batch)s AND staged.id > %(after)s
      AND staged.id <= %(last)s AND staged.same_as IS NULL
      AND staged.outcome = 'changed'
) AS becomes
WHERE kept.id = becomes.id
RETURNING kept.id, becomes.before::text, becomes.updated_at,
          jsonb_build_object({", ".join(f"'{n}', kept.{n}" for n in _ALL)})::text
"""  # noqa: S608 -- our own column names


IMAGE = Image("customers_guest", tuple(_ALL))


def hold_known(chunk: Chunk) -> bool:
    """Lock the guests of the chunk who were found, in order; return whether all of them
    are still there.
    """
    return all(is_known for (is_known,) in rows_of(_LOCK, chunk.values))


def amend_guests(chunk: Chunk, firms: dict[str, int]) -> None:
    """Write what the file says of known guests, see staged_columns.py."""
    values = {
        **chunk.values,
        "firms": list(firms),
        "firm_ids": list(firms.values()),
    }
    for guest_id, before, updated_at, after in rows_of(_AMEND, values):
        was, is_now = json.loads(before), json.loads(after)
        changed = [name for name in was if was[name] != is_now[name]]
        chunk.was[guest_id] = {name: was[name] for name in changed}
        chunk.was[guest_id]["updated_at"] = updated_at.isoformat()
        chunk.became[guest_id] = {name: is_now[name] for name in changed}
    _sort_anew(chunk)


def _sort_anew(chunk: Chunk) -> None:
    """Keep the order of the guest list where a name has changed."""
    names = {"display_name", "given_name", "family_name"}
    renamed = [pk for pk, became in chunk.became.items() if names & set(became)]
    language, amended = chunk.batch.business.language, []
    for guest in Guest.objects.filter(pk__in=renamed).only(
        "given_name", "family_name", "display_name", "name_sort_key"
    ):
        guest.name_sort_key = sort_key(
            guest.given_name, guest.family_name, guest.display_name, language
        )
        amended.append(guest)
    Guest.objects.bulk_update(amended, ["name_sort_key"], batch_size=1000)
