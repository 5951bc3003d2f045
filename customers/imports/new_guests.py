"""Write the guests of a chunk whom nobody knew, whole: as the desk would have."""

from typing import Any
from uuid import uuid4

from crm.core.text import name_sort_key
from customers.imports.chunks import Chunk, rows_of
from customers.imports.copying import copy_rows, row_text
from customers.models import StagedGuest
from customers.searching.lines import search_line

_COLUMNS = (
    "id", "business_id", "uuid", "external_id", "display_name", "given_name",
    "family_name", "language", "country", "street", "postal_code", "city",
    "birthday_month", "birthday_day", "company_id", "member_number", "source", "is_vip",
    "custom", "search_text", "name_sort_key", "created_at", "updated_at",
)  # fmt: skip
_NUMBER = """
WITH fresh AS (
    SELECT staged.id,
           nextval(pg_get_serial_sequence('customers_guest', 'id')) AS guest_id
    FROM customers_stagedguest AS staged
    WHERE batch_id = %(batch)s AND id > %(after)s AND id <= %(last)s
      AND same_as IS NULL AND guest_id IS NULL AND outcome = ''
)
UPDATE customers_stagedguest AS staged SET guest_id = fresh.guest_id, outcome = 'new'
FROM fresh WHERE staged.id = fresh.id RETURNING fresh.guest_id
"""


def create_guests(chunk: Chunk, firms: dict[str, int]) -> None:
    """Create whoever is new; ``firms`` are the ids of firms by what the file calls
    them.
    """
    chunk.new_ids = [row[0] for row in rows_of(_NUMBER, chunk.values)]
    staged = chunk.batch.staged_guests.filter(
        pk__gt=chunk.after, pk__lte=chunk.last, outcome="new", same_as=None
    ).order_by("pk")
    language = chunk.batch.business.language
    copy_rows(
        "customers_guest",
        _COLUMNS,
        (row_text(_row(chunk, guest, firms, language)) for guest in staged),
    )


def _row(
    chunk: Chunk, guest: StagedGuest, firms: dict[str, int], language: str
) -> list[Any]:
    return [
        guest.guest_id,
        guest.business_id,
        uuid4(),
        guest.external_id,
        guest.display_name,
        guest.given_name,
        guest.family_name,
        guest.language,
        guest.country,
        guest.street,
        guest.postal_code,
        guest.city,
        guest.birthday_month,
        guest.birthday_day,
        firms.get(guest.company),
        guest.member_number,
        guest.source,
        bool(guest.is_vip),
        guest.custom,
        _search_text(guest),
        sort_key(guest.given_name, guest.family_name, guest.display_name, language),
        chunk.now,
        chunk.now,
    ]


def _search_text(guest: StagedGuest) -> str:
    return search_line(
        name=guest.display_name,
        given_name=guest.given_name,
        family_name=guest.family_name,
        company=guest.company,
        emails=guest.emails,
        phones=guest.phones,
        numbers=[guest.member_number, guest.external_id],
    )


def sort_key(given: str, family: str, whole: str, language: str) -> str:
    """Return the key by which lists are in order, see guests.sort_key_of()."""
    return name_sort_key(f"{family} {given}".strip() or whole, language)[:200]
