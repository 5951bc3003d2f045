"""What a provider tells of one message, in the same few words for all of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from outreach.events.bounces import Bounce, bounce_of, code_in_answer
from outreach.models import DeliveryEvent
from outreach.sms.backends import EventKind, SmsEvent, Trouble

Kind = DeliveryEvent.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that became of one message; with an empty ``kind``, only that the
    provider has it.

    The message is known by our ``reference`` or by the provider's own name of it.
    ``stops`` says that the receiver wants no more of it at the provider.
    """

    kind: str = ""
    reference: UUID | None = None
    provider_id: str = ""
    at: datetime | None = None
    code: str = ""
    stops: bool = False
    parts: int | None = None
    cost: int | None = None


_KIND_OF_MAIL = {
    EventType.QUEUED: "",
    EventType.SENT: Kind.SENT,
    EventType.DEFERRED: Kind.DEFERRED,
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.COMPLAINED: Kind.COMPLAINED,
    EventType.UNSUBSCRIBED: Kind.UNSUBSCRIBED,
}
_RETURNED = frozenset({EventType.BOUNCED, EventType.FAILED, EventType.REJECTED})
KIND_OF_BOUNCE = {
    Bounce.HARD: Kind.BOUNCED,
    Bounce.SOFT: Kind.FAILED,
    Bounce.POLICY: Kind.FAILED,
}

_KIND_OF_SMS = {
    EventKind.SENT: Kind.SENT,
    EventKind.DELIVERED: Kind.DELIVERED,
    EventKind.FAILED: Kind.FAILED,
}


def mail_happenings(event: AnymailTrackingEvent) -> Iterator[Happening]:
    """Yield what ``event`` tells; nothing where it is about opening or clicking."""
    told: dict[str, Any] = {
        "reference": _reference_in(event.metadata),
        "provider_id": str(event.message_id or "")[:250],
        "at": event.timestamp,
    }
    if event.event_type in _KIND_OF_MAIL:
        yield Happening(kind=_KIND_OF_MAIL[event.event_type], **told)
    elif event.event_type in _RETURNED:
        code = code_in_answer(event.mta_response or event.description or "")
        is_refused_for_unsubscribed = event.reject_reason == RejectReason.UNSUBSCRIBED
        yield Happening(
            kind=KIND_OF_BOUNCE[bounce_of(event, code)],
            code=code,
            stops=is_refused_for_unsubscribed,
            **told,
        )


def sms_happening(event: SmsEvent) -> Happening:
    is_dead = event.trouble == Trouble.DEAD_NUMBER
    return Happening(
        kind=Kind.BOUNCED if is_dead else _KIND_OF_SMS[event.kind],
        reference=event.reference,
        provider_id=event.provider_id,
        at=event.at,
        code=event.code,
        stops=event.trouble == Trouble.OPTED_OUT,
        parts=event.parts,
        cost=event.cost,
    )


def _reference_in(metadata: Any) -> UUID | None:
    if not isinstance(metadata, dict):
        return None
    try:
        return UUID(str(metadata.get("message")))
    except ValueError:
        return None
