"""Firms in the order of their names, a page at a time, and what each page shows of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When

from crm.core.text import search_key
from crm.tenancy.models import Business
from customers.models import Company, Guest, Visit, known

PAGE = 50
# Names are offered while typing; more than these nobody reads.
OFFERED = 8
MOST_VISITS = 5
YEAR = timedelta(days=365)

State = Visit.State


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A firm, how many known guests come from it, and their visits of a year."""

    company: Company
    guests: int
    visits: int
    spend: int


@dataclass(frozen=True, slots=True)
class CompanyStretch:
    """Some firms in order, and the one after which the next page begins."""

    companies: list[Company]
    next_after: UUID | None


def companies_by_name(
    business: Business, *, typed: str = "", after: UUID | None = None
) -> CompanyStretch:
    """Return firms in the order of the alphabet; those with ``typed`` in their name.

    An ``after`` that is no firm's begins at the start. Costs at most two queries.
    """
    companies = business.companies.order_by("name_sort_key", "pk")
    for word in _words(typed):
        companies = companies.filter(key__contains=word)
    if after and (cursor := business.companies.filter(uuid=after).first()):
        companies = companies.filter(
            Q(name_sort_key__gt=cursor.name_sort_key)
            | Q(name_sort_key=cursor.name_sort_key, pk__gt=cursor.pk)
        )
    found = list(companies[: PAGE + 1])
    has_more = len(found) > PAGE
    return CompanyStretch(found[:PAGE], found[PAGE - 1].uuid if has_more else None)


def rows_of_companies(
    business: Business, companies: list[Company], *, today: date
) -> list[CompanyRow]:
    """Return what the list shows of each firm, in two queries."""
    ids = [company.pk for company in companies]
    guests = dict(
        business.guests.filter(known(), company__in=ids)
        .values_list("company")
        .annotate(Count("pk"))
        .order_by()
    )
    figures = {
        company: (visits, spend)
        for company, visits, spend in visits_of_a_year(business, today=today)
        .filter(guest__company__in=ids)
        .values_list("guest__company")
        .annotate(Count("pk"), Sum("spend"))
        .order_by()
    }
    return [
        CompanyRow(company, guests.get(company.pk, 0), *figures.get(company.pk, (0, 0)))
        for company in companies
    ]


def visits_of_a_year(business: Business, *, today: date) -> QuerySet[Visit]:
    """Return the visits that ended in the year up to ``today``."""
    return business.visits.filter(
        state=State.COMPLETED,
        departure_date__gt=today - YEAR,
        departure_date__lte=today,
    )


def guests_from(company: Company) -> QuerySet[Guest]:
    """Return the known guests of a firm, who was here last first."""
    return (
        company.guests.filter(known())
        .select_related("summary")
        .order_by(F("summary__last_visit_on").desc(nulls_last=True), "-pk")
    )


def visits_from(
    company: Company, *, today: date, venue_ids: list[int]
) -> dict[str, QuerySet[Visit]]:
    """Return the next and the latest visits of a firm's guests, at these venues."""
    visits = (
        company.business.visits.filter(known("guest"), guest__company=company)
        .select_related("guest", "venue")
        .order_by("arrival_date", "pk")
    )
    if venue_ids:
        visits = visits.filter(venue__in=venue_ids)
    coming = visits.filter(state=State.BOOKED, arrival_date__gte=today)
    been = visits.filter(state__in=(State.COMPLETED, State.IN_HOUSE))
    return {"coming": coming[:MOST_VISITS], "latest": been.reverse()[:MOST_VISITS]}


def names_like(business: Business, typed: str) -> list[str]:
    """Return the names of firms that begin so, and then of those that hold it."""
    words = _words(typed)
    if not words:
        return []
    begins = When(key__startswith=" ".join(words), then=Value(0))
    companies = business.companies.annotate(begins=Case(begins, default=Value(1)))
    for word in words:
        companies = companies.filter(key__contains=word)
    likeliest = companies.order_by("begins", "name_sort_key", "pk")
    return list(likeliest.values_list("name", flat=True)[:OFFERED])


def _words(typed: str) -> list[str]:
    return search_key(typed.replace("\0", " "))[:100].split()[:8]
