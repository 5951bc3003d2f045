"""SMS that come in: answers of guests, and the words STOP, START and HELP.

Who writes STOP is left alone on that number by the whole house at once, whichever
message it answers, and is told so once.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from crm.core.signing import address_hash
from customers.consent import consent_states, record_consent
from customers.holding import hold_living
from customers.models import (
    Channel,
    ConsentEvent,
    ContactPoint,
    Guest,
    Purpose,
    Suppression,
)
from customers.suppressions import SCOPE_OF, reopen, suppress
from outreach.letters.sms_replies import reply_to
from outreach.models import InboundMessage, Message, WebhookEvent
from outreach.sms.backends import SmsEvent
from outreach.sms.stopping import Asks

_MOST_CHARACTERS = 2_000
_STOPPED, _STARTED = "SMS that says stop", "SMS that says start"


def take_sms(event: SmsEvent, *, source: WebhookEvent, now: datetime) -> None:
    """Keep an SMS and do what it asks. The same one again changes nothing."""
    guests = list(_writers(source, event.sender))
    kept = _keep(event, source=source, guests=guests)
    if kept is None or not event.sender:
        return
    if event.asks == Asks.STOP:
        _stop(kept, guests, now=now)
    elif event.asks == Asks.START:
        _start(kept, guests, now=now)
    if event.asks is not None:
        reply_to(kept, now=now)


def _keep(
    event: SmsEvent, *, source: WebhookEvent, guests: list[Guest]
) -> InboundMessage | None:
    """Return the SMS as it is kept now; None where it came in before."""
    account = source.account
    body = hashlib.sha256(bytes(source.body)).hexdigest()
    name = event.provider_id or f"digest:{body}"
    if account.inbound_messages.filter(provider_message_id=name).exists():
        return None
    fingerprint = address_hash(Channel.SMS, event.sender) if event.sender else None
    answered = _answered(source, fingerprint)
    if answered is not None and answered.guest in guests:
        # Two share the number, and this one was written to.
        guests = [answered.guest]
    return InboundMessage.objects.create(
        business=account.business,
        account=account,
        channel=Channel.SMS,
        provider_message_id=name[:250],
        from_address=event.sender,
        from_hash=fingerprint,
        to_address=event.to[:254],
        body=event.text.replace("\0", "")[:_MOST_CHARACTERS],
        asks=event.asks or "",
        guest=guests[0] if len(guests) == 1 else None,
        answers=answered,
        received_at=source.received_at,
    )


def _writers(source: WebhookEvent, number: str) -> Iterable[Guest]:
    """Return everybody of the house who has this number."""
    if not number:
        return []
    return (
        source.account.business.guests.filter(
            contact_points__kind=ContactPoint.Kind.PHONE,
            contact_points__normalized=number,
            merged_into=None,
        )
        .distinct()
        .order_by("pk")
    )


def _answered(source: WebhookEvent, fingerprint: bytes | None) -> Message | None:
    """Return what was sent to the number last."""
    if fingerprint is None:
        return None
    sent = source.account.business.messages.filter(
        channel=Channel.SMS, to_hash=fingerprint, accepted_at__isnull=False
    )
    return sent.select_related("guest").order_by("-accepted_at", "-pk").first()


def _stop(sms: InboundMessage, guests: list[Guest], *, now: datetime) -> None:
    for guest in guests:
        _say(guest, is_granted=False, evidence=_STOPPED, now=now)
    suppress(
        business=sms.business,
        channel=Channel.SMS,
        fingerprint=bytes(sms.from_hash or b""),
        scope=Suppression.Scope.ALL,
        reason=Suppression.Reason.UNSUBSCRIBED,
        now=now,
    )


def _start(sms: InboundMessage, guests: list[Guest], *, now: datetime) -> None:
    """Open the number again, and what its STOP had closed."""
    for guest in guests:
        _say(guest, is_granted=True, evidence=_STARTED, now=now)
    for purpose in SCOPE_OF:
        reopen(
            business=sms.business,
            channel=Channel.SMS,
            fingerprint=bytes(sms.from_hash or b""),
            purpose=purpose,
            now=now,
        )


def _say(guest: Guest, *, is_granted: bool, evidence: str, now: datetime) -> None:
    """Add to the ledger what the word turns round: a yes that stood, or a no by STOP."""
    held = hold_living(guest)
    if held.is_erased:
        return
    for purpose in Purpose.values:
        state = consent_states([held.pk]).get((held.pk, purpose, Channel.SMS))
        if state is None or state.is_granted == is_granted:
            continue
        if is_granted and not _was_stopped(held, purpose):
            continue
        record_consent(
            held,
            purpose=purpose,
            channel=Channel.SMS,
            is_granted=is_granted,
            source=ConsentEvent.Source.UNSUBSCRIBE
            if not is_granted
            else ConsentEvent.Source.PREFERENCES,
            evidence=evidence,
            now=now,
        )


def _was_stopped(guest: Guest, purpose: str) -> bool:
    """Return whether the newest word on ``purpose`` is a STOP, and nothing since."""
    said = guest.consent_events.filter(purpose=purpose, channel=Channel.SMS)
    newest = said.order_by("-at", "-pk").first()
    return newest is not None and newest.evidence == _STOPPED
