"""The address has said yes: the sign-up becomes a guest's, and the yes counts."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from crm.audit.events import record_event
from crm.core.addresses import is_relay_address
from crm.core.signing import address_hash
from customers.consent import record_consent
from customers.duplicates.pairs import note_pair
from customers.guests import GuestFacts, amend_guest, create_guest, full_name
from customers.holding import hold_living
from customers.models import (
    Channel,
    ConsentEvent,
    DuplicatePair,
    Guest,
    SignUp,
)
from customers.people.guest_values import facts_from, values_of
from customers.sign_up.same_person import known_by_address
from customers.signals import sign_up_confirmed
from customers.suppressions import reopen


class SignUpIsOver(Exception):
    """Nobody confirmed in time, or somebody said that it was not them."""


@transaction.atomic
def confirm_sign_up(sign_up: SignUp, *, now: datetime) -> Guest:
    """Make a guest of who signed up, or find the one they are; write down their yes.

    Confirming twice changes nothing. Raise SignUpIsOver when it is gone.
    """
    _wait_for_others_at(sign_up.email)
    held = SignUp.objects.select_for_update(of=("self",)).select_related(
        "business", "page__venue", "guest"
    )
    row = held.filter(pk=sign_up.pk).first()
    if row and row.guest:
        return row.guest
    if row is None or row.expires_at <= now:
        raise SignUpIsOver
    known = known_by_address(row)
    same = _held(known.same)
    guest = _amended(same, row, now=now) if same else _new(row, now=now)
    for other in [] if same else known.others:
        reason = DuplicatePair.NotedFor.SIGN_UP
        note_pair(row.business, guest, other, reason=reason, now=now)
    _note_yes(row, guest, now=now)
    _close(row, guest, is_new=same is None, now=now)
    return guest


def _held(guest: Guest | None) -> Guest | None:
    """Return who is written to: they may have been made one with another, or forgotten."""
    held = hold_living(guest) if guest else None
    return None if held is None or held.is_erased else held


def _wait_for_others_at(email: str) -> None:
    """Let one sign-up of an address be confirmed at a time: they may make one guest."""
    key = int.from_bytes(address_hash("email", email)[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _new(sign_up: SignUp, *, now: datetime) -> Guest:
    name = full_name(sign_up.given_name, sign_up.family_name)
    with translation.override(sign_up.business.language):
        venue = sign_up.page.venue.name
        source = _("Signed up at %(venue)s") % {"venue": venue}
    facts = GuestFacts(
        display_name=name,
        given_name=sign_up.given_name,
        family_name=sign_up.family_name,
        emails=(sign_up.email,),
        phones=(sign_up.phone,) if sign_up.phone else (),
        language=sign_up.language,
        birthday_month=sign_up.birthday_month,
        birthday_day=sign_up.birthday_day,
        source=source[:40],
    )
    return create_guest(business=sign_up.business, facts=facts, actor=None, now=now)


def _amended(guest: Guest, sign_up: SignUp, *, now: datetime) -> Guest:
    """Fill in what was not known. What the house knows already stays as it is."""
    values = values_of(guest)
    birthday = {
        "birthday_day": sign_up.birthday_day,
        "birthday_month": sign_up.birthday_month,
    }
    if sign_up.birthday_day and not any(values["birthday"].values()):
        values["birthday"] = birthday
    if is_relay_address(values["emails"][0]):
        # What a booking site hands out ends; this is the guest's own.
        others = [email for email in values["emails"] if email != sign_up.email]
        values["emails"] = [sign_up.email, *others]
    if sign_up.phone and sign_up.phone not in values["phones"]:
        values["phones"] = [*values["phones"], sign_up.phone]
    values["language"] = values["language"] or sign_up.language
    values["display_name"] = values["display_name"] or guest.display_name
    facts = facts_from(values, guest=guest, typed={})
    amend_guest(guest, facts=facts, actor=None, now=now)
    return guest


def _note_yes(sign_up: SignUp, guest: Guest, *, now: datetime) -> None:
    wordings = sign_up.business.consent_wordings.in_bulk(sign_up.agreed.values())
    for purpose, wording_id in sorted(sign_up.agreed.items()):
        record_consent(
            guest,
            purpose=purpose,
            channel=Channel.EMAIL,
            is_granted=True,
            source=ConsentEvent.Source.SIGN_UP,
            wording=wordings[wording_id],
            evidence=(
                f"sign-up {sign_up.uuid}, shown in {sign_up.language}, "
                f"asked {sign_up.asked_at:%Y-%m-%d %H:%M} UTC, confirmed by email"
            ),
            now=now,
        )
        reopen(
            business=sign_up.business,
            channel=Channel.EMAIL,
            fingerprint=address_hash("email", sign_up.email),
            purpose=purpose,
            now=now,
        )


def _close(sign_up: SignUp, guest: Guest, *, is_new: bool, now: datetime) -> None:
    """Say whose it is. What was typed is the guest's now and goes from here."""
    personal = ("given_name", "family_name", "email", "phone")
    for name in personal:
        setattr(sign_up, name, "")
    sign_up.birthday_day = sign_up.birthday_month = None
    sign_up.guest, sign_up.is_new_guest = guest, is_new
    sign_up.confirmed_at = now
    sign_up.save(
        update_fields=[
            *personal, "birthday_day", "birthday_month", "guest", "is_new_guest",
            "confirmed_at",
        ]
    )  # fmt: skip
    record_event(
        business=sign_up.business,
        actor=None,
        action="signed_up",
        subject=guest,
        now=now,
    )
    sign_up_confirmed.send(sender=SignUp, sign_up=sign_up, now=now)
