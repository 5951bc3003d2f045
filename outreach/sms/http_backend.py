"""What the providers that are spoken to over HTTP have in common.

Each of them says how a message is written and how an answer is read; when to ask, and
what silence means, is the same for all.
"""

from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from outreach.outcomes import LookUp, NoAnswer, Outcome, Unsupported
from outreach.sms.backends import SmsBackend, SmsOut
from outreach.sms.calls import Answer, Line, Sign
from outreach.sms.readings import id_in, instant_in, text_in

_BEFORE, _AFTER = timedelta(minutes=2), timedelta(minutes=30)


class HttpSmsBackend(SmsBackend):
    """One account at one provider, over connections that are kept.

    ``base_url`` stands in for the provider's own server.
    """

    def __init__(
        self, account: UUID, credentials: Mapping[str, str], *, base_url: str = ""
    ) -> None:
        super().__init__(account, credentials)
        self._url = (base_url or self._server()) + self._path()
        self._line = Line(self._sign())

    @abstractmethod
    def _server(self) -> str:
        """Return the beginning of the provider's addresses for this account."""

    @abstractmethod
    def _path(self) -> str:
        """Return the rest of the address at which messages are posted and listed."""

    @abstractmethod
    def _sign(self) -> Sign:
        """Return what lets the account in."""

    @abstractmethod
    def _request(self, out: SmsOut) -> dict[str, Any]:
        """Return ``out`` as the provider takes it: ``data`` for a form, or ``json``."""

    @abstractmethod
    def _outcome(self, answer: Answer) -> Outcome:
        """Return what an answer to a message means."""

    def _question(self, out: SmsOut, around: datetime) -> dict[str, str] | None:
        """Return how to ask for ``out``; None where that cannot be asked."""
        return None

    def _looked_up(
        self, answer: Answer, out: SmsOut, around: datetime, known: Collection[str]
    ) -> LookUp:
        """Return what the answer to the question means."""
        return Unsupported()

    def send(self, out: SmsOut, *, deadline: float) -> Outcome:
        request = self._request(out)
        answer = self._line.ask("POST", self._url, deadline=deadline, **request)
        return answer if isinstance(answer, Outcome) else self._outcome(answer)

    def lookup(
        self,
        out: SmsOut,
        *,
        around: datetime,
        deadline: float,
        known: Collection[str] = (),
    ) -> LookUp:
        question = self._question(out, around)
        if question is None:
            return Unsupported()
        answer = self._line.ask("GET", self._url, deadline=deadline, params=question)
        if isinstance(answer, Outcome):
            return NoAnswer(answer.detail)
        return self._looked_up(answer, out, around, known)

    def close(self) -> None:
        self._line.close()


def earliest(around: datetime) -> datetime:
    """Return from when on a list may show what was handed over ``around`` then."""
    return around - _BEFORE


@dataclass(frozen=True, slots=True)
class Listed:
    """How a provider's list, newest first, calls its own id, the words and the time."""

    provider_id: str
    text: str
    made: str


def oldest_alike(
    rows: Iterable[Any],
    out: SmsOut,
    names: Listed,
    *,
    around: datetime,
    known: Collection[str],
) -> dict[str, Any] | None:
    """Return the row with the same words to the same number at that time, which is
    not ``known`` to be another message."""
    alike = [
        row
        for row in rows
        if isinstance(row, dict)
        and (text_in(row, "to"), text_in(row, names.text)) == (out.to, out.text)
        and _is_in_time(instant_in(row, names.made), around)
        and id_in(row, names.provider_id) not in {"", *known}
    ]
    return alike[-1] if alike else None


def _is_in_time(made: datetime | None, around: datetime) -> bool:
    return made is not None and around - _BEFORE <= made <= around + _AFTER
