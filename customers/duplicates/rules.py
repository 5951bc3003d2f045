"""From which score on guests are one, as each house has set it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.tenancy.models import Business
from customers.models import DuplicateRules

_CHANGEABLE = ("certain_from", "review_from", "merges_by_itself")


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """What a manager set."""

    certain_from: int
    review_from: int
    merges_by_itself: bool


def rules_of(business: Business) -> DuplicateRules:
    """Return the house's rules; unsaved ones as long as nobody has set any."""
    row = DuplicateRules.objects.filter(business=business).first()
    return row or DuplicateRules(business=business)


@transaction.atomic
def set_rules(
    business: Business, choice: RuleChoice, *, actor: User, now: datetime
) -> list[str]:
    """Change the rules and return the names of what changed."""
    DuplicateRules.objects.get_or_create(business=business)
    rules = DuplicateRules.objects.select_for_update().get(business=business)
    changed = [
        name for name in _CHANGEABLE if getattr(rules, name) != getattr(choice, name)
    ]
    if changed:
        for name in changed:
            setattr(rules, name, getattr(choice, name))
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


def how_many_guests(business: Business) -> int:
    """Return about how many guests there are, without counting a large register."""
    rules = rules_of(business)
    return rules.guests or business.guests.known().count()


def note_all_looked_at(business: Business, *, guests: int, now: datetime) -> None:
    """Write down that everybody has been looked through."""
    DuplicateRules.objects.update_or_create(
        business=business, defaults={"guests": guests, "looked_at": now}
    )
