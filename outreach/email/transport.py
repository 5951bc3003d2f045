"""Hand one mail to the mail server or provider, and say honestly what came of it."""

import smtplib
from collections.abc import Callable
from contextlib import suppress

from anymail.exceptions import (
    AnymailAPIError,
    AnymailCancelSend,
    AnymailError,
    AnymailRecipientsRefused,
)
from django.core.mail import EmailMessage, get_connection

from outreach.email.smtp import Conversation, EmailBackend
from outreach.models import Attempt
from outreach.outcomes import Outcome

Kind = Attempt.Outcome


def deliver(mail: EmailMessage, *, before_end: Callable[[], None]) -> Outcome:
    """Send ``mail`` to its one recipient over the configured backend.

    Never raises for what a mail server or provider does. Nothing is tried twice here.
    """
    backend = get_connection()
    conversation = None
    if isinstance(backend, EmailBackend):
        conversation, backend.before_end = backend.conversation, before_end
    try:
        backend.send_messages([mail])
    except Exception as error:
        return _outcome_of_error(error, conversation)
    finally:
        # After a refused login Django leaves the connection open.
        with suppress(Exception):
            backend.close()
    if conversation is not None and conversation.reply is None:
        return Outcome(Kind.NOT_SENT, "no recipient")
    return Outcome(Kind.ACCEPTED, provider_id=_provider_id(mail))


def _provider_id(mail: EmailMessage) -> str:
    status = getattr(mail, "anymail_status", None)
    given = getattr(status, "message_id", None)
    return str(given or mail.extra_headers.get("Message-ID", ""))[:250]


def _outcome_of_error(error: Exception, conversation: Conversation | None) -> Outcome:
    if conversation is not None:
        return _outcome_of_smtp(error, conversation)
    if isinstance(error, AnymailError):
        return _outcome_of_provider(error)
    return _outcome_of_network(error)


# SMTP


def _outcome_of_smtp(error: Exception, conversation: Conversation) -> Outcome:
    """The server's answer to the text is the truth; then how far we came."""
    if conversation.reply is not None:
        return _outcome_of_code(*conversation.reply)
    if conversation.has_ended_text:
        return Outcome(Kind.UNKNOWN, type(error).__name__)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _outcome_of_code(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPDataError):
        return _outcome_of_code(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPResponseException):
        # The greeting, the login or our own address was refused: it is not about
        # this message.
        return Outcome(Kind.NOT_SENT, _detail(error.smtp_code, error.smtp_error))
    if isinstance(error, OSError):
        return Outcome(Kind.NOT_SENT, type(error).__name__)
    return Outcome(Kind.REJECTED, type(error).__name__)


def _outcome_of_code(code: int, text: bytes | str) -> Outcome:
    detail = _detail(code, text)
    if 200 <= code < 300:
        return Outcome(Kind.ACCEPTED, detail)
    return Outcome(Kind.REJECTED if code >= 500 else Kind.THROTTLED, detail)


def _detail(code: int, text: bytes | str) -> str:
    """Return the numbers of a reply: its words may quote the guest's address."""
    words = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    first = words.split(maxsplit=1)[:1]
    enhanced = first[0] if first and first[0].replace(".", "").isdigit() else ""
    return f"{code} {enhanced}".strip()[:120]


# Providers over HTTP


def _outcome_of_provider(error: AnymailError) -> Outcome:
    if isinstance(error, AnymailRecipientsRefused):
        return Outcome(Kind.REJECTED, type(error).__name__)
    if isinstance(error, AnymailCancelSend):
        return Outcome(Kind.NOT_SENT, type(error).__name__)
    if not isinstance(error, AnymailAPIError):
        # It was refused before any call: an unusable address or a missing feature.
        return Outcome(Kind.REJECTED, type(error).__name__)
    code = error.status_code
    if code is None:
        return _outcome_of_network(error.__cause__ or error)
    return _outcome_of_status(code, error)


def _outcome_of_status(code: int, error: AnymailAPIError) -> Outcome:
    if code == 429:
        return Outcome(Kind.THROTTLED, "429", retry_after=_retry_after(error))
    if code in {401, 403}:
        return Outcome(Kind.NOT_SENT, str(code))
    # A 2xx that cannot be read, a conflict and a server's own trouble leave it open.
    if 400 <= code < 500 and code not in {408, 409}:
        return Outcome(Kind.REJECTED, str(code))
    return Outcome(Kind.UNKNOWN, str(code))


def _retry_after(error: AnymailAPIError) -> int | None:
    headers = getattr(error.response, "headers", None) or {}
    seconds = str(headers.get("Retry-After", ""))
    return min(int(seconds), 86_400) if seconds.isdigit() else None


# Words in an error that only a connection that never came about has.
_NEVER_CONNECTED = (
    "NewConnectionError",
    "NameResolutionError",
    "CERTIFICATE_VERIFY_FAILED",
)


def _outcome_of_network(error: BaseException) -> Outcome:
    """Only what certainly failed before the request was written is "not sent"."""
    # By name: which HTTP library a provider's backend uses is its own affair.
    names = {kind.__name__ for kind in type(error).__mro__}
    is_never_sent = "ConnectTimeout" in names or (
        "ConnectionError" in names
        and any(words in repr(error) for words in _NEVER_CONNECTED)
    )
    kind = Kind.NOT_SENT if is_never_sent else Kind.UNKNOWN
    return Outcome(kind, type(error).__name__)
