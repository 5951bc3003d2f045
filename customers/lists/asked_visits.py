"""Which visits a list shows, in which order, a page at a time at the same cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.core.keyset import rows_beyond
from crm.tenancy.models import Business, Venue
from customers.lists.asked_guests import MOST_COUNTED, Count
from customers.lists.values_in_use import values_in_use
from customers.models import Visit, known

PAGE = 50
# A house with more rooms and tables than this writes something else into the field.
MOST_LABELS = 2_000


class VisitOrder(NamedTuple):
    """Highest first. An index over the business, the column and the id bears it."""

    label: str | Promise
    column: str


# By the word in the address; the first is the usual one.
VISIT_ORDERS = {
    "arrival": VisitOrder(_("Latest arrival first"), "arrival_date"),
    "departure": VisitOrder(_("Latest departure first"), "departure_date"),
    "spend": VisitOrder(_("Highest spend first"), "spend"),
}
USUAL_ORDER = "arrival"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFilters:
    """What was asked for; whatever is empty or None was not. All of it must fit.

    Days are days of arrival and included, ``spend`` is in minor units, ``label`` a part
    of a room or table.
    """

    state: str = ""
    kind: str = ""
    venue: Venue | None = None
    first_day: date | None = None
    last_day: date | None = None
    source: str = ""
    employer: bool = False
    spend: int | None = None
    label: str = ""


class VisitStretch(NamedTuple):
    """Some visits in order, and the one after which the next page begins."""

    visits: list[Visit]
    next_after: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedVisits:
    """The visits that fit, at the venues that the person who asks is limited to.

    No ``venue_ids`` means no limit, as in ``Staff.venues``.
    """

    business: Business
    filters: VisitFilters
    venue_ids: Sequence[int] = ()
    order: str = USUAL_ORDER

    def all(self) -> QuerySet[Visit]:
        """Return all of them in no order."""
        visits = Visit.objects.filter(known("guest"), business=self.business)
        if self.venue_ids:
            visits = visits.filter(venue__in=self.venue_ids)
        return visits.filter(self._fits())

    def page(self, *, after: UUID | None, size: int = PAGE) -> VisitStretch:
        """Return a page; an unknown ``after`` begins at the start. Two queries at most."""
        column = VISIT_ORDERS[self.order].column
        visits = self.in_order()
        if place := self._place(after):
            values = (getattr(place, column), place.pk)
            visits = visits.filter(rows_beyond((column, "pk"), values, descending=True))
        found = list(visits[: size + 1])
        has_more = len(found) > size
        return VisitStretch(found[:size], found[size - 1].uuid if has_more else None)

    def in_order(self) -> QuerySet[Visit]:
        """Return all of them in order, with what a list shows of them."""
        column = VISIT_ORDERS[self.order].column
        return with_their_people(self.all()).order_by(f"-{column}", "-pk")

    def count(self) -> Count:
        """Return how many there are, without counting further than anybody reads."""
        some = self.all().values_list("pk", flat=True)[: MOST_COUNTED + 1]
        number = len(some)
        return Count(min(number, MOST_COUNTED), number > MOST_COUNTED)

    def ids_beyond(self, last: int, *, limit: int) -> list[int]:
        """Return the next ids above ``last``, for work that goes through all of them."""
        rest = self.all().filter(pk__gt=last).order_by("pk")
        return list(rest.values_list("pk", flat=True)[:limit])

    def _place(self, after: UUID | None) -> Visit | None:
        if after is None:
            return None
        return Visit.objects.filter(business=self.business, uuid=after).first()

    def _fits(self) -> Q:
        asked = self.filters
        fits = Q()
        for name in ("state", "kind", "venue", "source"):
            if value := getattr(asked, name):
                fits &= Q(**{name: value})
        if asked.first_day:
            fits &= Q(arrival_date__gte=asked.first_day)
        if asked.last_day:
            fits &= Q(arrival_date__lte=asked.last_day)
        if asked.employer:
            fits &= Q(is_employer_paid=True)
        if asked.spend is not None:
            fits &= Q(spend__gte=asked.spend)
        if asked.label:
            fits &= self._labelled(asked.label)
        return fits

    def _labelled(self, typed: str) -> Q:
        # Rooms and tables are few and their visits many, so the names are looked
        # through first.
        labels = values_in_use(Visit, "label", self.business, most=MOST_LABELS)
        if len(labels) == MOST_LABELS:
            return Q(label__icontains=typed)
        wanted = typed.casefold()
        return Q(label__in=[label for label in labels if wanted in label.casefold()])


def with_their_people(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    return visits.select_related("guest", "guest__company", "venue", "booker")
