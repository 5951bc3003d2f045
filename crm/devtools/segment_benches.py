"""How many guests are in a segment, against counting all guests with their summaries."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from crm.core.clock import local_date
from crm.devtools.measuring import Figure, bench, side_by_side
from crm.tenancy.models import Business
from customers.segments.asking import guests_in

TARGET = 300.0
ROUNDS = 10

_LIMIT = """
SELECT count(*) FROM customers_guest AS guest
JOIN customers_guestsummary AS summary ON summary.guest_id = guest.id
WHERE guest.business_id = %s AND summary.business_id = %s
"""

_COMPLETED = {"field": "visit.state", "is": "one_of", "value": ["completed"]}
_SUMMER = {"field": "visit.arrival", "is": "in_months", "value": [6, 7, 8]}
_LONG_AWAY = {"field": "visits.last_on", "is": "more_than_days_ago", "value": 365}
TREES: dict[str, dict[str, Any]] = {
    "few rules over summaries": {
        "all": [
            {"field": "guest.country", "is": "one_of", "value": ["SE", "DK"]},
            {"field": "visits.count", "is": "at_least", "value": 2},
            _LONG_AWAY,
        ]
    },
    "one visit that fits": {"visit": {"all": [_COMPLETED, _SUMMER]}, "at_least": 1},
    "three visits that fit": {"visit": {"all": [_COMPLETED, _SUMMER]}, "at_least": 3},
    "news reaches them by email": {
        "all": [{"field": "reach.marketing_email", "is": "yes"}, _LONG_AWAY]
    },
    "away longer than usual, or VIP": {
        "any": [
            {
                "field": "visits.silence",
                "is": "one_of",
                "value": ["slipping", "lapsed"],
            },
            {"field": "guest.vip", "is": "yes"},
        ]
    },
}


@bench("segments")
def measure_segments(slug: str) -> Iterator[Figure]:
    business = Business.objects.get(slug=slug)
    today = local_date(timezone.now(), business.time_zone)
    for name, rules in TREES.items():
        times, limit = side_by_side(
            guests_in(business, rules, today=today).count,
            partial(_count_all, business),
            rounds=ROUNDS,
        )
        yield Figure(name, times, "count of all guests", limit, target=TARGET)


def _count_all(business: Business) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_LIMIT, [business.pk, business.pk])
        cursor.fetchone()
