"""What a provider of SMS is asked over HTTP, and what its answer means."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from outreach import http_calls
from outreach.http_calls import Call, call_until, name_of, new_session, timeouts_until
from outreach.models import Attempt
from outreach.outcomes import Outcome

Kind = Attempt.Outcome
Sign = Callable[[requests.PreparedRequest], requests.PreparedRequest]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


class Line:
    """The connections to one provider, kept between messages. Threads may share it.

    ``sign`` puts the account's name and password on each request.
    """

    def __init__(self, sign: Sign) -> None:
        self._sign = sign
        self._session = new_session()

    def ask(
        self, method: str, url: str, *, deadline: float, **content: Any
    ) -> Answer | Outcome:
        """Return the answer, or what the lack of one means. Never raises."""
        if time.monotonic() >= deadline:
            return Outcome(Kind.NOT_SENT, "deadline")
        with call_until(deadline) as call:
            try:
                response = self._session.request(
                    method,
                    url,
                    auth=self._sign,
                    timeout=timeouts_until(deadline),
                    **content,
                )
            except Exception as error:
                return _outcome_of(call, error)
            # What was cut short may look whole.
            if call.is_cut:
                return Outcome(Kind.UNKNOWN, "deadline")
            return Answer(response.status_code, response.headers, response.content)

    def close(self) -> None:
        self._session.close()


def with_password(user: str, password: str) -> Sign:
    return requests.auth.HTTPBasicAuth(user, password)


def with_bearer(token: str) -> Sign:
    # As something callable, so that no .netrc of the machine takes its place.
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign


def _outcome_of(call: Call, error: Exception) -> Outcome:
    kind = Kind.UNKNOWN if call.has_begun else Kind.NOT_SENT
    return Outcome(kind, "deadline" if call.is_cut else name_of(error))


def outcome_of_refusal(answer: Answer, code: str = "") -> Outcome:
    """Return what an answer means that did not take the message.

    ``code`` is the provider's own, where it has one.
    """
    detail = f"{answer.status} {code}".strip()
    if answer.status == 429:
        return Outcome(Kind.THROTTLED, detail, retry_after=retry_after(answer))
    # The account is not let in, or has no money: it is not about this message.
    if answer.status in {401, 402, 403}:
        return Outcome(Kind.NOT_SENT, detail)
    if 400 <= answer.status < 500 and answer.status not in {408, 409}:
        return Outcome(Kind.REJECTED, detail)
    return Outcome(Kind.UNKNOWN, detail)


def retry_after(answer: Answer) -> int | None:
    """Return the seconds that the other side asks to wait, at most a day."""
    return http_calls.retry_after(answer.headers)
