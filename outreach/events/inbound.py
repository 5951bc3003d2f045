"""Mails that come in: returned ones, wishes to stop, and answers of guests."""

import hashlib
from datetime import datetime
from email.message import Message as Mail
from email.utils import getaddresses, parseaddr

from crm.core.addresses import InvalidEmail, normalize_email
from crm.core.signing import address_hash
from customers.merging.following import living
from customers.models import Channel, ContactPoint, Guest
from outreach.email.return_addresses import (
    ReturnAddress,
    ReturnKind,
    read_return_address,
)
from outreach.events.happenings import Happening
from outreach.events.mail_words import decoded, own_words, text_of
from outreach.events.returned import report_in
from outreach.events.robots import is_by_a_robot
from outreach.models import (
    DeliveryEvent,
    InboundMessage,
    Message,
    ProviderAccount,
    WebhookEvent,
)
from outreach.sms.stopping import Asks, asked_for

Kind = DeliveryEvent.Kind

_MOST_CHARACTERS = 20_000
# Where servers write whom a mail really came to.
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To", "To", "Cc")


def take_mail(
    mail: Mail, *, source: WebhookEvent, now: datetime, words: str = ""
) -> list[Happening]:
    """Keep an answer; return what else ``mail`` tells of messages of ours.

    ``words`` are those of the answer alone, where the provider has parted them from
    what they answer.
    """
    ours = return_address_in(mail)
    is_to_bounces = ours is not None and ours.kind == ReturnKind.BOUNCE
    report = report_in(mail, is_to_bounces=is_to_bounces)
    if report is not None:
        message = ours.message if ours and is_to_bounces else report.message
        if message is None or not report.kind:
            return []
        return [Happening(kind=report.kind, reference=message, code=report.code)]
    if ours is not None and ours.kind == ReturnKind.UNSUBSCRIBE:
        return [Happening(kind=Kind.UNSUBSCRIBED, reference=ours.message)]
    return _take_answer(mail, ours, source=source, words=words, now=now)


def return_address_in(mail: Mail) -> ReturnAddress | None:
    """Return the address of ours that ``mail`` came to, if any."""
    given = [str(value) for name in _TO for value in mail.get_all(name, [])]
    envelope = getattr(mail, "envelope_recipient", None)
    for _name, address in [("", envelope or ""), *getaddresses(given)]:
        found = read_return_address(address) if address else None
        if found is not None:
            return found
    return None


def _take_answer(
    mail: Mail,
    ours: ReturnAddress | None,
    *,
    source: WebhookEvent,
    words: str,
    now: datetime,
) -> list[Happening]:
    account = source.account
    answered = _answered(account, ours)
    is_automatic = is_by_a_robot(mail) or (
        ours is not None and ours.kind == ReturnKind.BOUNCE
    )
    text = (words or text_of(mail)).replace("\0", "")[:_MOST_CHARACTERS]
    asks = "" if is_automatic else asked_for(own_words(text)) or ""
    if not _keep(
        mail, source=source, answered=answered, text=text, asks=asks,
        is_automatic=is_automatic,
    ):  # fmt: skip
        return []
    # Only who has the mail itself knows this address of it.
    if asks == Asks.STOP and answered is not None:
        return [Happening(kind=Kind.UNSUBSCRIBED, reference=answered.uuid)]
    return []


def _answered(account: ProviderAccount, ours: ReturnAddress | None) -> Message | None:
    if ours is None:
        return None
    rows = account.business.messages.select_related("guest")
    return rows.filter(uuid=ours.message).first()


def _keep(
    mail: Mail,
    *,
    source: WebhookEvent,
    answered: Message | None,
    text: str,
    asks: str,
    is_automatic: bool,
) -> bool:
    """Keep the answer; return False where it came in before."""
    account = source.account
    name = _name_of(mail, source)
    if account.inbound_messages.filter(provider_message_id=name).exists():
        return False
    address = _plain(parseaddr(str(mail.get("From", "")))[1], 254)
    InboundMessage.objects.bulk_create(
        [
            InboundMessage(
                business=account.business,
                account=account,
                channel=Channel.EMAIL,
                provider_message_id=name,
                from_address=address,
                from_hash=_hash_of(address),
                to_address=_plain(parseaddr(str(mail.get("To", "")))[1], 254),
                subject=_plain(decoded(mail.get("Subject", "")), 250),
                body=text,
                asks=asks,
                is_automatic=is_automatic,
                guest=_guest_of(answered) or _writer(account, address),
                answers=answered,
                received_at=source.received_at,
            )
        ],
        ignore_conflicts=True,
    )
    return True


def _name_of(mail: Mail, source: WebhookEvent) -> str:
    given = _plain(str(mail.get("Message-ID", "")), 250)
    return given or f"digest:{hashlib.sha256(bytes(source.body)).hexdigest()}"


def _guest_of(answered: Message | None) -> Guest | None:
    if answered is None or answered.guest is None:
        return None
    guest = living(answered.guest)
    return None if guest.is_erased else guest


def _writer(account: ProviderAccount, address: str) -> Guest | None:
    """Return who seems to have written; nobody where several share the address."""
    try:
        normalized = normalize_email(address)
    except InvalidEmail:
        return None
    guests = account.business.guests.filter(
        contact_points__kind=ContactPoint.Kind.EMAIL,
        contact_points__normalized=normalized,
        merged_into=None,
    )
    found = list(guests.distinct()[:2])
    return found[0] if len(found) == 1 else None


def _hash_of(address: str) -> bytes | None:
    try:
        return address_hash(Channel.EMAIL, normalize_email(address))
    except InvalidEmail:
        return None


def _plain(text: str, length: int) -> str:
    return " ".join(text.replace("\0", "").split())[:length]
