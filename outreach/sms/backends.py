"""What every SMS provider looks like from inside.

A backend speaks one provider's language for one account. It makes at most one request
for a try, never raises for what a provider does, and says honestly what came of it.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from django.http import HttpResponse

from outreach.accounts.asking import Credential
from outreach.models import Attempt, ProviderAccount
from outreach.outcomes import LookUp, Outcome
from outreach.sms.callbacks import Webhook, sealed_url
from outreach.sms.senders import Sender
from outreach.sms.stopping import Asks


@dataclass(frozen=True, slots=True)
class SmsOut:
    """One SMS to one person. ``to`` is E.164, ``reference`` our name of the message.

    ``callback_url`` is the account's door for what becomes of it; empty for none.
    """

    to: str = field(repr=False)
    sender: Sender
    text: str = field(repr=False)
    reference: UUID
    callback_url: str = field(default="", repr=False)


class EventKind(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    INBOUND = "inbound"


class Trouble(StrEnum):
    """What a provider's code says about the number itself."""

    DEAD_NUMBER = "dead_number"
    OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class SmsEvent:
    """What a provider tells, at any time, in any order, any number of times.

    ``cost`` is in ten-thousandths of the account's currency. An inbound SMS comes from
    ``sender`` to our number ``to``; ``asks`` is set where it is a word like STOP.
    """

    kind: EventKind
    provider_id: str
    reference: UUID | None = None
    at: datetime | None = None
    code: str = ""
    trouble: Trouble | None = None
    parts: int | None = None
    cost: int | None = None
    sender: str = field(default="", repr=False)
    to: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    asks: Asks | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do. ``lookup_proves_absence`` is about its reference.

    ``has_wide_letters`` is whether emoji go through.
    """

    looks_up: bool
    lookup_proves_absence: bool
    receives: bool
    names_as_sender: bool
    signs_webhooks: bool
    has_wide_letters: bool = True


class SmsBackend(ABC):
    """One account at one provider. Deadlines are instants of ``time.monotonic()``."""

    name: ClassVar[str]
    title: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    asks_for: ClassVar[tuple[Credential, ...]]
    dead_number_codes: ClassVar[Collection[str]] = frozenset()
    opted_out_codes: ClassVar[Collection[str]] = frozenset()
    # What says that the account is not let in, has nothing left, or names a sender
    # that is not its own: no message of it would pass.
    login_codes: ClassVar[Collection[str]] = frozenset({"401", "403"})
    empty_codes: ClassVar[Collection[str]] = frozenset({"402"})
    sender_codes: ClassVar[Collection[str]] = frozenset()

    def __init__(self, account: UUID, credentials: Mapping[str, str]) -> None:
        self.account = account
        self._credentials = dict(credentials)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.account}>"

    @abstractmethod
    def send(self, out: SmsOut, *, deadline: float) -> Outcome:
        """Hand ``out`` over, or find out that it cannot be. One request at most."""

    @abstractmethod
    def lookup(
        self,
        out: SmsOut,
        *,
        around: datetime,
        deadline: float,
        known: Collection[str] = (),
    ) -> LookUp:
        """Ask whether the provider has ``out``, which was handed over ``around`` then.

        ``known`` are provider ids that belong to other messages already.
        """

    @abstractmethod
    def verify_webhook(self, webhook: Webhook) -> None:
        """Raise WebhookRefused unless it comes from the provider, for this account."""

    @abstractmethod
    def parse_webhook(self, webhook: Webhook) -> list[SmsEvent]:
        """Return what a verified call tells; nothing where it is not about an SMS.

        Raise WebhookUnreadable.
        """

    def answer(self) -> HttpResponse:
        """Return what the provider wants to hear once its call is kept."""
        return HttpResponse(status=200)

    def door(self, url: str, reference: UUID | None = None) -> str:
        """Return ``url`` as this provider must be given it; without ``reference`` the
        one to enter at the provider for everything that comes in."""
        return sealed_url(
            url,
            account=self.account,
            reference=reference,
            password=self._own("callback_password"),
        )

    def trouble_of(self, code: str) -> Trouble | None:
        if code in self.dead_number_codes:
            return Trouble.DEAD_NUMBER
        return Trouble.OPTED_OUT if code in self.opted_out_codes else None

    def with_pause(self, outcome: Outcome) -> Outcome:
        """Return ``outcome``, and with it whether the whole account must wait."""
        if outcome.kind != Attempt.Outcome.NOT_SENT:
            return outcome
        said = set(outcome.detail.split())
        # What says most comes first: 403 alone may be about anything.
        for codes, pause in (
            (self.empty_codes, ProviderAccount.Pause.EMPTY),
            (self.sender_codes, ProviderAccount.Pause.SENDER),
            (self.login_codes, ProviderAccount.Pause.LOGIN),
        ):
            if said & set(codes):
                return replace(outcome, pause=pause)
        return outcome

    def close(self) -> None:
        """Let go of kept connections. The backend may be used again."""
        return

    def _own(self, name: str) -> str:
        return self._credentials.get(name, "")
