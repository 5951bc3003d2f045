"""Hand one mail to a provider over HTTP, and say honestly what came of it.

Anymail speaks each provider's language. Its request is made over connections of ours:
one for each try, ended in time.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import requests
from anymail.backends.base import AnymailBaseBackend
from anymail.backends.base_requests import AnymailRequestsBackend
from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from anymail.message import AnymailMessage
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from outreach.email.answers import outcome_at_amazon, outcome_of_answer
from outreach.email.looking_up import LOOKS_UP, look_up
from outreach.email.providers import SES
from outreach.http_calls import Call, call_until, name_of, new_session, timeouts_until
from outreach.models import Attempt
from outreach.outcomes import LookUp, Outcome, Unsupported

Kind = Attempt.Outcome

# What Anymail calls what became of a guest's mail.
_YES = frozenset({"queued", "sent"})
_NO = frozenset({"failed", "invalid", "rejected"})
# Anymail calls it failed where an answer that takes the mail says nothing of it.
_FAILS_WITHOUT_A_WORD = frozenset({"mailersend", "mailjet"})
# Those who answer to a mail that they took with this number, and no other.
_TAKES_WITH = {"mailersend": 202, "sendgrid": 202}


class ProviderLine:
    """One thread's connections to a provider, kept from message to message.

    ``provider`` is its name, empty for a mail backend that is none of Anymail's.
    """

    def __init__(
        self,
        backend: BaseEmailBackend,
        provider: str,
        *,
        must_be_public: bool = False,
    ) -> None:
        self._backend = backend
        self._provider = provider
        self._session: requests.Session | None = None
        if isinstance(backend, AnymailRequestsBackend):
            self._session = new_session(must_be_public=must_be_public)

    def send(
        self, mail: EmailMessage, *, deadline: float, before_end: Callable[[], None]
    ) -> Outcome:
        """Send ``mail`` to its one recipient, once, until ``deadline`` at the latest.

        Never raises for what a provider does. Over HTTP nobody knows when the end of a
        message is near, so that ``before_end`` is not called.
        """
        if time.monotonic() >= deadline:
            return Outcome(Kind.NOT_SENT, "deadline")
        with call_until(deadline) as call:
            try:
                self._send(mail, deadline)
            except Exception as error:
                return self._outcome_of_error(error, mail, call)
            if self._is_cut(call):
                # What was cut short may look whole.
                return Outcome(Kind.UNKNOWN, "deadline")
            return self._outcome_of_status(mail)

    def find(self, mail: AnymailMessage, *, deadline: float) -> LookUp:
        """Ask whether the provider has ``mail``, by one request."""
        if self._provider not in LOOKS_UP or time.monotonic() >= deadline:
            return Unsupported()
        return look_up(self._provider, self._backend, mail, deadline=deadline)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()
        with suppress(Exception):
            self._backend.close()

    def _send(self, mail: EmailMessage, deadline: float) -> None:
        if isinstance(self._backend, AnymailRequestsBackend):
            # A session that is there already is kept, and used for one request.
            self._backend.session = self._session
            self._backend.timeout = timeouts_until(deadline)
        self._backend.send_messages([mail])

    def _is_cut(self, call: Call) -> bool:
        # Only connections of ours are cut. Others end when they end, and what they say
        # then is how it went.
        return self._session is not None and call.is_cut

    def _outcome_of_error(
        self, error: Exception, mail: EmailMessage, call: Call
    ) -> Outcome:
        if self._is_cut(call):
            kind = Kind.UNKNOWN if call.has_begun else Kind.NOT_SENT
            return Outcome(kind, "deadline")
        if isinstance(error, AnymailRecipientsRefused):
            return self._outcome_of_status(mail)
        if self._provider == SES and isinstance(error, AnymailError):
            answer = getattr(error, "response", None)
            return outcome_at_amazon(answer, _cause_of(error))
        response = getattr(error, "response", None)
        if isinstance(response, requests.Response):
            return outcome_of_answer(self._provider, response)
        if self._session is None:
            return _outcome_of_other(error)
        if call.has_begun:
            return Outcome(Kind.UNKNOWN, name_of(_cause_of(error)))
        # Nothing was written. Either no connection came about, or the message cannot be
        # put in the provider's words: then Anymail says so, or a mistake does.
        if isinstance(_cause_of(error), (OSError, requests.RequestException)):
            return Outcome(Kind.NOT_SENT, name_of(_cause_of(error)))
        kind = Kind.REJECTED if isinstance(error, AnymailError) else Kind.NOT_SENT
        return Outcome(kind, type(error).__name__)

    def _outcome_of_status(self, mail: EmailMessage) -> Outcome:
        """Return what Anymail read in an answer."""
        if not isinstance(self._backend, AnymailBaseBackend):
            given = mail.extra_headers.get("Message-ID", "")
            return Outcome(Kind.ACCEPTED, provider_id=str(given)[:250])
        status = cast("AnymailMessage", mail).anymail_status
        found = {str(one.status) for one in status.recipients.values()}
        if self._provider in _FAILS_WITHOUT_A_WORD:
            found.discard("failed")
        if self._session is None:
            return _outcome_of_words(found, status.message_id)
        response = status.esp_response
        if not isinstance(response, requests.Response):
            return Outcome(Kind.NOT_SENT, "cancelled")
        if self._is_taken(found, status.message_id, response):
            return Outcome(Kind.ACCEPTED, provider_id=str(status.message_id)[:250])
        outcome = outcome_of_answer(self._provider, response)
        if outcome.kind == Kind.UNKNOWN and response.ok and _is_no(found):
            return Outcome(Kind.REJECTED, _word(found))
        return outcome

    def _is_taken(
        self, found: set[str], message_id: Any, response: requests.Response
    ) -> bool:
        right = _TAKES_WITH.get(self._provider, response.status_code)
        is_said = _is_yes(found) and isinstance(message_id, (str, int))
        return (
            is_said
            and bool(message_id)
            and response.ok
            and response.status_code == right
        )


def _outcome_of_words(found: set[str], message_id: Any) -> Outcome:
    """Return what Anymail says of a backend whose answer cannot be looked at."""
    if _is_yes(found):
        return Outcome(Kind.ACCEPTED, provider_id=str(message_id or "")[:250])
    return Outcome(Kind.REJECTED if _is_no(found) else Kind.UNKNOWN, _word(found))


def _is_yes(found: set[str]) -> bool:
    return bool(found) and found <= _YES


def _is_no(found: set[str]) -> bool:
    return bool(found) and found <= _NO


def _outcome_of_other(error: Exception) -> Outcome:
    """Of a backend that we do not know from inside, only Anymail's own "no" is sure."""
    is_no = isinstance(error, AnymailError)
    kind = Kind.REJECTED if is_no else Kind.UNKNOWN
    return Outcome(kind, type(error).__name__)


def _word(found: set[str]) -> str:
    return " ".join(sorted(str(word) for word in found))


def _cause_of(error: BaseException) -> BaseException:
    return error.__cause__ or error
