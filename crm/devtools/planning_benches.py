"""What it costs to plan a day's messages, and a tick with nothing to plan."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from crm.devtools.measuring import Figure, bench, side_by_side
from crm.tenancy.models import Business
from outreach.automations.planning import plan_due, plan_missing
from outreach.automations.ready import READY, create_ready_automation

# As many as a house of some ambition has.
_HOW_MANY = 12


class _Undo(Exception):
    """Leaves the house as it was."""


@bench("planning")
def measure_planning(slug: str) -> Iterator[Figure]:
    business = Business.objects.get(slug=slug)
    try:
        with transaction.atomic():
            yield from _figures(business)
            raise _Undo
    except _Undo:
        return


def _figures(business: Business) -> Iterator[Figure]:
    now = timezone.now()
    _switch_on(business)
    for name, act, rounds, target in (
        ("a day of 12 automations", partial(_plan_anew, business), 2, 60_000),
        ("a tick with nothing to plan", partial(_tick, business, now), 60, 20),
    ):
        times, limit = side_by_side(act, _ask_nothing, rounds=rounds)
        yield Figure(name, times, "SELECT 1", limit, target=target)


def _switch_on(business: Business) -> None:
    business.automations.all().update(is_active=False)
    now = timezone.now()
    keys = [ready.key for ready in READY]
    for key in [*keys, *keys][:_HOW_MANY]:
        automation = create_ready_automation(business, key, now=now)
        automation.is_active = True
        automation.activated_at = now.replace(year=now.year - 1)
        automation.save(update_fields=["is_active", "activated_at"])


def _plan_anew(business: Business) -> None:
    """Plan today's as if nothing had been planned yet."""
    business.messages.filter(automation__is_active=True).delete()
    business.automations.filter(is_active=True).update(planned_on=None)
    plan_due(now=timezone.now(), business=business)


def _tick(business: Business, now: datetime) -> None:
    plan_missing(now=now)
    plan_due(now=now, business=business)


def _ask_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
