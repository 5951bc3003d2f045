"""What a house asks its guests, and how often."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.clock import add_months, day_bounds
from crm.tenancy.models import Business
from customers.models import AskingRules


def rules_of(business: Business) -> AskingRules:
    """Return what the house asks; until it chooses, what is usual."""
    return business.asking_rules.first() or AskingRules(business=business)


def stale_before(
    business: Business, *, today: date, rules: AskingRules | None = None
) -> datetime:
    """Return the instant before which an address is too old to be trusted."""
    months = (rules or rules_of(business)).stale_after_months
    return day_bounds(add_months(today, -months), business.time_zone)[0]


@transaction.atomic
def change_rules(
    business: Business, typed: Mapping[str, Any], *, actor: User, now: datetime
) -> list[str]:
    """Ask from now on what was chosen; return the names of what changed."""
    rules, _is_new = AskingRules.objects.get_or_create(business=business)
    changed = [name for name, value in typed.items() if getattr(rules, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(rules, name, typed[name])
    rules.save(update_fields=changed)
    record_event(
        business=business,
        actor=actor,
        action="amended",
        subject=rules,
        fields=changed,
        now=now,
    )
    return changed
