"""Deliver by SMTP over a connection that is kept, and remember how far it came.

A conversation that breaks before the end of the text was written has sent nothing; one
that breaks after it may have sent the mail. smtplib says the same in both cases.
"""

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends import smtp
from django.core.mail.message import sanitize_address
from django.core.mail.utils import DNS_NAME

from crm.core.deadlines import Wire, ended_by
from crm.core.public_hosts import connect_publicly
from outreach.email.providers import PLAIN, STARTTLS, TLS
from outreach.email.smtp_replies import (
    outcome_of_connecting,
    outcome_of_recipient,
    outcome_of_sender,
    outcome_of_text,
)
from outreach.models import Attempt
from outreach.outcomes import Outcome

Kind = Attempt.Outcome

_CONNECT_SECONDS = 5.0
# Of one line of a reply, and lines of one reply.
_MOST_BYTES = 8192
_MOST_LINES = 200
_CRLF = b"\r\n"
# What mail servers disagree about, and so may be made to disagree about where it ends.
_BARE_ENDS = re.compile(rb"\r(?!\n)|(?<!\r)\n")


class EmailBackend(smtp.EmailBackend):
    """Django's own, for what does not go through the engine.

    By this name the settings say that the installation has a plain mail server.
    """


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, and how to log in there. Without ``user`` nobody logs in.

    ``must_be_public`` is set where a business named it.
    """

    host: str
    port: int
    security: str = PLAIN
    user: str = ""
    password: str = field(default="", repr=False)
    must_be_public: bool = False


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A mail as SMTP sees it."""

    sender: str
    recipient: str
    text: bytes = field(repr=False)


class _Answered(Exception):
    """The server answered otherwise than hoped, which means ``outcome``."""

    def __init__(self, outcome: Outcome, *, is_over: bool = False) -> None:
        super().__init__(outcome.kind)
        self.outcome, self.is_over = outcome, is_over


class SmtpLine:
    """One thread's connection to a mail server, kept from message to message."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._client: _Client | None = None

    def send(
        self, mail: EmailMessage, *, deadline: float, before_end: Callable[[], None]
    ) -> Outcome:
        """Send ``mail`` to its one recipient, once, until ``deadline`` at the latest.

        Never raises for what a server does.
        """
        try:
            parcel = _packed(mail)
        except ValueError as error:
            return Outcome(Kind.REJECTED, type(error).__name__)
        with ended_by(deadline) as wire:
            conversation = _Conversation(wire, before_end)
            try:
                return replace(
                    self._talk(parcel, conversation), provider_id=_number_of(mail)
                )
            except _Answered as answered:
                self._tidy(is_over=answered.is_over)
                return answered.outcome
            except Exception as error:
                self._drop()
                return conversation.outcome_of(error)

    def close(self) -> None:
        """Say goodbye. The line may be used again."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(Exception), ended_by(time.monotonic() + 1) as wire:
            client.goes_over(wire)
            client.quit()
        client.close()

    def _talk(self, parcel: _Parcel, conversation: "_Conversation") -> Outcome:
        client = self._begun_again(parcel, conversation.wire)
        if client is None:
            client = self._client = self._connected(conversation.wire)
            reply = client.begin(parcel)
            if reply[0] != 250:
                raise _Answered(outcome_of_sender(*reply), is_over=True)
        code, words = client.rcpt(parcel.recipient)
        if code not in {250, 251}:
            raise _Answered(outcome_of_recipient(code, words), is_over=code == 421)
        code, words = client.docmd("data")
        if code != 354:
            raise _Answered(outcome_of_text(code, words), is_over=code == 421)
        code, words = conversation.give(client, parcel.text)
        outcome = outcome_of_text(code, words)
        if outcome.kind != Kind.ACCEPTED:
            raise _Answered(outcome, is_over=code == 421)
        return outcome

    def _begun_again(self, parcel: _Parcel, wire: Wire) -> "_Client | None":
        """Begin over the connection that was kept; None when that is no good any more.

        Servers hang up on who is idle, or had enough. Nothing of this message is there
        yet, so a new connection is no second try.
        """
        client = self._client
        if client is None:
            return None
        with suppress(OSError, smtplib.SMTPException):
            client.goes_over(wire)
            if client.begin(parcel)[0] == 250:
                return client
        self._drop()
        if wire.is_cut:
            raise TimeoutError
        return None

    def _connected(self, wire: Wire) -> "_Client":
        client = _Client(self._server, wire, self._tls)
        try:
            client.enter()
        except _LoginRefused as refused:
            client.close()
            raise _Answered(refused.outcome) from None
        except smtplib.SMTPResponseException as error:
            client.close()
            outcome = outcome_of_connecting(error.smtp_code, error.smtp_error)
            raise _Answered(outcome) from None
        except Exception:
            client.close()
            raise
        return client

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def _tidy(self, *, is_over: bool) -> None:
        """Leave the connection as it is after a message, or leave it altogether."""
        if self._client is None:
            return
        try:
            if is_over or self._client.rset()[0] != 250:
                self._drop()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.close()


class _LoginRefused(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


class Unencrypted(Exception):
    """The business asks for no encryption, and its server is on the open internet."""


class _Conversation:
    """How far one message came."""

    def __init__(self, wire: Wire, before_end: Callable[[], None]) -> None:
        self.wire = wire
        self._before_end = before_end
        self._has_ended_text = False

    def give(self, client: "_Client", text: bytes) -> tuple[int, bytes]:
        client.send(text)
        self._before_end()
        self._has_ended_text = True
        client.send(b"." + _CRLF)
        return client.getreply()

    def outcome_of(self, error: Exception) -> Outcome:
        detail = "deadline" if self.wire.is_cut else type(error).__name__
        if self._has_ended_text:
            return Outcome(Kind.UNKNOWN, detail)
        if isinstance(error, UnicodeError):
            # The address cannot be written in this language of old.
            return Outcome(Kind.REJECTED, detail)
        return Outcome(Kind.NOT_SENT, detail)


class _Client(smtplib.SMTP):
    """smtplib's client, whose every word is over when the wire is."""

    def __init__(self, server: MailServer, wire: Wire, tls: ssl.SSLContext) -> None:
        self._server, self._wire, self._tls = server, wire, tls
        # Without a host nobody connects yet.
        super().__init__(local_hostname=DNS_NAME.get_fqdn(), timeout=1.0)
        self.timeout = max(wire.seconds_left, 0.001)
        self._host = server.host

    def goes_over(self, wire: Wire) -> None:
        """Go on for another message, which has its own time."""
        self._wire = wire
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected
        self._hold(self.sock)

    def _hold(self, sock: socket.socket) -> None:
        self._wire.hold(sock)
        # The wire is cut first, which says why.
        sock.settimeout(max(self._wire.seconds_left, 0) + 1)

    def enter(self) -> None:
        """Connect, encrypt and log in, as far as the server is set up to."""
        server = self._server
        code, words = self.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        self.ehlo_or_helo_if_needed()
        if server.security == STARTTLS:
            self.starttls(context=self._tls)
            self.ehlo_or_helo_if_needed()
        if server.user:
            self._log_in()

    def begin(self, parcel: _Parcel) -> tuple[int, bytes]:
        options = []
        if self.has_extn("size"):
            options.append(f"size={len(parcel.text)}")
        if self.has_extn("8bitmime") and not parcel.text.isascii():
            options.append("body=8bitmime")
        return self.mail(parcel.sender, options)

    def _log_in(self) -> None:
        try:
            self.login(self._server.user, self._server.password)
        except smtplib.SMTPAuthenticationError as error:
            outcome = outcome_of_connecting(error.smtp_code, error.smtp_error)
            raise _LoginRefused(outcome) from None
        except smtplib.SMTPNotSupportedError:
            raise _LoginRefused(outcome_of_connecting(530, b"")) from None

    def getreply(self) -> tuple[int, bytes]:
        """Return the code of a reply and its words; no more of it than a reply is long.

        The code is -1 where there is none.
        """
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected
        if self.file is None:
            self.file = self.sock.makefile("rb")
        words = []
        for _line in range(_MOST_LINES):
            line = self.file.readline(_MOST_BYTES)
            if not line.endswith(b"\n"):
                self.close()
                raise smtplib.SMTPServerDisconnected
            words.append(line[4:].strip())
            code = int(line[:3]) if line[:3].isdigit() else -1
            if code == -1 or line[3:4] != b"-":
                return code, b"\n".join(words)
        self.close()
        raise smtplib.SMTPServerDisconnected

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = _connected(self._server, seconds=min(_CONNECT_SECONDS, timeout))
        try:
            self._hold(sock)
            if self._server.security == TLS:
                return self._tls.wrap_socket(sock, server_hostname=host)
        except Exception:
            sock.close()
            raise
        return sock


def _connected(server: MailServer, *, seconds: float) -> socket.socket:
    if not server.must_be_public:
        return socket.create_connection((server.host, server.port), seconds)
    if server.security == PLAIN and server.host.casefold() not in settings.INNER_HOSTS:
        raise Unencrypted
    return connect_publicly(server.host, server.port, timeout=seconds)


def _packed(mail: EmailMessage) -> _Parcel:
    """Return ``mail`` for SMTP. Raise ValueError for what cannot be put in a mail."""
    charset = mail.encoding or "utf-8"
    (recipient,) = mail.recipients()
    local = recipient.rpartition("@")[0]
    if not local.isascii():
        # To be written to only where every server on the way has learned it.
        raise UnicodeError
    return _Parcel(
        sender=sanitize_address(mail.from_email, charset),
        recipient=sanitize_address(recipient, charset),
        text=_quoted(_bytes_of(mail)),
    )


def _number_of(mail: EmailMessage) -> str:
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
