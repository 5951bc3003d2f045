"""What guests are to get: promised, kept or not kept.

What is due on a visit is read in ``customers/care/dues.py`` and written down when the guest
comes in ``customers/care/writing_down.py``; wishes are in ``customers/care/preferences.py``. Every
writer locks the guest first and then the visit.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.tenancy.models import Staff
from customers.care.dues import CALLED_OFF, WAITING, Due, due_for
from customers.care.writing_down import (
    end_what_was_once,
    let_wait_again,
    resume_what_was_once,
    row_of,
)
from customers.holding import hold_guest, hold_visit
from customers.models import Guest, Promise, Visit

__all__ = [
    "CannotBeSettled",
    "Due",
    "PromiseFacts",
    "change_promise",
    "due_for",
    "promise",
    "settle",
    "take_back_promise",
    "unsettle",
]

Kind, Outcome = Promise.Kind, Promise.Outcome


class CannotBeSettled(Exception):
    """It is no longer promised, or not on this visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseFacts:
    """What somebody promises. ``cost`` in minor units."""

    text: str
    kind: str = Kind.PROMISE
    cost: int = 0
    responsible: Staff | None = None


COLUMNS = tuple(field.name for field in fields(PromiseFacts))
_SETTLED = ("visit", "was_waiting", "outcome", "reason", "settled_by", "settled_at")


@transaction.atomic
def promise(
    guest: Guest,
    facts: PromiseFacts,
    *,
    visit: Visit | None,
    actor: User | None,
    now: datetime,
) -> Promise:
    """Promise something, for a visit or for the next arrival.

    The same words twice within one visit are one promise, so that a form sent twice is
    no harm. Raise GuestIsForgotten when there is nobody any more.
    """
    hold_guest(guest)
    same = guest.promises.filter(
        visit=visit, kind=facts.kind, text=facts.text, outcome=Outcome.OPEN
    ).first()
    if same is not None:
        return same
    row = Promise(
        business=guest.business, guest=guest, visit=visit, made_by=actor, made_at=now
    )
    _apply(row, facts)
    row.validate_constraints()
    row.save()
    _record(row, "created", actor=actor, now=now)
    return row


@transaction.atomic
def change_promise(
    row: Promise, facts: PromiseFacts, *, actor: User | None, now: datetime
) -> list[str]:
    """Put an open promise right; return the names of what changed."""
    row = _held(row)
    changed = [name for name in COLUMNS if getattr(row, name) != getattr(facts, name)]
    if not changed or not row.is_open:
        return []
    _apply(row, facts)
    row.validate_constraints()
    row.save(update_fields=COLUMNS)
    _record(row, "amended", actor=actor, now=now, changed=changed)
    return changed


@transaction.atomic
def take_back_promise(row: Promise, *, actor: User | None, now: datetime) -> bool:
    """Remove a promise that is still open; return whether it was there to remove."""
    hold_guest(row.guest)
    removed, _rows = row.guest.promises.filter(pk=row.pk, outcome=Outcome.OPEN).delete()
    if removed:
        _record(row, "removed", actor=actor, now=now)
    return bool(removed)


@transaction.atomic
def settle(
    visit: Visit,
    due: UUID,
    *,
    outcome: str,
    reason: str = "",
    actor: User | None,
    now: datetime,
) -> Promise:
    """Say that something due on a visit was kept or not, and return its row.

    ``due`` is the uuid of the promise or of the wish; what has no row yet gets one.
    What is settled already stays as it is: the first word counts until it is taken
    back. Raise CannotBeSettled for what is not due here any more.
    """
    visit = hold_visit(visit)
    if visit.state in CALLED_OFF:
        raise CannotBeSettled(_("They did not come, so nothing is due."))
    row = _row_for(visit, due, now=now)
    if not row.is_open:
        return row
    if row.visit_id != visit.pk:
        row.visit, row.was_waiting = visit, True
    row.outcome, row.settled_by, row.settled_at = outcome, actor, now
    row.reason = reason if outcome == Outcome.NOT_KEPT else ""
    # A wish without a row gets it now, as it is settled.
    row.save(update_fields=_SETTLED if row.pk else None)
    end_what_was_once(visit)
    _record(row, outcome, actor=actor, now=now)
    return row


@transaction.atomic
def unsettle(
    visit: Visit, due: UUID, *, actor: User | None, now: datetime
) -> Promise | None:
    """Take back what was said; return the row that is open again, if there is one.

    A wish on a visit that has not begun is not written down any more, and what waited
    for an arrival waits again.
    """
    visit = hold_visit(visit)
    row = _existing_row(visit, due)
    if row is None or row.is_open:
        return None
    resume_what_was_once(visit, only=row)
    row.outcome, row.settled_by, row.settled_at = Outcome.OPEN, None, None
    row.reason = ""
    row.save(update_fields=_SETTLED)
    _record(row, "reopened", actor=actor, now=now)
    if visit.is_booked and row.preference_id:
        row.delete()
        return None
    if visit.is_booked:
        let_wait_again(visit.promises.filter(pk=row.pk))
        row.refresh_from_db()
    return row


def _existing_row(visit: Visit, due: UUID) -> Promise | None:
    rows = visit.promises.select_related("preference")
    return rows.filter(uuid=due).first() or rows.filter(preference__uuid=due).first()


def _row_for(visit: Visit, due: UUID, *, now: datetime) -> Promise:
    row = (
        _existing_row(visit, due)
        or visit.guest.promises.filter(WAITING, uuid=due).first()
    )
    if row is not None:
        return row
    wish = (
        visit.guest.preferences.select_related("kind")
        .filter(uuid=due, ended_at=None)
        .first()
    )
    if wish is None:
        raise CannotBeSettled(_("That is no longer promised."))
    return row_of(visit, wish, now=now)


def _held(row: Promise) -> Promise:
    hold_guest(row.guest)
    return Promise.objects.select_related("guest__business", "responsible").get(
        pk=row.pk
    )


def _apply(row: Promise, facts: PromiseFacts) -> None:
    for name in COLUMNS:
        setattr(row, name, getattr(facts, name))


def _record(
    row: Promise,
    action: str,
    *,
    actor: User | None,
    now: datetime,
    changed: list[str] | None = None,
) -> None:
    record_event(
        business=row.business,
        actor=actor,
        action=action,
        subject=row,
        fields=changed or [],
        now=now,
    )
