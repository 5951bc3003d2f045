"""Deliver by SMTP and remember how far the conversation came.

A connection that breaks before the end of the text was written has sent nothing; one
that breaks after it may have sent the mail. smtplib says the same in both cases.
"""

import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

_CRLF = b"\r\n"


@dataclass(slots=True)
class Conversation:
    """How far the last message came. ``reply`` is the server's answer to its text."""

    has_ended_text: bool = False
    reply: tuple[int, bytes] | None = None


class _Smtp(smtplib.SMTP):
    """smtplib's client, which hands over the text in two parts and remembers."""

    def __init__(
        self,
        *args: Any,
        conversation: Conversation,
        before_end: Callable[[], None],
        **kwargs: Any,
    ) -> None:
        # smtplib connects in its own __init__.
        self._conversation = conversation
        self._before_end = before_end
        super().__init__(*args, **kwargs)

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.putcmd("data")
        code, answer = self.getreply()
        if code != 354:
            raise smtplib.SMTPDataError(code, answer)
        self.send(_quoted(msg))
        self._before_end()
        self._conversation.has_ended_text = True
        self.send(b"." + _CRLF)
        self._conversation.reply = self.getreply()
        return self._conversation.reply


class _SmtpSsl(_Smtp, smtplib.SMTP_SSL):
    pass


def _quoted(text: bytes) -> bytes:
    """Return ``text`` ending in CRLF, with leading periods doubled as SMTP asks."""
    doubled = text.replace(_CRLF + b".", _CRLF + b"..")
    if doubled.startswith(b"."):
        doubled = b"." + doubled
    return doubled if doubled.endswith(_CRLF) else doubled + _CRLF


class EmailBackend(smtp.EmailBackend):
    """Django's SMTP backend. ``conversation`` is about the last message of the
    last call.

    ``before_end`` is called when all but the end of a text is written.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conversation = Conversation()
        self.before_end: Callable[[], None] = _nothing

    @property
    def connection_class(self) -> Any:
        client = _SmtpSsl if self.use_ssl else _Smtp
        return partial(
            client,
            conversation=self.conversation,
            before_end=lambda: self.before_end(),
        )

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.conversation.has_ended_text = False
        self.conversation.reply = None
        return super().send_messages(email_messages)


def _nothing() -> None:
    return None
