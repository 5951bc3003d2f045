"""Load what the decision rests on, for many messages in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from datetime import time

from django.conf import settings

from crm.core.addresses import is_relay_address
from customers.consent import ConsentState, consent_states
from customers.models import Channel, ContactPoint, Guest, Purpose, Suppression
from customers.suppressions import CLOSED_BY_THE_GUEST
from outreach.deciding.decision import MessageFacts, Permission
from outreach.models import Message
from surveys.models import Response

# The purpose whose yes or no counts for a kind of message. Critical ones ask nobody.
PURPOSE_OF_KIND: dict[str, str] = {
    Message.Kind.SERVICE: Purpose.SERVICE,
    Message.Kind.SURVEY: Purpose.SURVEY,
    Message.Kind.MARKETING: Purpose.MARKETING,
}


def load_facts(messages: Sequence[Message]) -> dict[int, MessageFacts]:
    """Return the facts of email ``messages`` by primary key. Costs five queries,
    and one more for each letter.

    The messages' own columns are taken as given, except that visits, automations and
    guests are read afresh.
    """
    rows = (
        Message.objects.filter(pk__in=[message.pk for message in messages])
        .select_related("guest", "visit", "automation", "business")
        .order_by("pk")
    )
    guest_ids = {message.guest_id for message in messages if message.guest_id}
    addresses = primary_emails(guest_ids)
    states = consent_states(guest_ids)
    scopes = _scopes_in_force(addresses.values())
    answered = set(
        Response.objects.filter(
            invitation__in=[message.survey_invitation_id for message in messages]
        ).values_list("invitation_id", flat=True)
    )
    return {
        message.pk: _letter_facts(message)
        if message.is_letter
        else _facts_of(
            message,
            point=addresses.get(message.guest_id or 0),
            states=states,
            scopes=scopes,
            is_answered=message.survey_invitation_id in answered,
        )
        for message in rows
    }


def _facts_of(
    message: Message,
    *,
    point: ContactPoint | None,
    states: dict[tuple[int, str, str], ConsentState],
    scopes: dict[tuple[int, bytes], set[str]],
    is_answered: bool,
) -> MessageFacts:
    opens, closes = sending_hours()
    return MessageFacts(
        kind=message.kind,
        address=point.raw if point else "",
        fingerprint=point.fingerprint if point else b"",
        zone=message.schedule_zone,
        is_erased=message.guest is None or message.guest.is_erased,
        is_relay=bool(point and is_relay_address(point.normalized)),
        is_visit_completed=_is_visit_completed(message),
        is_automation_on=_is_automation_on(message),
        is_answered=is_answered,
        permission=permission_from(states, message.guest_id, message.kind),
        suppressed_scopes=_scopes_of(point, scopes),
        expires_at=message.expires_at,
        opens=opens,
        closes=closes,
    )


def _letter_facts(message: Message) -> MessageFacts:
    """Return the facts of a letter, which goes to the address written on it.

    The owner of the address asks for it, so that what they stopped before does not
    stop it: only what bounced, complained or was blocked by staff does. One query.
    """
    fingerprint = bytes(message.to_hash or b"")
    closed = message.business.suppressions.filter(
        channel=message.channel, address_hash=fingerprint, lifted_at=None
    ).exclude(reason__in=CLOSED_BY_THE_GUEST)
    return MessageFacts(
        kind=message.kind,
        address=message.to_address,
        fingerprint=fingerprint,
        zone=message.schedule_zone,
        is_erased=message.guest is not None and message.guest.is_erased,
        suppressed_scopes=frozenset(closed.values_list("scope", flat=True)),
        expires_at=message.expires_at,
    )


def facts_about(
    guests: Iterable[Guest], *, kind: str, zone: str
) -> dict[int, MessageFacts]:
    """Return the facts of messages that do not exist yet, by guest id.

    Costs three queries for any number of guests.
    """
    guests = list(guests)
    guest_ids = [guest.pk for guest in guests]
    addresses = primary_emails(guest_ids)
    scopes = _scopes_in_force(addresses.values())
    states = consent_states(guest_ids)
    opens, closes = sending_hours()
    facts = {}
    for guest in guests:
        point = addresses.get(guest.pk)
        facts[guest.pk] = MessageFacts(
            kind=kind,
            address=point.raw if point else "",
            fingerprint=point.fingerprint if point else b"",
            zone=zone,
            is_erased=guest.is_erased,
            is_relay=bool(point and is_relay_address(point.normalized)),
            permission=permission_from(states, guest.pk, kind),
            suppressed_scopes=_scopes_of(point, scopes),
            opens=opens,
            closes=closes,
        )
    return facts


def sending_hours() -> tuple[time, time]:
    """Return from when until when mail goes; midnight as the end means never closed."""
    return (
        time(settings.EMAIL_FROM_HOUR),
        time(settings.EMAIL_UNTIL_HOUR % 24),
    )


def primary_emails(guest_ids: Iterable[int]) -> dict[int, ContactPoint]:
    """Return the email to write to by guest id: the primary one, else the oldest."""
    points = ContactPoint.objects.filter(
        guest__in=list(guest_ids), kind=ContactPoint.Kind.EMAIL
    ).order_by("guest_id", "-is_primary", "created_at", "pk")
    return {point.guest_id: point for point in points.distinct("guest_id")}


def permission_from(
    states: dict[tuple[int, str, str], ConsentState], guest_id: int | None, kind: str
) -> Permission | None:
    """Return what a guest last said about emails of ``kind``; None for silence."""
    purpose = PURPOSE_OF_KIND.get(kind)
    if guest_id is None or purpose is None:
        return None
    state = states.get((guest_id, purpose, Channel.EMAIL))
    if state is None:
        return None
    return Permission(is_granted=state.is_granted, has_sale=state.has_sale)


def _is_visit_completed(message: Message) -> bool | None:
    if message.visit is None:
        # The visit it was about is gone.
        return False if ":visit:" in message.occasion else None
    return message.visit.is_completed


def _is_automation_on(message: Message) -> bool | None:
    # A person who sends again has chosen; the switch is about what goes by itself.
    if ":visit:" not in message.occasion:
        return None
    return message.automation is not None and message.automation.is_active


def _scopes_in_force(
    points: Iterable[ContactPoint],
) -> dict[tuple[int, bytes], set[str]]:
    by_business_and_address: dict[tuple[int, bytes], set[str]] = {}
    rows = Suppression.objects.filter(
        address_hash__in=[point.fingerprint for point in points],
        channel=Channel.EMAIL,
        lifted_at=None,
    ).values_list("business_id", "address_hash", "scope")
    for business_id, fingerprint, scope in rows:
        key = (business_id, bytes(fingerprint))
        by_business_and_address.setdefault(key, set()).add(scope)
    return by_business_and_address


def _scopes_of(
    point: ContactPoint | None, scopes: dict[tuple[int, bytes], set[str]]
) -> frozenset[str]:
    if point is None:
        return frozenset()
    return frozenset(scopes.get((point.business_id, point.fingerprint), ()))
