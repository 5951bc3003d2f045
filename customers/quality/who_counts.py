"""Who counts, and which addresses booking sites lend out, as pieces of counting queries."""

from typing import Any

from crm.core.addresses import RELAY_DOMAINS
from crm.tenancy.models import Business
from customers.models import Guest

_COLUMNS = (
    "id", "given_name", "family_name", "street", "postal_code", "city", "country",
    "language", "birthday_day", "created_at",
)  # fmt: skip


def relay_patterns() -> list[str]:
    """Return what an address that a booking site lends out is like, for LIKE."""
    return [
        pattern
        for domain in RELAY_DOMAINS
        for pattern in (f"%@{domain}", f"%@%.{domain}")
    ]


def known_guests(business: Business) -> tuple[str, dict[str, Any]]:
    """Return the guests that count as a query with named parameters."""
    guests = Guest.objects.known().filter(business=business).order_by()
    sql, values = guests.values(*_COLUMNS).query.sql_with_params()
    named = {f"known_{place}": value for place, value in enumerate(values)}
    for name in named:
        sql = sql.replace("%s", f"%({name})s", 1)
    return sql, named
