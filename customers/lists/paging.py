"""Guests in order, a page at a time: any depth costs the same, in every order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.core.keyset import rows_beyond
from crm.tenancy.models import Business
from customers.badges import Badge, badges_of
from customers.models import ContactPoint, Guest, known

PAGE = 50


@dataclass(frozen=True, slots=True)
class Order:
    """An order that a list can be in. An index over ``columns`` bears it.

    Where ``may_lack``, who has no value in the first column comes last.
    """

    label: str | Promise
    columns: tuple[str, str]
    descending: bool
    may_lack: bool = False


# By the word in the address; the first is the usual one.
ORDERS = {
    "latest": Order(
        _("Last here first"),
        ("summary__last_visit_on", "summary__guest"),
        descending=True,
        may_lack=True,
    ),
    "name": Order(_("By name"), ("name_sort_key", "pk"), descending=False),
    "arrival": Order(
        _("Next arrival first"),
        ("summary__next_arrival_on", "summary__guest"),
        descending=False,
        may_lack=True,
    ),
    "visits": Order(
        _("Most visits first"), ("summary__visits", "summary__guest"), descending=True
    ),
    "spend": Order(
        _("Highest spend first"), ("summary__spend", "summary__guest"), descending=True
    ),
    "newest": Order(
        _("Newest in the register first"), ("created_at", "pk"), descending=True
    ),
}
USUAL = "latest"


@dataclass(frozen=True, slots=True)
class Row:
    """A guest in a list: badges of all apps, and the primary address of each kind."""

    guest: Guest
    badges: list[Badge]
    contacts: dict[str, ContactPoint]
    currency: str

    @property
    def contact(self) -> ContactPoint | None:
        """Return the phone, which is quicker to use, else the email."""
        kinds = ContactPoint.Kind
        return self.contacts.get(kinds.PHONE) or self.contacts.get(kinds.EMAIL)


def in_order(
    guests: QuerySet[Guest], order: Order, *, after: Guest | None, limit: int
) -> list[Guest]:
    """Return at most ``limit`` guests who come after one of them.

    ``after`` need not be among ``guests`` any more. Summaries and companies come with
    them. Costs one query, two where guests without a value begin.
    """
    guests = guests.select_related("summary", "company")
    value = _value_of(after, order.columns[0]) if after else None
    if not order.may_lack:
        return list(_following(guests, order, after, value)[:limit])
    found: list[Guest] = []
    with_value = guests.filter(**{f"{order.columns[0]}__isnull": False})
    if after is None or value is not None:
        found = list(_following(with_value, order, after, value)[:limit])
    if len(found) < limit:
        lacks = None if after is None or value is not None else after
        found += _lacking(guests, order, lacks)[: limit - len(found)]
    return found


def guest_at(business: Business, uuid: UUID | None) -> Guest | None:
    """Return the guest after whom a page begins; None for nobody's uuid. One query."""
    if uuid is None:
        return None
    guests = Guest.objects.filter(known(), business=business)
    return guests.select_related("summary").filter(uuid=uuid).first()


def rows_of(business: Business, guests: Sequence[Guest]) -> list[Row]:
    """Return what the list shows of each guest, in a fixed number of queries."""
    ids = [guest.pk for guest in guests]
    badges = badges_of(business, ids)
    contacts: dict[int, dict[str, ContactPoint]] = {}
    for point in ContactPoint.objects.filter(guest__in=ids, is_primary=True):
        contacts.setdefault(point.guest_id, {})[point.kind] = point
    return [
        Row(guest, badges[guest.pk], contacts.get(guest.pk, {}), business.currency)
        for guest in guests
    ]


def _following(
    guests: QuerySet[Guest], order: Order, after: Guest | None, value: Any
) -> QuerySet[Guest]:
    if after is not None:
        place = (value, after.pk)
        guests = guests.filter(
            rows_beyond(order.columns, place, descending=order.descending)
        )
    return guests.order_by(*_names(order))


def _lacking(
    guests: QuerySet[Guest], order: Order, after: Guest | None
) -> QuerySet[Guest]:
    guests = guests.filter(**{f"{order.columns[0]}__isnull": True})
    if after is not None:
        side = "lt" if order.descending else "gt"
        guests = guests.filter(**{f"{order.columns[1]}__{side}": after.pk})
    # The first column is named although it is empty: so the index gives the order.
    return guests.order_by(*_names(order))


def _names(order: Order) -> list[str]:
    return [f"-{name}" if order.descending else name for name in order.columns]


def _value_of(guest: Guest, column: str) -> Any:
    for name in column.split("__"):
        guest = getattr(guest, name)
    return guest
