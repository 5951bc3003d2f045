"""Put together the mail as it leaves: addresses, headers, both bodies."""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from anymail.message import AnymailMessage
from django.conf import settings

from crm.tenancy.models import Business
from outreach.email.providers import Provider
from outreach.email.return_addresses import ReturnKind, return_address
from outreach.models import Message, ProviderAccount
from outreach.writing.links import personal_links, unsubscribe_url, with_links

# Kinds a guest can unsubscribe from; what belongs to the visit itself is not a list.
_LIST_KINDS = frozenset({Message.Kind.SURVEY, Message.Kind.MARKETING})

# Constant for Gmail's feedback loop, 5 to 15 letters.
_SENDER_ID = "gjensyn"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a mail is from. ``inbound_domain`` is where answers and returns come in."""

    name: str
    address: str
    inbound_domain: str = ""

    @property
    def header(self) -> str:
        return _named(self.name, self.address)


def sender_of(business: Business, account: ProviderAccount | None) -> Sender:
    """Return the house's name with the address that ``account`` may send from."""
    installed = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if account is None:
        return Sender(_in_one_line(business.name), installed)
    return Sender(
        _in_one_line(account.sender_name or business.name),
        account.sender or installed,
        account.inbound_domain,
    )


def build_mail(
    message: Message, account: ProviderAccount, provider: Provider | None
) -> AnymailMessage:
    """Return the mail for a frozen ``message``; the same one however often asked.

    ``provider`` is None for a mail server, which may be given anything.
    """
    links = personal_links(message)
    sender = sender_of(message.business, account)
    headers = headers_of(message, sender)
    mail = AnymailMessage(
        subject=message.subject,
        body=with_links(message.body_text, links),
        from_email=sender.header,
        to=[message.to_address],
        reply_to=_reply_to(message, sender),
        headers=headers,
    )
    mail.attach_alternative(with_links(message.body_html, links), "text/html")
    if provider is None or not provider.backend:
        _return_to_us(mail, message, sender)
    else:
        _fit(mail, message, provider)
    return mail


def headers_of(message: Message, sender: Sender) -> dict[str, str]:
    """Return our own headers. Those about lists are what RFC 8058 and 2919 ask for."""
    headers = {
        "Message-ID": f"<{message.uuid}@{_domain()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Feedback-ID": _feedback_id(message),
    }
    if message.kind in _LIST_KINDS:
        headers["List-Unsubscribe"] = ", ".join(_ways_to_stop(message, sender))
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        headers["List-Id"] = f"<{message.kind}.{message.business.slug}.{_domain()}>"
    if message.kind == Message.Kind.MARKETING and not message.automation_id:
        # To many at once, which old mail programs know by this word.
        headers["Precedence"] = "bulk"
    return headers


def _ways_to_stop(message: Message, sender: Sender) -> list[str]:
    ways = [f"<{unsubscribe_url(message)}>"]
    if sender.inbound_domain:
        address = _ours(ReturnKind.UNSUBSCRIBE, message, sender)
        ways.append(f"<mailto:{address}>")
    return ways


def _reply_to(message: Message, sender: Sender) -> list[str] | None:
    if sender.inbound_domain:
        address = _ours(ReturnKind.REPLY, message, sender)
        return [_named(sender.name, address)]
    return [message.business.email] if message.business.email else None


def _return_to_us(mail: AnymailMessage, message: Message, sender: Sender) -> None:
    """Have what cannot be delivered come back with the message's own token."""
    if not sender.inbound_domain:
        return
    # Django takes the visible sender from the header, and this for the envelope.
    mail.extra_headers["From"] = sender.header
    mail.from_email = _ours(ReturnKind.BOUNCE, message, sender)


def _fit(mail: AnymailMessage, message: Message, provider: Provider) -> None:
    """Give ``provider`` what it takes, and what leads its calls back to the message.

    Nobody is followed: who opens a mail and where they click stays theirs.
    """
    for name in list(mail.extra_headers):
        if name.lower() in provider.leaves_out:
            del mail.extra_headers[name]
    if provider.carries_metadata:
        mail.metadata = {"message": str(message.uuid)}
        mail.tags = [message.kind]
    else:
        mail.tags = [str(message.uuid)]
    if provider.switches_tracking_off:
        mail.track_opens = mail.track_clicks = False
    if provider.name == "brevo":
        # Kept for a while there, so that the same mail is taken once.
        mail.extra_headers["idempotencyKey"] = str(message.uuid)


def _ours(kind: ReturnKind, message: Message, sender: Sender) -> str:
    return return_address(kind, message.uuid, domain=sender.inbound_domain)


def _named(name: str, address: str) -> str:
    """Return an address with a name. It is encoded later, and otherwise by each way."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def _in_one_line(name: str) -> str:
    return " ".join(name.split())


def _domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _feedback_id(message: Message) -> str:
    automation = message.automation.uuid.hex[:8] if message.automation else "single"
    return f"{automation}:{message.kind}:{message.business.slug}:{_SENDER_ID}"
