"""One question to the register, however it is put: by a list, a file or a bulk change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from crm.tenancy.models import Business
from customers.lists.guest_filters import (
    GuestFilters,
    guests_who_fit,
    narrowed,
    who_fit_after_all,
)
from customers.lists.paging import ORDERS, PAGE, USUAL, guest_at, in_order
from customers.models import Guest
from customers.searching.search import MOST, guests_who_match, search_guests

NO_FILTERS = GuestFilters()

# Beyond this nobody counts: "more than 1,000" says enough.
MOST_COUNTED = 1_000
# How often a page is filled up when many of those asked for drop out.
MOST_ROUNDS = 20


class Stretch(NamedTuple):
    """Some guests in order, and the one after whom the next page begins."""

    guests: list[Guest]
    next_after: UUID | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; with ``is_more``, more than ``number``."""

    number: int
    is_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedGuests:
    """Who fits the filters and, when something is ``typed``, the search as well."""

    business: Business
    today: date
    filters: GuestFilters = NO_FILTERS
    typed: str = ""
    order: str = USUAL

    @property
    def is_ranked(self) -> bool:
        """Return whether the likeliest come first: for a search and nothing else."""
        return bool(self.typed) and self.filters == NO_FILTERS

    def everybody(self) -> QuerySet[Guest]:
        """Return all of them in no order. Some may drop out by ``fit_after_all``."""
        if not self.typed:
            return guests_who_fit(self.business, self.filters, today=self.today)
        found = guests_who_match(self.business, self.typed)
        return narrowed(found, self.business, self.filters, today=self.today)

    def ranked(self, *, most: int = MOST) -> list[Guest]:
        """Return the likeliest of a search, at most ``most`` of them.

        The fewer are asked for, the sooner they are certain.
        """
        return list(search_guests(self.business, self.typed, most=most))

    def fit_after_all(self, guest_ids: Sequence[int]) -> set[int]:
        return who_fit_after_all(self.business, self.filters, guest_ids)

    def page(self, *, after: UUID | None, size: int = PAGE) -> Stretch:
        """Return a page in the list's order; an unknown ``after`` begins at the start.

        Costs the same number of queries on each page that nobody drops out of.
        """
        place = guest_at(self.business, after)
        guests = self.everybody()
        fit: list[Guest] = []
        for _round in range(MOST_ROUNDS):
            batch = in_order(guests, ORDERS[self.order], after=place, limit=size + 1)
            kept = self.fit_after_all([guest.pk for guest in batch])
            fit += [guest for guest in batch if guest.pk in kept]
            if len(fit) > size:
                return Stretch(fit[:size], fit[size - 1].uuid)
            if len(batch) <= size:
                return Stretch(fit, None)
            place = batch[-1]
        return Stretch(fit, place.uuid if place else None)

    def count(self) -> Count:
        """Return how many there are, without counting further than anybody reads."""
        # No order: whoever is found first will do.
        some = self.everybody().order_by().values_list("pk", flat=True)
        ids = list(some[: MOST_COUNTED + 1])
        kept = self.fit_after_all(ids)
        return Count(min(len(kept), MOST_COUNTED), len(ids) > MOST_COUNTED)

    def ids_beyond(self, last: int, *, limit: int) -> list[int]:
        """Return the next ids above ``last``, for work that goes through all of them.

        Some may drop out by ``fit_after_all``.
        """
        rest = self.everybody().filter(pk__gt=last).order_by("pk")
        return list(rest.values_list("pk", flat=True)[:limit])

    def all_ids(self, *, most: int) -> list[int]:
        """Return the ids of all of them, or of the first ``most`` that are found."""
        ids = list(self.everybody().order_by().values_list("pk", flat=True)[:most])
        kept = self.fit_after_all(ids)
        return [pk for pk in ids if pk in kept]
