"""A mail as SMTP carries it: from whom, to whom, and the text to its last byte."""

import re
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.policy import Compat32
from functools import lru_cache
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address

_CRLF = b"\r\n"
# What mail servers disagree about, and so may be made to disagree about where it ends.
_BARE_ENDS = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_PLAIN_WORDS = re.compile(r"[!-~]+(?: [!-~]+)*")
_LINE = 76


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
        sender=_address(mail.from_email, charset),
        recipient=sanitize_address(recipient, charset),
        text=_quoted(_bytes_of(mail)),
    )


def number_of(mail: EmailMessage) -> str:
    """Return by what a returned mail names this one."""
    return str(mail.extra_headers.get("Message-ID", ""))[:250]


class PlainWords(Compat32):
    """Write headers of a few plain words as they are, which is what folding them comes
    to as well, after more work than the rest of a mail.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        is_short = isinstance(value, str) and len(name) + len(value) < _LINE
        if is_short and _PLAIN_WORDS.fullmatch(value):
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = PlainWords(linesep="\r\n")


def _bytes_of(mail: EmailMessage) -> bytes:
    message = mail.message()
    if message.is_multipart():
        # Chosen here, nobody has to look through the parts for one that is free.
        message.set_boundary(f"={uuid4().hex}=")
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=_POLICY).flatten(message)
    return written.getvalue()


@lru_cache(maxsize=1024)
def _address(text: str, charset: str) -> str:
    """Return an address as the envelope has it."""
    return str(sanitize_address(text, charset))


def _quoted(text: bytes) -> bytes:
    """Return ``text`` ending in CRLF, with leading periods doubled as SMTP asks."""
    doubled = _BARE_ENDS.sub(_CRLF, text).replace(_CRLF + b".", _CRLF + b"..")
    if doubled.startswith(b"."):
        doubled = b"." + doubled
    return doubled if doubled.endswith(_CRLF) else doubled + _CRLF
