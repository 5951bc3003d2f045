"""The whole register, a page at a time: any depth costs the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from crm.tenancy.models import Business
from customers.badges import Badge, badges_of
from customers.models import ContactPoint, Guest

PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A guest in a list, with the badges that all apps give."""

    guest: Guest
    badges: list[Badge]
    contact: ContactPoint | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some guests in order, and the one after whom the next page begins."""

    guests: list[Guest]
    next_after: UUID | None


def latest_first(business: Business, *, after: UUID | None) -> Stretch:
    """Return guests by when they were last here; who never was comes after, new first.

    An ``after`` that is nobody's begins at the start. Costs at most three queries.
    """
    known = _known(business)
    cursor = _cursor(known, after)
    last_on = cursor.summary.last_visit_on if cursor else None
    guests: list[Guest] = []
    if cursor is None or last_on:
        guests = list(_been_here(known, cursor, last_on)[: PAGE + 1])
    if len(guests) <= PAGE:
        never = known.filter(summary__last_visit_on=None).order_by("-pk")
        if cursor and not last_on:
            never = never.filter(pk__lt=cursor.pk)
        guests += never[: PAGE + 1 - len(guests)]
    return _stretch(guests)


def by_name(business: Business, *, after: UUID | None) -> Stretch:
    """Return guests in the order of the business's alphabet.

    An ``after`` that is nobody's begins at the start. Costs at most two queries.
    """
    known = _known(business)
    guests = known.order_by("name_sort_key", "pk")
    if cursor := _cursor(known, after):
        guests = guests.filter(
            Q(name_sort_key__gt=cursor.name_sort_key)
            | Q(name_sort_key=cursor.name_sort_key, pk__gt=cursor.pk)
        )
    return _stretch(list(guests[: PAGE + 1]))


# The orders a list can be asked for, by the word in the address.
ORDERS: dict[str, Callable[..., Stretch]] = {"latest": latest_first, "name": by_name}


def rows_of(business: Business, guests: list[Guest]) -> list[Row]:
    """Return what the list shows of each guest, in a fixed number of queries."""
    ids = [guest.pk for guest in guests]
    badges = badges_of(business, ids)
    contacts: dict[int, ContactPoint] = {}
    # Emails first, so that a phone, which is quicker to use, takes their place.
    for point in ContactPoint.objects.filter(guest__in=ids, is_primary=True).order_by(
        "kind"
    ):
        contacts[point.guest_id] = point
    return [
        Row(guest=guest, badges=badges[guest.pk], contact=contacts.get(guest.pk))
        for guest in guests
    ]


def _known(business: Business) -> QuerySet[Guest]:
    return Guest.objects.filter(business=business, erased_at=None).select_related(
        "summary", "company"
    )


def _cursor(known: QuerySet[Guest], after: UUID | None) -> Guest | None:
    return known.filter(uuid=after).first() if after else None


def _been_here(
    known: QuerySet[Guest], cursor: Guest | None, last_on: date | None
) -> QuerySet[Guest]:
    been_here = known.filter(summary__last_visit_on__isnull=False)
    if cursor and last_on:
        been_here = been_here.filter(
            Q(summary__last_visit_on__lt=last_on)
            | Q(summary__last_visit_on=last_on, pk__lt=cursor.pk)
        )
    return been_here.order_by("-summary__last_visit_on", "-summary__guest")


def _stretch(guests: list[Guest]) -> Stretch:
    has_more = len(guests) > PAGE
    return Stretch(guests[:PAGE], guests[PAGE - 1].uuid if has_more else None)
