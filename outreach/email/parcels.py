"""A mail as SMTP carries it: from whom, to whom, and the text to its last byte."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address

_CRLF = b"\r\n"
# What mail servers disagree about, and so may be made to disagree about where it ends.
_BARE_ENDS = re.compile(rb"\r(?!\n)|(?<!\r)\n")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail as SMTP sees it."""

    sender: str
    recipient: str
    text: bytes = field(repr=False)


def packed(mail: EmailMessage) -> Parcel:
    """Return ``mail`` for SMTP. Raise ValueError for what cannot be put in a mail."""
    charset = mail.encoding or "utf-8"
    (recipient,) = mail.recipients()
    local = recipient.rpartition("@")[0]
    if not local.isascii():
        # To be written to only where every server on the way has learned it.
        raise UnicodeError
    return Parcel(
        sender=sanitize_address(mail.from_email, charset),
        recipient=sanitize_address(recipient, charset),
        text=_quoted(_bytes_of(mail)),
    )


def number_of(mail: EmailMessage) -> str:
    """Return by what a returned mail names this one."""
    return str(mail.extra_headers.get("Message-ID", ""))[:250]


def _bytes_of(mail: EmailMessage) -> bytes:
    message: Any = mail.message()
    return bytes(message.as_bytes(linesep="\r\n"))


def _quoted(text: bytes) -> bytes:
    """Return ``text`` ending in CRLF, with leading periods doubled as SMTP asks."""
    doubled = _BARE_ENDS.sub(_CRLF, text).replace(_CRLF + b".", _CRLF + b"..")
    if doubled.startswith(b"."):
        doubled = b"." + doubled
    return doubled if doubled.endswith(_CRLF) else doubled + _CRLF
