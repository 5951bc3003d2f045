"""How many guests may be written to by a channel, about what, and why others not."""

from django.db import connection

from crm.tenancy.models import Business
from customers.models import Channel, ContactPoint, Purpose
from customers.quality.left_alone import LeftAlone
from customers.quality.who_counts import known_guests, relay_patterns

_REACH = """
WITH said AS (
    SELECT DISTINCT ON (event.guest_id, event.purpose)
           event.guest_id, event.purpose, event.is_granted,
           event.basis <> 'soft_opt_in'
               OR coalesce(sale.state = 'completed' AND sale.spend > 0, false) AS has_sale
    FROM customers_consentevent AS event
    LEFT JOIN customers_visit AS sale ON sale.id = event.sale_visit_id
    WHERE event.business_id = %(business)s AND event.channel = %(channel)s
    ORDER BY event.guest_id, event.purpose, event.at DESC, event.id DESC
), point AS (
    SELECT id, guest_id, normalized FROM customers_contactpoint
    WHERE business_id = %(business)s AND kind = %(kind)s AND is_primary
)
SELECT about.purpose, CASE
    WHEN point.id IS NULL THEN 'no_address'
    WHEN about.is_asked_for AND %(channel)s = 'email'
         AND point.normalized LIKE ANY(%(relays)s) THEN 'relay'
    WHEN point.id = ANY(%(closed)s)
         OR about.purpose = 'survey' AND point.id = ANY(%(closed_survey)s)
         OR about.purpose = 'marketing' AND point.id = ANY(%(closed_marketing)s)
    THEN CASE WHEN point.id = ANY(%(bounced)s) THEN 'bounced' ELSE 'left_alone' END
    WHEN said.guest_id IS NULL AND about.is_asked_for THEN 'never_asked'
    WHEN NOT said.is_granted THEN 'said_no'
    WHEN about.is_asked_for AND NOT said.has_sale THEN 'no_sale'
    ELSE 'open' END AS verdict, count(*)
FROM ({known_guests}) AS guest
CROSS JOIN (VALUES ('service', false), ('survey', true), ('marketing', true))
    AS about (purpose, is_asked_for)
LEFT JOIN point ON point.guest_id = guest.id
LEFT JOIN said ON said.guest_id = guest.id AND said.purpose = about.purpose
GROUP BY 1, 2
"""


def reach_counts(
    business: Business, channel: str, alone: LeftAlone
) -> dict[str, dict[str, int]]:
    guests, params = known_guests(business)
    is_email = channel == Channel.EMAIL
    with connection.cursor() as cursor:
        cursor.execute(
            _REACH.format(known_guests=guests),
            {
                **params,
                "business": business.pk,
                "channel": channel,
                "kind": ContactPoint.Kind.EMAIL
                if is_email
                else ContactPoint.Kind.PHONE,
                "relays": relay_patterns(),
                "bounced": alone.bounced,
                "closed": alone.closed.get("all", []),
                "closed_survey": alone.closed.get("survey", []),
                "closed_marketing": alone.closed.get("marketing", []),
            },
        )
        reach: dict[str, dict[str, int]] = {purpose: {} for purpose in Purpose.values}
        for purpose, verdict, guests in cursor.fetchall():
            reach[purpose][verdict] = guests
        return reach
