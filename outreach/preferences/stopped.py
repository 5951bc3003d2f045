"""Addresses that are left alone: look one up, close one by hand, open one again.

Only the fingerprint of an address is kept, so that a stop outlives the guest. Nothing
is deleted: what was opened again stays as history.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.addresses import InvalidEmail, normalize_email
from crm.core.phones import InvalidPhone, normalize_phone
from crm.core.signing import address_hash
from crm.tenancy.models import Business
from customers.models import Channel, Guest, Suppression
from customers.suppressions import suppress
from outreach.models import Message


class Why(TextChoices):
    """Why an address is written to again."""

    ASKED = "asked", gettext_lazy("The guest asked for it.")
    WORKS = "works", gettext_lazy("The address works again.")
    MISTAKE = "mistake", gettext_lazy("It was closed by mistake.")


class UnreadableAddress(ValueError):
    """The text is neither an email address nor a phone number."""


class NotClosed(Exception):
    """The address has been opened again already."""


def read_address(business: Business, typed: str) -> tuple[str, bytes]:
    """Return channel and fingerprint of an address as somebody typed it."""
    try:
        if "@" in typed:
            email = normalize_email(typed)
            return Channel.EMAIL.value, address_hash(Channel.EMAIL, email)
        number = normalize_phone(typed, country=business.country)
        return Channel.SMS.value, address_hash(Channel.SMS, number)
    except (InvalidEmail, InvalidPhone) as problem:
        raise UnreadableAddress(
            _("This is neither an email address nor a phone number.")
        ) from problem


@transaction.atomic
def close_by_hand(
    business: Business, typed: str, *, scope: str, actor: User, now: datetime
) -> Suppression:
    """Leave an address alone because staff say so. Saying it twice changes nothing."""
    channel, fingerprint = read_address(business, typed)
    suppress(
        business=business,
        channel=channel,
        fingerprint=fingerprint,
        scope=scope,
        reason=Suppression.Reason.MANUAL,
        now=now,
    )
    closed = business.suppressions.get(
        channel=channel, address_hash=fingerprint, scope=scope, lifted_at=None
    )
    if closed.created_at == now:
        record_event(
            business=business, actor=actor, action="closed", subject=closed, now=now
        )
    return closed


@transaction.atomic
def open_again(
    suppression: Suppression, *, why: str, actor: User, now: datetime
) -> None:
    """Write to the address again, as far as its owner has said yes.

    Raise NotClosed when somebody else was first.
    """
    is_opened = Suppression.objects.filter(pk=suppression.pk, lifted_at=None).update(
        lifted_at=now, lifted_by=actor
    )
    if not is_opened:
        raise NotClosed(_("It is open again already."))
    record_event(
        business=suppression.business,
        actor=actor,
        action="reopened",
        subject=suppression,
        fields=[why],
        now=now,
    )


def stops_of(guest: Guest) -> list[tuple[str, Suppression]]:
    """Return what is closed at the guest's addresses, each with the address."""
    points = {point.fingerprint: point for point in guest.contact_points.all()}
    rows = guest.business.suppressions.filter(
        address_hash__in=list(points), lifted_at=None
    ).order_by("-created_at", "-pk")
    return [(points[bytes(row.address_hash)].raw, row) for row in rows]


def whose(business: Business, rows: Iterable[Suppression]) -> dict[bytes, Guest]:
    """Return whom we wrote to last at the addresses of ``rows``, by fingerprint."""
    messages = (
        Message.objects.filter(
            business=business,
            to_hash__in=[bytes(row.address_hash) for row in rows],
            guest__isnull=False,
            guest__erased_at=None,
        )
        .select_related("guest")
        .order_by("to_hash", "-pk")
        .distinct("to_hash")
    )
    return {bytes(one.to_hash or b""): one.guest for one in messages if one.guest}
