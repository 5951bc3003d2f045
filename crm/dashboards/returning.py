"""Do first-time guests come back? Only those who have had the time are asked about.

The unit is a day with a completed visit: visits that begin on the same day are one.
"""

from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth

from crm.core.clock import add_months
from crm.core.statistics import Share
from crm.tenancy.models import Business, Venue
from customers.models import GuestSummary, Visit

WITHIN_DAYS = 90


def return_share(
    business: Business,
    first: date,
    last: date,
    *,
    within_days: int = WITHIN_DAYS,
    venue: Venue | None = None,
) -> Share:
    """Return how many guests, first here from ``first`` to ``last``, came again soon.

    Soon is within ``within_days`` of the first day. The caller chooses ``last`` so long
    ago that all have had the time. With ``venue``, of those who began there; where in
    the house they came back does not matter. One query.
    """
    guests = _first_here(business, first, last, venue)
    counts = guests.aggregate(total=Count("pk"), hits=_came_again(within_days))
    return Share(counts["hits"], counts["total"])


def return_by_month(
    business: Business,
    months: list[date],
    *,
    today: date,
    within_days: int = WITHIN_DAYS,
    venue: Venue | None = None,
) -> dict[date, Share]:
    """Return the same by month of the first visit, for ``months`` in a row.

    Months in which somebody has not had the time yet are left out. One query.
    """
    last = add_months(months[-1], 1) - timedelta(days=1)
    rows = (
        _first_here(business, months[0], last, venue)
        .annotate(month=TruncMonth("first_visit_on"))
        .values_list("month")
        .annotate(total=Count("pk"), hits=_came_again(within_days))
    )
    shares = {month: Share(hits, total) for month, total, hits in rows}
    return {
        month: shares.get(month, Share(0, 0))
        for month in months
        if is_mature(month, today=today, within_days=within_days)
    }


def is_mature(month: date, *, today: date, within_days: int = WITHIN_DAYS) -> bool:
    """Return whether all guests of a month have had ``within_days`` to come back."""
    last = add_months(month, 1) - timedelta(days=1)
    return last + timedelta(days=within_days) <= today


def _first_here(
    business: Business, first: date, last: date, venue: Venue | None
) -> QuerySet[GuestSummary]:
    guests = business.guest_summaries.filter(
        first_visit_on__gte=first, first_visit_on__lte=last
    )
    if venue is None:
        return guests
    began_there = Visit.objects.completed().filter(
        guest=OuterRef("pk"), arrival_date=OuterRef("first_visit_on"), venue=venue
    )
    return guests.filter(Exists(began_there))


def _came_again(within_days: int) -> Count:
    soon = F("first_visit_on") + timedelta(days=within_days)
    return Count("pk", filter=Q(second_visit_on__lte=soon))
