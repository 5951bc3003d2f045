"""What came of one try to hand a message over, by any channel."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try. ``detail`` is a code or the kind of error, never an address.

    ``retry_after`` in seconds, where the other side named a time. ``parts`` and ``cost``
    are of SMS, the latter in ten-thousandths of the account's currency.
    """

    kind: str
    detail: str = ""
    provider_id: str = ""
    retry_after: int | None = None
    parts: int | None = None
    cost: int | None = None
