"""Take down what a guest answers to a question: told, still so, or not to be said."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from customers.edited_at_once import Values
from customers.holding import hold_guest
from customers.models import Fact, FactCheck, Guest
from customers.people.guest_edits import amend_beside_others
from customers.people.guest_values import typed_of, values_of
from customers.quality.checking import note_checks
from customers.quality.fact_form import FactForm

Outcome = FactCheck.Outcome

# What the log calls a fact: a field of the guest.
_FIELD_OF = {
    Fact.NAME: "given_name",
    Fact.EMAIL: "emails",
    Fact.PHONE: "phones",
    Fact.ADDRESS: "street",
    Fact.BIRTHDAY: "birthday_day",
    Fact.LANGUAGE: "language",
}


@transaction.atomic
def take_told(
    guest: Guest,
    forms: Sequence[FactForm],
    *,
    actor: User | None,
    now: datetime,
    is_by_guest: bool = False,
) -> list[str]:
    """Write down what was told in valid forms; return the names of what changed.

    What was emptied is not asked for again. Raise GuestIsForgotten when there is nobody
    any more.
    """
    hold_guest(guest)
    guest.refresh_from_db()
    mine: Values = {}
    typed = typed_of(guest)
    held = values_of(guest)
    for form in forms:
        form.held = held
        mine |= form.values()
        typed |= form.typed
    outcome = amend_beside_others(
        guest,
        mine=mine,
        typed=typed,
        beginning=None,
        choices={},
        actor=actor,
        now=now,
    )
    for form in forms:
        note_checks(
            guest,
            [form.fact],
            Outcome.DECLINED if form.is_empty else Outcome.TOLD,
            actor=actor,
            now=now,
            is_by_guest=is_by_guest,
        )
    return outcome.changed


def note_same(guest: Guest, fact: Fact, *, actor: User, now: datetime) -> None:
    """Note that the guest says it is still so."""
    _note(guest, fact, Outcome.SAME, "confirmed", actor=actor, now=now)


def note_declined(guest: Guest, fact: Fact, *, actor: User, now: datetime) -> None:
    """Note that the guest does not want to say: they are not asked again."""
    _note(guest, fact, Outcome.DECLINED, "declined", actor=actor, now=now)


@transaction.atomic
def ask_again(guest: Guest, fact: Fact, *, actor: User, now: datetime) -> bool:
    """Take back that the guest does not want to say; return whether they had."""
    hold_guest(guest)
    declined = guest.fact_checks.filter(fact=fact, outcome=Outcome.DECLINED)
    if not declined.delete()[0]:
        return False
    _record(guest, fact, "resumed", actor=actor, now=now)
    return True


@transaction.atomic
def _note(
    guest: Guest, fact: Fact, outcome: str, action: str, *, actor: User, now: datetime
) -> None:
    hold_guest(guest)
    note_checks(guest, [fact], outcome, actor=actor, now=now)
    _record(guest, fact, action, actor=actor, now=now)


def _record(
    guest: Guest, fact: Fact, action: str, *, actor: User, now: datetime
) -> None:
    record_event(
        business=guest.business,
        actor=actor,
        action=action,
        subject=guest,
        fields=[_FIELD_OF[fact]] if fact in _FIELD_OF else [],
        now=now,
    )
