"""How many visits, and how many messages, month by month."""

from collections import Counter, defaultdict
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncMonth

from crm.core.periods import Period
from crm.tenancy.models import Business, Venue


def visits_by_month(
    business: Business, period: Period, *, venue: Venue | None = None
) -> dict[date, Counter[str]]:
    """Return completed visits by month of arrival and kind. One query."""
    visits = business.visits.completed().filter(
        arrival_date__gte=period.start, arrival_date__lte=period.end
    )
    if venue:
        visits = visits.filter(venue=venue)
    rows = (
        visits.annotate(month=TruncMonth("arrival_date"))
        .values_list("month", "kind")
        .annotate(Count("pk"))
    )
    months: dict[date, Counter[str]] = defaultdict(Counter)
    for month, kind, count in rows:
        months[month][kind] = count
    return months


def count_visits(
    business: Business, period: Period, *, venue: Venue | None = None
) -> int:
    """Return the completed visits that began in a period. One query."""
    visits = business.visits.completed().filter(
        arrival_date__gte=period.start, arrival_date__lte=period.end
    )
    return (visits.filter(venue=venue) if venue else visits).count()


def messages_by_month(
    business: Business, period: Period, *, venue: Venue | None = None
) -> Counter[date]:
    """Return messages a mail server took, by month. One query.

    One that may have been sent, and could not be confirmed, is not counted.
    """
    messages = business.messages.filter(
        **period.filters("accepted_at", business.time_zone)
    )
    if venue:
        messages = messages.filter(visit__venue=venue)
    zone = ZoneInfo(business.time_zone)
    rows = (
        messages.annotate(month=TruncMonth("accepted_at", tzinfo=zone))
        .values_list("month")
        .annotate(Count("pk"))
    )
    return Counter({month.date(): count for month, count in rows})
