"""One row a guest of what their visits add up to, kept in the visit's transaction.

One SQL statement computes it, for one guest and for all of them alike, so that the
desk, an import and a rebuild cannot disagree.
"""

from django.db import connection

from crm.tenancy.models import Business
from customers.models import Guest

_REFRESH = """
INSERT INTO customers_guestsummary AS summary (
    guest_id, business_id, visits, visit_days, nights, spend, first_visit_on,
    second_visit_on, last_visit_on, next_arrival_on, cancelled_visits, no_shows
)
SELECT guest.id, guest.business_id,
       count(visit.id) FILTER (WHERE visit.state = 'completed'),
       count(DISTINCT visit.arrival_date) FILTER (WHERE visit.state = 'completed'),
       coalesce(sum(visit.departure_date - visit.arrival_date)
                FILTER (WHERE visit.state = 'completed'), 0),
       coalesce(sum(visit.spend) FILTER (WHERE visit.state = 'completed'), 0),
       min(visit.arrival_date) FILTER (WHERE visit.state = 'completed'),
       (array_agg(DISTINCT visit.arrival_date ORDER BY visit.arrival_date)
           FILTER (WHERE visit.state = 'completed'))[2],
       max(visit.departure_date) FILTER (WHERE visit.state = 'completed'),
       min(visit.arrival_date) FILTER (WHERE visit.state = 'booked'),
       count(visit.id) FILTER (WHERE visit.state = 'cancelled'),
       count(visit.id) FILTER (WHERE visit.state = 'no_show')
FROM customers_guest AS guest
LEFT JOIN customers_visit AS visit ON visit.guest_id = guest.id
WHERE guest.business_id = %(business)s
  AND (%(guests)s::bigint[] IS NULL OR guest.id = ANY(%(guests)s::bigint[]))
GROUP BY guest.id
ON CONFLICT (guest_id) DO UPDATE SET
    visits = excluded.visits, visit_days = excluded.visit_days,
    nights = excluded.nights, spend = excluded.spend,
    first_visit_on = excluded.first_visit_on,
    second_visit_on = excluded.second_visit_on,
    last_visit_on = excluded.last_visit_on,
    next_arrival_on = excluded.next_arrival_on,
    cancelled_visits = excluded.cancelled_visits, no_shows = excluded.no_shows
"""


def refresh_summaries(business: Business, *, guest_ids: list[int] | None = None) -> int:
    """Recompute the summaries of these guests, or of all, and return how many.

    Costs one query. For a single guest call ``lock_guest`` first: two visits saved at
    once would otherwise each compute without the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"business": business.pk, "guests": guest_ids})
        return int(cursor.rowcount)


def lock_guest(guest_id: int) -> None:
    """Hold the guest's row until the transaction ends, so that summaries queue up."""
    Guest.objects.select_for_update(no_key=True).only("pk").get(pk=guest_id)
