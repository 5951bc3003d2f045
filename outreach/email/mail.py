"""Put together the mail as it leaves: addresses, headers, both bodies."""

from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from anymail.message import AnymailMessage
from django.conf import settings

from outreach.models import Message
from outreach.writing.links import personal_links, unsubscribe_url, with_links

# Kinds a guest can unsubscribe from; what belongs to the visit itself is not a list.
_LIST_KINDS = frozenset({Message.Kind.SURVEY, Message.Kind.MARKETING})

# Constant for Gmail's feedback loop, 5 to 15 letters.
_SENDER_ID = "gjensyn"


def build_mail(message: Message) -> AnymailMessage:
    """Return the mail for a frozen ``message``; the same one however often asked."""
    links = personal_links(message)
    mail = AnymailMessage(
        subject=message.subject,
        body=with_links(message.body_text, links),
        from_email=sender_of(message.business.name),
        to=[message.to_address],
        reply_to=[message.business.email] if message.business.email else None,
        headers=headers_of(message),
        metadata={"message": str(message.uuid)},
        tags=[message.kind],
    )
    mail.attach_alternative(with_links(message.body_html, links), "text/html")
    return mail


def headers_of(message: Message) -> dict[str, str]:
    """Return our own headers. Those about lists are what RFC 8058 and 2919 ask for."""
    headers = {
        "Message-ID": f"<{message.uuid}@{_domain()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Feedback-ID": _feedback_id(message),
    }
    if message.kind in _LIST_KINDS:
        headers["List-Unsubscribe"] = f"<{unsubscribe_url(message)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        headers["List-Id"] = f"<{message.kind}.{message.business.slug}.{_domain()}>"
    return headers


def sender_of(name: str) -> str:
    """Return the house's name before the address that mail may be sent from."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((" ".join(name.split()), address))


def _domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _feedback_id(message: Message) -> str:
    automation = message.automation.uuid.hex[:8] if message.automation else "single"
    return f"{automation}:{message.kind}:{message.business.slug}:{_SENDER_ID}"
