"""A guest wishes to be written to at another address.

It counts when the new address has said yes. The old one is told then, and whoever reads
there can say that it was not them: the old address is used again, and every link to the
guest's details is closed.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from crm.audit.events import record_event
from crm.core.addresses import normalize_email
from crm.core.signing import read_public_token
from customers.guests import contact_points_of
from customers.holding import hold_guest
from customers.models import ContactPoint, EmailChange, Fact, FactCheck, Guest
from customers.people.guest_edits import amend_beside_others
from customers.people.guest_values import typed_of
from customers.quality.checking import note_checks
from customers.signals import email_change_asked, email_changed

# What the tokens in the two mails are sealed for.
NEW, OLD = "new_email", "old_email"
CONFIRM_WITHIN = timedelta(days=7)
# So long the old address can say that it was not them; then it is forgotten.
REFUSE_WITHIN = timedelta(days=30)
MOST_A_DAY = 3


class TooManyChanges(Exception):
    """There have been enough wishes for a day. The words are for the guest."""


class ChangeIsOver(Exception):
    """The wish can no longer be confirmed, or no longer be refused."""


@transaction.atomic
def ask_for_email(
    guest: Guest, typed: str, *, language: str, now: datetime
) -> EmailChange:
    """Ask the address ``typed`` whether it is the guest's. A newer wish replaces an older.

    Raise InvalidEmail, TooManyChanges or GuestIsForgotten.
    """
    normalize_email(typed)
    hold_guest(guest)
    lately = guest.email_changes.filter(asked_at__gt=now - timedelta(days=1))
    if lately.count() >= MOST_A_DAY:
        raise TooManyChanges(
            _("You have changed the address often today. Please try again tomorrow.")
        )
    waiting = guest.email_changes.filter(confirmed_at=None, refused_at=None)
    waiting.filter(expires_at__gt=now).update(refused_at=now)
    held = contact_points_of(guest, ContactPoint.Kind.EMAIL)
    change = EmailChange.objects.create(
        business=guest.business,
        guest=guest,
        old_address=held[0].raw if held else "",
        new_address=typed.strip(),
        language=language,
        asked_at=now,
        expires_at=now + CONFIRM_WITHIN,
    )
    email_change_asked.send(sender=EmailChange, change=change, now=now)
    return change


def change_of_token(token: str, purpose: str) -> EmailChange | None:
    """Return the wish that a link is about; None when there is none, or nobody."""
    uuid: UUID | None = read_public_token(purpose, token)
    if uuid is None:
        return None
    changes = EmailChange.objects.select_related("guest__business", "guest__company")
    return changes.filter(uuid=uuid, guest__in=Guest.objects.known()).first()


def may_confirm(change: EmailChange, *, now: datetime) -> bool:
    return change.refused_at is None and (
        change.confirmed_at is not None or now < change.expires_at
    )


def may_refuse(change: EmailChange, *, now: datetime) -> bool:
    told_at = change.confirmed_at or change.asked_at
    return change.refused_at is None and now < told_at + REFUSE_WITHIN


@transaction.atomic
def confirm_email(change: EmailChange, *, now: datetime) -> None:
    """Use the new address from now on, in place of the old one; tell the old one.

    Saying yes twice changes nothing. Raise ChangeIsOver or GuestIsForgotten.
    """
    change = _held(change)
    if not may_confirm(change, now=now):
        raise ChangeIsOver
    if change.confirmed_at:
        return
    _replace(change, gone=change.old_address, first=change.new_address, now=now)
    change.confirmed_at = now
    change.save(update_fields=["confirmed_at"])
    note_checks(
        change.guest,
        [Fact.EMAIL],
        FactCheck.Outcome.TOLD,
        actor=None,
        now=now,
        is_by_guest=True,
    )
    email_changed.send(sender=EmailChange, change=change, now=now)


@transaction.atomic
def refuse_email(change: EmailChange, *, now: datetime) -> None:
    """It was not the guest: use the old address again, and close every open link.

    Saying so twice changes nothing. Raise ChangeIsOver or GuestIsForgotten.
    """
    change = _held(change)
    if change.refused_at:
        return
    if not may_refuse(change, now=now):
        raise ChangeIsOver
    if change.confirmed_at:
        _replace(change, gone=change.new_address, first=change.old_address, now=now)
    guest = change.guest
    guest.email_changes.filter(refused_at=None, asked_at__gte=change.asked_at).update(
        refused_at=now
    )
    guest.details_links.filter(closed_at=None).update(closed_at=now)
    record_event(
        business=guest.business,
        actor=None,
        action="refused_change",
        subject=guest,
        fields=["emails"],
        now=now,
    )


def forget_old_changes(*, now: datetime) -> int:
    """Delete wishes whose time to be refused is over, and links that ended long ago."""
    told_at = Coalesce("confirmed_at", "asked_at")
    old = EmailChange.objects.alias(told_at=told_at)
    return old.filter(told_at__lt=now - REFUSE_WITHIN).delete()[0]


def _held(change: EmailChange) -> EmailChange:
    hold_guest(change.guest)
    return EmailChange.objects.select_related("guest__business", "guest__company").get(
        pk=change.pk
    )


def _replace(change: EmailChange, *, gone: str, first: str, now: datetime) -> None:
    guest = change.guest
    leaving = normalize_email(gone) if gone else ""
    coming = normalize_email(first) if first else ""
    held = contact_points_of(guest, ContactPoint.Kind.EMAIL)
    others = [one.normalized for one in held if one.normalized != leaving]
    wanted = list(dict.fromkeys([*([coming] if coming else []), *others]))
    amend_beside_others(
        guest,
        mine={"emails": wanted},
        typed={**typed_of(guest), coming: first},
        beginning=None,
        choices={},
        actor=None,
        now=now,
    )
