"""What came of one try to hand a message over, by any channel, and of asking later."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try. ``detail`` is a code or the kind of error, never an address.

    ``retry_after`` in seconds, where the other side named a time. ``parts`` and ``cost``
    are of SMS, the latter in ten-thousandths of the account's currency. ``pause`` is a
    ``ProviderAccount.Pause`` where the trouble is about the whole account.
    """

    kind: str
    detail: str = ""
    provider_id: str = ""
    retry_after: int | None = None
    parts: int | None = None
    cost: int | None = None
    pause: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The provider has it. ``delivery`` as on the message; empty while under way."""

    provider_id: str
    delivery: str = ""
    parts: int | None = None
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """The provider shows nothing. Only with ``is_proof`` does that mean it has nothing.

    And even then its list may lag: wait, and look twice.
    """

    is_proof: bool


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The question failed; nothing is known. ``detail`` as in an Outcome."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """This provider cannot be asked."""


LookUp = Found | NotFound | NoAnswer | Unsupported
