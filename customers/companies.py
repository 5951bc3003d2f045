"""Firms that guests come from: one row a firm, however its name is written."""

from datetime import datetime

from crm.core.text import name_sort_key, search_key
from crm.tenancy.models import Business
from customers.models import Company


def company_named(business: Business, name: str, *, now: datetime) -> Company | None:
    """Return the firm called ``name``, new when nobody came from it yet; None for "".

    Spelling apart, “Fjord AS” and “FJORD AS” are one firm; the first spelling stays.
    """
    name = " ".join(name.split())
    if not name:
        return None
    company, _is_new = Company.objects.get_or_create(
        business=business,
        key=search_key(name)[:120],
        defaults={
            "name": name[:120],
            "name_sort_key": name_sort_key(name, business.language)[:200],
            "created_at": now,
            "updated_at": now,
        },
    )
    return company
