"""Of how many guests something is known, and of how many something is amiss: one scan."""

from datetime import date

from django.db import connection

from crm.core.clock import add_months
from crm.tenancy.models import Business
from customers.care.preferences import STALE_AFTER
from customers.quality.asking_rules import stale_before
from customers.quality.figures import KNOWN, Trouble
from customers.quality.who_counts import known_guests, relay_patterns

RECENT_MONTHS = 12

_KNOWN = {
    "name": "guest.given_name <> '' AND guest.family_name <> ''",
    "email": "coalesce(point.email, false)",
    "phone": "coalesce(point.phone, false)",
    "address": "guest.street <> '' AND (guest.postal_code <> '' OR guest.city <> '')",
    "country": "guest.country <> ''",
    "language": "guest.language <> ''",
    "birthday": "guest.birthday_day IS NOT NULL",
    "wishes": "wish.oldest IS NOT NULL",
}
_TROUBLE = {
    Trouble.BOUNCED: "coalesce(point.bounced, false)",
    Trouble.UNREACHABLE: "point.guest_id IS NULL",
    Trouble.RELAY: "coalesce(point.relay, false)",
    Trouble.OLD_ADDRESS: (
        f"({_KNOWN['address']}) "
        "AND coalesce(sure.checked_at, guest.created_at) < %(stale)s"
    ),
    Trouble.OLD_WISHES: "coalesce(wish.oldest < %(stale_wish)s, false)",
}
_RECENT = "(summary.last_visit_on >= %(recent)s OR summary.next_arrival_on IS NOT NULL)"

_COUNT = """
WITH point AS (
    SELECT guest_id, bool_or(kind = 'email') AS email, bool_or(kind = 'phone') AS phone,
           bool_or(kind = 'email' AND is_primary AND bounced_at IS NOT NULL)
               AS bounced,
           bool_or(kind = 'email' AND is_primary AND normalized LIKE ANY(%(relays)s))
               AS relay
    FROM customers_contactpoint WHERE business_id = %(business)s GROUP BY guest_id
), wish AS (
    SELECT guest_id, min(confirmed_on) AS oldest FROM customers_preference
    WHERE business_id = %(business)s AND ended_at IS NULL GROUP BY guest_id
), sure AS (
    SELECT guest_id, checked_at FROM customers_factcheck
    WHERE business_id = %(business)s AND fact = 'address' AND outcome <> 'declined'
)
SELECT count(*), count(*) FILTER (WHERE {recent}), {columns}
FROM ({known_guests}) AS guest
LEFT JOIN customers_guestsummary AS summary ON summary.guest_id = guest.id
LEFT JOIN point ON point.guest_id = guest.id
LEFT JOIN wish ON wish.guest_id = guest.id
LEFT JOIN sure ON sure.guest_id = guest.id
"""


def fact_counts(business: Business, *, today: date) -> list[int]:
    guests, params = known_guests(business)
    columns = [
        f"count(*) FILTER (WHERE {condition}), "
        f"count(*) FILTER (WHERE {condition} AND {_RECENT})"
        for condition in (f"({_KNOWN[name]})" for name in KNOWN)
    ] + [f"count(*) FILTER (WHERE {_TROUBLE[trouble]})" for trouble in Trouble]
    asked = _COUNT.format(
        recent=_RECENT, columns=", ".join(columns), known_guests=guests
    )
    with connection.cursor() as cursor:
        cursor.execute(
            asked,
            {
                **params,
                "business": business.pk,
                "relays": relay_patterns(),
                "recent": add_months(today, -RECENT_MONTHS),
                "stale": stale_before(business, today=today),
                "stale_wish": today - STALE_AFTER,
            },
        )
        return list(cursor.fetchone() or ())
