"""Note when a guest was last asked for something, and what came of it."""

from collections.abc import Iterable
from datetime import datetime

from crm.accounts.models import User
from customers.models import Fact, FactCheck, Guest

Outcome = FactCheck.Outcome

# Which fact a changed field of a guest belongs to.
FACT_OF = {
    "given_name": Fact.NAME,
    "family_name": Fact.NAME,
    "emails": Fact.EMAIL,
    "phones": Fact.PHONE,
    "street": Fact.ADDRESS,
    "postal_code": Fact.ADDRESS,
    "city": Fact.ADDRESS,
    "birthday_day": Fact.BIRTHDAY,
    "birthday_month": Fact.BIRTHDAY,
    "language": Fact.LANGUAGE,
}


def note_checks(
    guest: Guest,
    facts: Iterable[str],
    outcome: str,
    *,
    actor: User | None,
    now: datetime,
    is_by_guest: bool = False,
) -> None:
    """Note that ``facts`` were asked for just now. Only the newest is kept of each."""
    rows = [
        FactCheck(
            business_id=guest.business_id,
            guest=guest,
            fact=fact,
            outcome=outcome,
            is_by_guest=is_by_guest,
            checked_by=actor,
            checked_at=now,
        )
        for fact in sorted(set(facts))
    ]
    FactCheck.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["guest", "fact"],
        update_fields=["outcome", "is_by_guest", "checked_by", "checked_at"],
    )


def note_changed(
    guest: Guest, changed: Iterable[str], *, actor: User | None, now: datetime
) -> None:
    """Note that somebody has just put fields of a guest right, by their names."""
    facts = {FACT_OF[name] for name in changed if name in FACT_OF}
    if facts:
        note_checks(guest, facts, Outcome.TOLD, actor=actor, now=now)
