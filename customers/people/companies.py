"""Firms that guests come from: one row a firm, however its name is written."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.text import name_sort_key, search_key
from crm.tenancy.models import Business
from customers.models import Company
from customers.searching.lines import refresh_lines


class NameIsTaken(Exception):
    """Another firm has the name. ``company`` is that firm."""

    def __init__(self, company: Company) -> None:
        self.company = company
        super().__init__(_("There is a firm with this name already."))


def company_key(name: str) -> str:
    """Return a firm's name folded: “Fjord AS” and “FJORD AS” are one firm."""
    return search_key(name)[:120]


def company_named(business: Business, name: str, *, now: datetime) -> Company | None:
    """Return the firm called ``name``, new when nobody came from it yet; None for "".

    Spelling apart, “Fjord AS” and “FJORD AS” are one firm; the first spelling stays.
    """
    name = " ".join(name.split())
    if not name:
        return None
    company, _is_new = Company.objects.get_or_create(
        business=business,
        key=company_key(name),
        defaults={
            "name": name[:120],
            "name_sort_key": _sort_key(name, business),
            "created_at": now,
            "updated_at": now,
        },
    )
    return company


@transaction.atomic
def amend_company(
    company: Company,
    *,
    name: str,
    website: str,
    remark: str,
    joins: UUID | None = None,
    actor: User | None,
    now: datetime,
) -> Company:
    """Change a firm and return it; its guests are found by its new name from then on.

    When another firm has the name already, ``joins`` must be that firm: the two become
    one, and the other is returned. Raise NameIsTaken otherwise.
    """
    company = Company.objects.select_for_update().get(pk=company.pk)
    other = (
        Company.objects.select_for_update()
        .filter(business=company.business_id, key=company_key(name))
        .exclude(pk=company.pk)
        .first()
    )
    if other and other.uuid != joins:
        raise NameIsTaken(other)
    if other:
        _join(company, other, actor=actor, now=now)
    kept = other or company
    wanted = {"name": name, "website": website, "remark": remark}
    changed = [
        field for field, value in wanted.items() if getattr(kept, field) != value
    ]
    if changed:
        _write(kept, wanted, now=now)
        _record(kept, "amended", changed, actor=actor, now=now)
    if other or "name" in changed:
        _find_guests_anew(kept)
    return kept


def _join(
    company: Company, other: Company, *, actor: User | None, now: datetime
) -> None:
    _hold_guests(company)
    company.guests.update(company=other, updated_at=now)
    _record(company, "merged", [], actor=actor, now=now)
    company.delete()


def _write(company: Company, wanted: dict[str, str], *, now: datetime) -> None:
    for field, value in wanted.items():
        setattr(company, field, value)
    company.key = company_key(company.name)
    company.name_sort_key = _sort_key(company.name, company.business)
    company.updated_at = now
    company.save(update_fields=[*wanted, "key", "name_sort_key", "updated_at"])


def _find_guests_anew(company: Company) -> None:
    refresh_lines(company.business, _hold_guests(company))


def _hold_guests(company: Company) -> list[int]:
    # In order, so that two who do so cannot wait for each other.
    guests = company.guests.order_by("pk").select_for_update(no_key=True)
    return list(guests.values_list("pk", flat=True))


def _record(
    company: Company,
    action: str,
    changed: list[str],
    *,
    actor: User | None,
    now: datetime,
) -> None:
    record_event(
        business=company.business,
        actor=actor,
        action=action,
        subject=company,
        fields=changed,
        now=now,
    )


def _sort_key(name: str, business: Business) -> str:
    return name_sort_key(name, business.language)[:200]
