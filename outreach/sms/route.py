"""Speak to one account of SMS."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from outreach.accounts.credentials import CredentialsLost, credentials_of
from outreach.events.doors import door_url
from outreach.models import Attempt, Message, ProviderAccount, WebhookEvent
from outreach.outcomes import Found, LookUp, NoAnswer, Outcome, Unsupported
from outreach.sending.routes import Route
from outreach.sms.backends import SmsBackend, SmsOut
from outreach.sms.playing import play
from outreach.sms.registry import UnknownProvider, backend_for
from outreach.sms.senders import Sender, SenderKind, known_sender
from outreach.sms.simulator import Simulator
from outreach.writing.links import personal_links, with_links

Kind = Attempt.Outcome
Pause = ProviderAccount.Pause

# Stands where no sender is known; nothing leaves from it.
_NOBODY = Sender("", SenderKind.NAME)
# How many messages with the same words to the same number may be told apart.
_MOST_ALIKE = 5


@dataclass(frozen=True, slots=True)
class _Lost:
    """Why there is no backend to speak through."""

    outcome: Outcome


class SmsRoute(Route):
    """SMS by the provider of the account."""

    def __init__(self, account: ProviderAccount) -> None:
        super().__init__(account)
        self._sender = known_sender(account)
        self._backend = _backend_of(account)

    def prepare(self, message: Message) -> SmsOut:
        # A test is kept nowhere, so nobody could tell what a report of it is about.
        door = door_url(self.account, WebhookEvent.Kind.SMS) if message.pk else ""
        return SmsOut(
            to=message.to_address,
            sender=self._sender or _NOBODY,
            text=with_links(message.body_text, personal_links(message)),
            reference=message.uuid,
            callback_url=door,
        )

    def deliver(self, prepared: SmsOut, *, before_end: Callable[[], None]) -> Outcome:
        """Hand it over. Over HTTP nobody knows when the end is near."""
        if isinstance(self._backend, _Lost):
            return self._backend.outcome
        if self._sender is None:
            return Outcome(Kind.NOT_SENT, "InvalidSender", pause=Pause.SENDER)
        outcome = self._backend.send(
            prepared, deadline=time.monotonic() + settings.SMS_TIMEOUT
        )
        if isinstance(self._backend, Simulator):
            play(self.account, self._backend, prepared, now=timezone.now())
        return self._backend.with_pause(outcome)

    def find(self, prepared: SmsOut, *, around: datetime) -> LookUp:
        """Ask for it. A list that knows no reference of ours may show another one with
        the same words: that is left to the message that has it already."""
        if isinstance(self._backend, _Lost):
            return NoAnswer(self._backend.outcome.detail)
        if not self._backend.capabilities.looks_up:
            return Unsupported()
        until = time.monotonic() + settings.SMS_TIMEOUT
        of_others: list[str] = []
        while len(of_others) < _MOST_ALIKE:
            found = self._backend.lookup(
                prepared, around=around, deadline=until, known=of_others
            )
            if not isinstance(found, Found) or not self._is_of_another(
                found.provider_id, prepared.reference
            ):
                return found
            of_others.append(found.provider_id)
        return NoAnswer("too many alike")

    def _is_of_another(self, provider_id: str, reference: UUID) -> bool:
        theirs = self.account.messages.filter(provider_message_id=provider_id)
        return theirs.exclude(uuid=reference).exists()

    def close(self) -> None:
        if not isinstance(self._backend, _Lost):
            self._backend.close()


def _backend_of(account: ProviderAccount) -> SmsBackend | _Lost:
    try:
        return backend_for(
            account.provider,
            account=account.uuid,
            credentials=credentials_of(account),
        )
    except (UnknownProvider, CredentialsLost) as problem:
        # Without credentials nobody is let in.
        return _Lost(Outcome(Kind.NOT_SENT, type(problem).__name__, pause=Pause.LOGIN))
