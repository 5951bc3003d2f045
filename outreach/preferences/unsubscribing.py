"""Guests say yes or no to what we send, by the links in our messages.

A no holds for the guest and for the address itself, so that a second profile with the
same address is left alone too. Saying the same twice changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.consent import channels_of, consent_states, record_consent
from customers.holding import hold_living
from customers.models import (
    Channel,
    ConsentEvent,
    ContactPoint,
    Guest,
    Purpose,
    Suppression,
)
from customers.suppressions import (
    SCOPE_OF,
    reopen,
    suppress,
    suppressed_scopes,
)
from outreach.deciding.facts import PURPOSE_OF_KIND
from outreach.models import Message

Scope = Suppression.Scope
Source = ConsentEvent.Source


@dataclass(frozen=True, slots=True)
class Choice:
    """One purpose on one channel, and whether we write about it now."""

    purpose: str
    channel: str
    is_on: bool


@transaction.atomic
def unsubscribe(message: Message, *, now: datetime) -> None:
    """Stop what ``message`` was about, as RFC 8058 asks: at once and without a question.

    Works for an address whose guest is long forgotten.
    """
    purpose = PURPOSE_OF_KIND.get(message.kind, Purpose.SERVICE)
    # The guest first, then addresses: the same order as on the preference page.
    guest = hold_living(message.guest) if message.guest else None
    if purpose in SCOPE_OF:
        _close_address(message, SCOPE_OF[purpose], now=now)
    if guest and not guest.is_erased:
        _say(
            guest,
            {(purpose, message.channel): False},
            source=Source.UNSUBSCRIBE,
            evidence=f"link in message {message.uuid}",
            now=now,
        )


def choices_of(guest: Guest) -> list[Choice]:
    """Return each purpose on each channel the guest can be reached on."""
    states = consent_states([guest.pk])
    scopes = _scopes_by_channel(guest)
    choices = []
    for purpose in Purpose.values:
        for channel in channels_of(guest):
            state = states.get((guest.pk, purpose, channel))
            said = state.is_granted if state else purpose == Purpose.SERVICE
            is_left_alone = bool(scopes.get(channel, set()) & {Scope.ALL, purpose})
            choices.append(Choice(purpose, channel, said and not is_left_alone))
    return choices


def choices_at_address(message: Message) -> list[Choice]:
    """Return each purpose at the address that ``message`` went to, whoever has it."""
    scopes = _scopes_at(message)
    return [
        Choice(purpose, message.channel, not scopes & {Scope.ALL, scope})
        for purpose, scope in SCOPE_OF.items()
    ]


@transaction.atomic
def save_choices_at_address(
    message: Message, wishes: Mapping[str, bool], *, now: datetime
) -> int:
    """Close and open the address of ``message`` by purpose; return how many changed.

    For who has the mail, but no guest entry any more.
    """
    changed = [
        choice
        for choice in choices_at_address(message)
        if wishes.get(choice.purpose, choice.is_on) != choice.is_on
    ]
    for choice in changed:
        if choice.is_on:
            _close_address(message, SCOPE_OF[choice.purpose], now=now)
        else:
            reopen(
                business=message.business,
                channel=message.channel,
                fingerprint=bytes(message.to_hash or b""),
                purpose=choice.purpose,
                now=now,
            )
    return len(changed)


def stop_everything_at_address(message: Message, *, now: datetime) -> None:
    _close_address(message, Scope.ALL, now=now)


def _scopes_at(message: Message) -> set[str]:
    fingerprint = bytes(message.to_hash or b"")
    scopes = suppressed_scopes(message.business, fingerprints=[fingerprint])
    return scopes.get(fingerprint, set())


def _close_address(message: Message, scope: str, *, now: datetime) -> None:
    if message.to_hash:
        suppress(
            business=message.business,
            channel=message.channel,
            fingerprint=bytes(message.to_hash),
            scope=scope,
            reason=Suppression.Reason.UNSUBSCRIBED,
            now=now,
        )


@transaction.atomic
def save_choices(
    guest: Guest, wishes: Mapping[tuple[str, str], bool], *, now: datetime
) -> int:
    """Write down what changed on the preference page; return how many did.

    ``wishes`` are by purpose and channel; what is not named stays as it is.
    """
    guest = hold_living(guest)
    changed = {
        (choice.purpose, choice.channel): wishes[choice.purpose, choice.channel]
        for choice in choices_of(guest)
        if wishes.get((choice.purpose, choice.channel), choice.is_on) != choice.is_on
    }
    for (purpose, channel), is_yes in changed.items():
        _settle_address(guest, purpose, channel, is_yes=is_yes, now=now)
    _say(guest, changed, source=Source.PREFERENCES, evidence="preference page", now=now)
    return len(changed)


@transaction.atomic
def stop_everything(guest: Guest, *, now: datetime) -> None:
    """Leave the guest alone: no to every purpose, on every channel."""
    guest = hold_living(guest)
    for point in guest.contact_points.order_by("pk"):
        suppress(
            business=guest.business,
            channel=point.channel,
            fingerprint=point.fingerprint,
            scope=Scope.ALL,
            reason=Suppression.Reason.UNSUBSCRIBED,
            now=now,
        )
    # Also on channels we have no address for yet: the next one is not a new question.
    every = {
        (purpose, channel): False
        for purpose in Purpose.values
        for channel in Channel.values
    }
    _say(guest, every, source=Source.PREFERENCES, evidence="stop everything", now=now)


def _say(
    guest: Guest,
    words: Mapping[tuple[str, str], bool],
    *,
    source: str,
    evidence: str,
    now: datetime,
) -> None:
    """Add to the ledger what is not already its newest word."""
    states = consent_states([guest.pk])
    for (purpose, channel), is_yes in words.items():
        state = states.get((guest.pk, purpose, channel))
        if state is not None and state.is_granted == is_yes:
            continue
        record_consent(
            guest,
            purpose=purpose,
            channel=channel,
            is_granted=is_yes,
            source=source,
            evidence=evidence,
            now=now,
        )


def _settle_address(
    guest: Guest, purpose: str, channel: str, *, is_yes: bool, now: datetime
) -> None:
    for point in _points_on(guest, channel):
        address: dict[str, Any] = {
            "business": guest.business,
            "channel": channel,
            "fingerprint": point.fingerprint,
            "now": now,
        }
        if is_yes:
            reopen(purpose=purpose, **address)
        elif scope := SCOPE_OF.get(purpose):
            suppress(scope=scope, reason=Suppression.Reason.UNSUBSCRIBED, **address)


def _scopes_by_channel(guest: Guest) -> dict[str, set[str]]:
    points = list(guest.contact_points.all())
    scopes = suppressed_scopes(
        guest.business, fingerprints=[point.fingerprint for point in points]
    )
    by_channel: dict[str, set[str]] = {}
    for point in points:
        found = scopes.get(point.fingerprint, set())
        by_channel.setdefault(point.channel, set()).update(found)
    return by_channel


def _points_on(guest: Guest, channel: str) -> list[ContactPoint]:
    kind = (
        ContactPoint.Kind.EMAIL if channel == Channel.EMAIL else ContactPoint.Kind.PHONE
    )
    return list(guest.contact_points.filter(kind=kind).order_by("pk"))
