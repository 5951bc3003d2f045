"""How one account is spoken to: the same three acts for every channel and provider.

A route belongs to one thread, which may keep its connection from message to message.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from outreach.models import Message, ProviderAccount
from outreach.outcomes import LookUp, Outcome, Unsupported


class CannotPrepare(Exception):
    """The message cannot be put together for this account. ``reason`` as on its row."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Route(ABC):
    """One account as one thread speaks to it."""

    def __init__(self, account: ProviderAccount) -> None:
        self.account = account

    # How long the same prepared message with the same key is taken once only by the
    # provider; None where it would be sent twice.
    replays_for: timedelta | None = None

    @abstractmethod
    def prepare(self, message: Message) -> Any:
        """Put a frozen ``message`` together as it leaves, the same however often asked.

        Touches no network. Raise CannotPrepare.
        """

    @abstractmethod
    def deliver(self, prepared: Any, *, before_end: Callable[[], None]) -> Outcome:
        """Hand over once what ``prepare`` gave, within a total deadline.

        Never raises for what a server does, never tries twice. ``before_end`` is called
        when all but the end of the message is written, where that can be known.
        """

    def find(self, prepared: Any, *, around: datetime) -> LookUp:
        """Ask the provider whether it has what was handed over ``around`` then."""
        return Unsupported()

    def close(self) -> None:
        """Let go of kept connections. The route may be used again."""
        return
