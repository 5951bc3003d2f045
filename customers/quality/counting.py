"""Count how good a register is: set-based, in a few scans whatever its size.

Every figure of ``Trouble`` is also a filter of the guest list; a test holds the two
against each other.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q

from crm.core.addresses import RELAY_DOMAINS
from crm.core.clock import add_months, local_date
from crm.tenancy.models import Business
from customers.care.preferences import STALE_AFTER
from customers.models import (
    Channel,
    ContactPoint,
    Guest,
    Purpose,
    RegisterCount,
    Suppression,
)
from customers.quality.asking_rules import stale_before
from customers.quality.figures import KNOWN, RegisterFigures, Trouble
from customers.quality.left_alone import left_alone, mark_bounced

NIGHT_HOUR = 3
# Below so many guests it is counted when somebody looks.
FEW = 20_000
RECENT_MONTHS = 12

_COLUMNS = (
    "id", "given_name", "family_name", "street", "postal_code", "city", "country",
    "language", "birthday_day", "created_at",
)  # fmt: skip
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


def figures_now(business: Business, *, today: date) -> RegisterFigures:
    """Count everything. Writes nothing."""
    alone = {channel: left_alone(business, channel) for channel in Channel.values}
    guests, recent, *counts = _counted(business, today=today)
    known = {
        name: (counts[2 * place], counts[2 * place + 1])
        for place, name in enumerate(KNOWN)
    }
    return RegisterFigures(
        guests=guests,
        recent=recent,
        known=known,
        trouble=dict(zip(Trouble.values, counts[2 * len(KNOWN) :], strict=True)),
        reach={
            channel: _reach(business, channel, found.bounced, found.closed)
            for channel, found in alone.items()
        },
    )


def newest_count(business: Business) -> RegisterCount | None:
    return business.register_counts.order_by("-counted_on").first()


@transaction.atomic
def count_register(business: Business, *, now: datetime) -> RegisterCount:
    """Count and keep it for the day; also mark which addresses have bounced."""
    bounced = left_alone(business, Channel.EMAIL).bounced
    mark_bounced(business, bounced, now=now)
    today = local_date(now, business.time_zone)
    figures = figures_now(business, today=today)
    count, _is_new = RegisterCount.objects.update_or_create(
        business=business,
        counted_on=today,
        defaults={"counted_at": now, "figures": figures.as_json()},
    )
    return count


def count_due(*, now: datetime) -> int:
    """Count each register once a night, a new one at once; return how many were.

    In between, addresses that bounced are marked by the hour.
    """
    done = 0
    for business in Business.objects.order_by("pk"):
        newest = newest_count(business)
        if newest is None or _is_due(business, newest, now=now):
            count_register(business, now=now)
            done += 1
        elif _has_bounced_since(business, newest.counted_at):
            bounced = left_alone(business, Channel.EMAIL).bounced
            mark_bounced(business, bounced, now=now)
    return done


def is_small(business: Business) -> bool:
    """Return whether counting is quick enough to be done while somebody waits."""
    some = Guest.objects.filter(business=business).order_by()
    return some.values("pk")[: FEW + 1].count() <= FEW


def _is_due(business: Business, newest: RegisterCount, *, now: datetime) -> bool:
    here = now.astimezone(ZoneInfo(business.time_zone))
    return here.hour >= NIGHT_HOUR and newest.counted_on < here.date()


def _has_bounced_since(business: Business, moment: datetime) -> bool:
    since = Q(created_at__gt=moment) | Q(lifted_at__gt=moment)
    bounces = business.suppressions.filter(reason=Suppression.Reason.BOUNCED)
    return bounces.filter(since, channel=Channel.EMAIL).exists()


def _counted(business: Business, *, today: date) -> list[int]:
    known_guests, params = _known_guests(business)
    columns = [
        f"count(*) FILTER (WHERE {condition}), "
        f"count(*) FILTER (WHERE {condition} AND {_RECENT})"
        for condition in (f"({_KNOWN[name]})" for name in KNOWN)
    ] + [f"count(*) FILTER (WHERE {_TROUBLE[trouble]})" for trouble in Trouble]
    asked = _COUNT.format(
        recent=_RECENT, columns=", ".join(columns), known_guests=known_guests
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


def _reach(
    business: Business, channel: str, bounced: list[int], closed: dict[str, list[int]]
) -> dict[str, dict[str, int]]:
    known_guests, params = _known_guests(business)
    is_email = channel == Channel.EMAIL
    with connection.cursor() as cursor:
        cursor.execute(
            _REACH.format(known_guests=known_guests),
            {
                **params,
                "business": business.pk,
                "channel": channel,
                "kind": ContactPoint.Kind.EMAIL
                if is_email
                else ContactPoint.Kind.PHONE,
                "relays": relay_patterns(),
                "bounced": bounced,
                "closed": closed.get("all", []),
                "closed_survey": closed.get("survey", []),
                "closed_marketing": closed.get("marketing", []),
            },
        )
        reach: dict[str, dict[str, int]] = {purpose: {} for purpose in Purpose.values}
        for purpose, verdict, guests in cursor.fetchall():
            reach[purpose][verdict] = guests
        return reach


def relay_patterns() -> list[str]:
    """Return what an address that a booking site lends out is like, for LIKE."""
    return [
        pattern
        for domain in RELAY_DOMAINS
        for pattern in (f"%@{domain}", f"%@%.{domain}")
    ]


def _known_guests(business: Business) -> tuple[str, dict[str, Any]]:
    """Return the guests that count as a query with named parameters."""
    guests = Guest.objects.known().filter(business=business).order_by()
    sql, values = guests.values(*_COLUMNS).query.sql_with_params()
    named = {f"known_{place}": value for place, value in enumerate(values)}
    for name in named:
        sql = sql.replace("%s", f"%({name})s", 1)
    return sql, named
