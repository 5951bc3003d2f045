"""Count how good a register is: set-based, in a few scans whatever its size.

Every figure of ``Trouble`` is also a filter of the guest list; a test holds the two
against each other.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from crm.core.clock import local_date
from crm.tenancy.models import Business
from customers.models import (
    Channel,
    Guest,
    RegisterCount,
    Suppression,
)
from customers.quality.fact_counts import fact_counts
from customers.quality.figures import KNOWN, RegisterFigures, Trouble
from customers.quality.left_alone import left_alone, mark_bounced
from customers.quality.reach_counts import reach_counts

NIGHT_HOUR = 3
# Below so many guests it is counted when somebody looks.
FEW = 20_000


def figures_now(business: Business, *, today: date) -> RegisterFigures:
    """Count everything. Writes nothing."""
    alone = {channel: left_alone(business, channel) for channel in Channel.values}
    guests, recent, *counts = fact_counts(business, today=today)
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
            channel: reach_counts(business, channel, found)
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
