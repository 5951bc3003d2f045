"""Whether a mail that came back means that the address is dead, and what follows.

The mail server's enhanced status (RFC 3463) decides; without one, what the provider
makes of it. Dead at once is only what says that there is no such address. A full or
sleeping mailbox counts after three returned mails in a month. What was refused for its
words or its sender says nothing about the guest.
"""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from crm.core.addresses import InvalidEmail, normalize_email
from crm.core.signing import address_hash
from customers.models import Channel, ContactPoint, Suppression
from customers.suppressions import suppress
from outreach.models import DeliveryEvent, Message

Kind = DeliveryEvent.Kind

SOFT_BOUNCES = 3
WITHIN = timedelta(days=30)
_POLICY = "5.7."

_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_BASIC = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")
# Where providers say whether it is for good.
_FIELDS = frozenset({"type", "event", "bouncetype", "bounce_type", "severity"})
# SparkPost's numbers for a full mailbox and the like.
_PASSING_CLASSES = frozenset({"20", "21", "22", "23", "24", "40", "70"})
_PASSING = ("soft", "transient", "temporary", "undetermined", "blocked")


class Bounce(StrEnum):
    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"


def code_in_answer(text: str) -> str:
    """Return the status in what a mail server answered, never its words."""
    found = _ENHANCED.search(text) or _BASIC.search(text)
    return found[1] if found else ""


def bounce_of_code(code: str) -> Bounce | None:
    """Return what an enhanced status means; None for any other code."""
    if not _ENHANCED.fullmatch(code):
        return None
    if code.startswith(_POLICY) or code in {"5.1.7", "5.1.8"}:
        # The last two are about the sender's address.
        return Bounce.POLICY
    return Bounce.HARD if code.startswith("5.1.") else Bounce.SOFT


def bounce_of(event: AnymailTrackingEvent, code: str) -> Bounce:
    """Return what a provider means by a mail that was returned or not taken."""
    by_status = bounce_of_code(code)
    if by_status:
        return by_status
    if event.reject_reason == RejectReason.INVALID:
        return Bounce.HARD
    if event.reject_reason in {RejectReason.SPAM, RejectReason.BLOCKED}:
        return Bounce.POLICY
    if event.reject_reason == RejectReason.UNSUBSCRIBED:
        return Bounce.POLICY
    is_for_good = event.event_type == EventType.BOUNCED or (
        event.reject_reason == RejectReason.BOUNCED
    )
    if is_for_good and not _is_passing(event.esp_event):
        return Bounce.HARD
    return Bounce.SOFT


def _is_passing(told: Any, depth: int = 0) -> bool:
    """Return whether the provider's own words call it something that passes."""
    if not isinstance(told, dict) or depth > 3:
        return False
    if told.get("hard_bounce") is False or told.get("bounce_class") in _PASSING_CLASSES:
        return True
    for name, value in told.items():
        if isinstance(value, str) and name.casefold() in _FIELDS:
            words = value.casefold()
            if any(word in words for word in _PASSING):
                return True
        elif _is_passing(value, depth + 1):
            return True
    return False


def follow_up_bounce(message: Message, kind: str, code: str, *, now: datetime) -> bool:
    """Leave an address alone that is dead, or seems so; return whether it is now."""
    if message.to_hash is None:
        return False
    is_dead = kind == Kind.BOUNCED or (
        kind == Kind.FAILED
        and message.channel == Channel.EMAIL
        and not code.startswith(_POLICY)
        and _soft_bounces(message, now=now) >= SOFT_BOUNCES
    )
    if is_dead:
        suppress(
            business=message.business,
            channel=message.channel,
            fingerprint=bytes(message.to_hash),
            scope=Suppression.Scope.ALL,
            reason=Suppression.Reason.BOUNCED,
            now=now,
        )
        _mark_dead(message, now=now)
    return is_dead


def _soft_bounces(message: Message, *, now: datetime) -> int:
    """Return how many mails to the address came back lately, but for our own sake."""
    events = DeliveryEvent.objects.filter(
        business=message.business_id,
        kind=Kind.FAILED,
        at__gt=now - WITHIN,
        message__to_hash=message.to_hash,
        message__channel=message.channel,
    ).exclude(code__startswith=_POLICY)
    return events.values("message").distinct().count()


def _mark_dead(message: Message, *, now: datetime) -> None:
    """Keep it on the addresses of the register, as far as the mail still names it."""
    if message.channel != Channel.EMAIL or not message.to_hash:
        return
    try:
        normalized = normalize_email(message.to_address)
    except InvalidEmail:
        return
    if address_hash(Channel.EMAIL, normalized) == bytes(message.to_hash):
        message.business.contact_points.filter(
            kind=ContactPoint.Kind.EMAIL, normalized=normalized, bounced_at=None
        ).update(bounced_at=now)
