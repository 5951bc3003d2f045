"""Deliver by SMTP over a connection that is kept, and remember how far it came.

A conversation that breaks before the end of the text was written has sent nothing; one
that breaks after it may have sent the mail. smtplib says the same in both cases.
"""

import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from crm.core.deadlines import Wire, ended_by
from outreach.email.parcels import Parcel, number_of, packed
from outreach.email.smtp_client import Client, LoginRefused, MailServer
from outreach.email.smtp_replies import (
    outcome_of_connecting,
    outcome_of_data,
    outcome_of_recipient,
    outcome_of_sender,
    outcome_of_text,
)
from outreach.models import Attempt
from outreach.outcomes import Outcome

Kind = Attempt.Outcome

_END = b".\r\n"


class EmailBackend(smtp.EmailBackend):
    """Django's own, for what does not go through the engine.

    By this name the settings say that the installation has a plain mail server.
    """


class _Answered(Exception):
    """The server answered otherwise than hoped, which means ``outcome``."""

    def __init__(self, outcome: Outcome, *, is_over: bool = False) -> None:
        super().__init__(outcome.kind)
        self.outcome, self.is_over = outcome, is_over


class SmtpLine:
    """One thread's connection to a mail server, kept from message to message."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._client: Client | None = None

    def send(
        self, mail: EmailMessage, *, deadline: float, before_end: Callable[[], None]
    ) -> Outcome:
        """Send ``mail`` to its one recipient, once, until ``deadline`` at the latest.

        Never raises for what a server does.
        """
        try:
            parcel = packed(mail)
        except ValueError as error:
            return Outcome(Kind.REJECTED, type(error).__name__)
        with ended_by(deadline) as wire:
            conversation = _Conversation(wire, before_end)
            try:
                return replace(
                    self._talk(parcel, conversation), provider_id=number_of(mail)
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

    def _talk(self, parcel: Parcel, conversation: "_Conversation") -> Outcome:
        client = self._begun_again(parcel, conversation.wire)
        if client is None:
            client = self._client = self._connected(conversation.wire)
            reply = client.begin(parcel)
            if reply[0] != 250:
                raise _Answered(outcome_of_sender(*reply), is_over=True)
        code, words = client.rcpt(parcel.recipient)
        if code // 100 != 2:
            raise _Answered(outcome_of_recipient(code, words), is_over=code == 421)
        code, words = client.docmd("data")
        if code != 354:
            raise _Answered(
                outcome_of_data(code, words), is_over=code == 421 or code < 400
            )
        code, words = conversation.give(client, parcel.text)
        outcome = outcome_of_text(code, words)
        if outcome.kind != Kind.ACCEPTED:
            raise _Answered(outcome, is_over=code == 421)
        return outcome

    def _begun_again(self, parcel: Parcel, wire: Wire) -> Client | None:
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

    def _connected(self, wire: Wire) -> Client:
        client = Client(self._server, wire, self._tls)
        try:
            client.enter()
        except LoginRefused as refused:
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


class _Conversation:
    """How far one message came."""

    def __init__(self, wire: Wire, before_end: Callable[[], None]) -> None:
        self.wire = wire
        self._before_end = before_end
        self._has_ended_text = False

    def give(self, client: Client, text: bytes) -> tuple[int, bytes]:
        client.send(text)
        self._before_end()
        self._has_ended_text = True
        client.send(_END)
        return client.getreply()

    def outcome_of(self, error: Exception) -> Outcome:
        detail = "deadline" if self.wire.is_cut else type(error).__name__
        if self._has_ended_text:
            return Outcome(Kind.UNKNOWN, detail)
        if isinstance(error, UnicodeError):
            # The address cannot be written in this language of old.
            return Outcome(Kind.REJECTED, detail)
        return Outcome(Kind.NOT_SENT, detail)
