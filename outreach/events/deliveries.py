"""Write down what became of a message: once, in any order, at any time.

What is known grows: a word of a lower rank that comes later changes nothing. Whoever
tells anything of a message has it, which settles whether it was sent.
"""

from datetime import datetime
from typing import Any

from customers.models import Suppression
from customers.suppressions import suppress
from outreach.accounts.reputation import judge
from outreach.events.bounces import follow_up_bounce
from outreach.events.happenings import Happening
from outreach.models import DeliveryEvent, Message, ProviderAccount, WebhookEvent
from outreach.preferences.unsubscribing import unsubscribe
from outreach.sending.results import confirm

Kind = DeliveryEvent.Kind
Delivery = Message.Delivery

_BY_RANK: tuple[str, ...] = (
    "",
    Delivery.SENT,
    Delivery.DEFERRED,
    Delivery.DELIVERED,
    Delivery.FAILED,
    Delivery.BOUNCED,
)
# Whoever complains or stops has got it.
_DELIVERY_OF: dict[str, str] = {
    Kind.COMPLAINED: Delivery.DELIVERED,
    Kind.UNSUBSCRIBED: Delivery.DELIVERED,
}


def note_happening(
    account: ProviderAccount,
    happening: Happening,
    *,
    source: WebhookEvent | None,
    now: datetime,
) -> Message | None:
    """Write down ``happening``; return its message, or None where there is none yet.

    The same one again changes nothing.
    """
    message = _message_of(account, happening)
    if message is None:
        return None
    told_at = source.received_at if source else now
    at = min(happening.at or told_at, told_at)
    if happening.kind and _is_new(message, happening, source=source, at=at, now=now):
        _follow_up(message, happening, now=now)
        _raise_delivery(message, happening.kind, at=at)
    if not confirm(
        message,
        now=now,
        at=at,
        provider_id=happening.provider_id,
        parts=happening.parts,
        cost=happening.cost,
    ):
        _note_price(message, happening)
    if happening.kind in {Kind.BOUNCED, Kind.COMPLAINED}:
        judge(account, now=now)
    return message


def _message_of(account: ProviderAccount, happening: Happening) -> Message | None:
    """Return the message of the account's own house that is meant."""
    ours = Message.objects.select_related("business", "guest__business").filter(
        business=account.business_id, channel=account.channel
    )
    if happening.reference is not None:
        found = ours.filter(uuid=happening.reference).first()
        if found is not None:
            return found
    if not happening.provider_id:
        return None
    return ours.filter(
        account=account, provider_message_id=happening.provider_id
    ).first()


def _is_new(
    message: Message,
    happening: Happening,
    *,
    source: WebhookEvent | None,
    at: datetime,
    now: datetime,
) -> bool:
    fields: dict[str, Any] = {
        "message": message,
        "kind": happening.kind,
        "at": at,
        "code": happening.code[:60],
    }
    if DeliveryEvent.objects.filter(**fields).exists():
        return False
    DeliveryEvent.objects.bulk_create(
        [
            DeliveryEvent(
                business_id=message.business_id, source=source, noted_at=now, **fields
            )
        ],
        ignore_conflicts=True,
    )
    return True


def _follow_up(message: Message, happening: Happening, *, now: datetime) -> None:
    """Do what the guest, or the address, is owed for it."""
    if happening.kind == Kind.COMPLAINED:
        _leave_alone(message, Suppression.Reason.COMPLAINED, now=now)
    elif happening.kind == Kind.UNSUBSCRIBED:
        unsubscribe(message, now=now)
    elif happening.stops:
        _leave_alone(message, Suppression.Reason.UNSUBSCRIBED, now=now)
    elif happening.kind in {Kind.BOUNCED, Kind.FAILED}:
        follow_up_bounce(message, happening.kind, happening.code, now=now)


def _leave_alone(message: Message, reason: str, *, now: datetime) -> None:
    if message.to_hash is not None:
        suppress(
            business=message.business,
            channel=message.channel,
            fingerprint=bytes(message.to_hash),
            scope=Suppression.Scope.ALL,
            reason=reason,
            now=now,
        )


def _raise_delivery(message: Message, kind: str, *, at: datetime) -> None:
    rows = Message.objects.filter(pk=message.pk)
    if kind == Kind.COMPLAINED:
        rows.filter(complained_at=None).update(complained_at=at)
    delivery = _DELIVERY_OF.get(kind, kind)
    lower = _BY_RANK[: _BY_RANK.index(delivery)]
    rows.filter(delivery__in=lower).update(delivery=delivery, delivery_at=at)


def _note_price(message: Message, happening: Happening) -> None:
    """Some providers know only later what it was, and what it cost."""
    known = {"parts": happening.parts, "cost": happening.cost}
    told = {name: value for name, value in known.items() if value is not None}
    if told:
        Message.objects.filter(pk=message.pk).update(**told)
