"""One row a guest of what their visits add up to, kept in the visit's transaction.

One SQL statement computes it, for one guest and for all of them alike, so that the
desk, an import and a rebuild cannot disagree.
"""

from django.db import connection

from crm.tenancy.models import Business
from customers.models import Guest

_REFRESH = """
WITH figures AS MATERIALIZED (
    SELECT guest.id AS guest_id, guest.business_id,
           count(visit.id) FILTER (WHERE visit.state = 'completed') AS visits,
           count(DISTINCT visit.arrival_date) FILTER (WHERE visit.state = 'completed')
               AS visit_days,
           coalesce(sum(visit.departure_date - visit.arrival_date)
                    FILTER (WHERE visit.state = 'completed'), 0) AS nights,
           coalesce(sum(visit.spend) FILTER (WHERE visit.state = 'completed'), 0)
               AS spend,
           min(visit.arrival_date) FILTER (WHERE visit.state = 'completed')
               AS first_visit_on,
           array_agg(DISTINCT visit.arrival_date ORDER BY visit.arrival_date)
               FILTER (WHERE visit.state = 'completed') AS days,
           max(visit.departure_date) FILTER (WHERE visit.state = 'completed')
               AS last_visit_on,
           min(visit.arrival_date) FILTER (WHERE visit.state = 'booked')
               AS next_arrival_on,
           count(visit.id) FILTER (WHERE visit.state = 'cancelled')
               AS cancelled_visits,
           count(visit.id) FILTER (WHERE visit.state = 'no_show') AS no_shows,
           max(visit.arrival_date) FILTER (WHERE visit.state = 'in_house') AS here_since
    FROM customers_guest AS guest
    LEFT JOIN customers_visit AS visit ON visit.guest_id = guest.id
    WHERE guest.business_id = %(business)s
      AND (%(guests)s::bigint[] IS NULL OR guest.id = ANY(%(guests)s::bigint[]))
    GROUP BY guest.id
), summed AS (
    INSERT INTO customers_guestsummary AS summary (
        guest_id, business_id, visits, visit_days, nights, spend, first_visit_on,
        second_visit_on, last_visit_on, next_arrival_on, cancelled_visits, no_shows,
        usual_gap_days
    )
    SELECT guest_id, business_id, visits, visit_days, nights, spend, first_visit_on,
           days[2], last_visit_on, next_arrival_on, cancelled_visits, no_shows,
           CASE WHEN visit_days >= 3 THEN (
               SELECT round(percentile_cont(0.5) WITHIN GROUP (
                   ORDER BY days[place + 1] - days[place])::numeric)
               FROM generate_series(1, visit_days - 1) AS place
           ) END
    FROM figures
    ON CONFLICT (guest_id) DO UPDATE SET
        visits = excluded.visits, visit_days = excluded.visit_days,
        nights = excluded.nights, spend = excluded.spend,
        first_visit_on = excluded.first_visit_on,
        second_visit_on = excluded.second_visit_on,
        last_visit_on = excluded.last_visit_on,
        next_arrival_on = excluded.next_arrival_on,
        cancelled_visits = excluded.cancelled_visits, no_shows = excluded.no_shows,
        usual_gap_days = excluded.usual_gap_days
), searched AS (
    -- Search tells people apart by who came last; see customers/searching/lines.py.
    UPDATE customers_searchline AS searched SET came_on = said.came_on
    FROM (
        SELECT guest_id,
               coalesce(greatest(last_visit_on, here_since), '0001-01-01') AS came_on
        FROM figures
    ) AS said
    WHERE searched.guest_id = said.guest_id AND searched.came_on <> said.came_on
)
SELECT count(*) FROM figures
"""


def refresh_summaries(business: Business, *, guest_ids: list[int] | None = None) -> int:
    """Recompute the summaries of these guests, or of all, and return how many.

    Costs one query. For a single guest call ``lock_guest`` first: two visits saved at
    once would otherwise each compute without the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REFRESH, {"business": business.pk, "guests": guest_ids})
        return int(cursor.fetchone()[0])


def lock_guest(guest_id: int) -> None:
    """Hold the guest's row until the transaction ends, so that summaries queue up."""
    Guest.objects.select_for_update(no_key=True).only("pk").get(pk=guest_id)
