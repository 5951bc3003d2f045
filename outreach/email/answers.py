"""What a provider's answer over HTTP means, beyond the number it begins with.

A refusal may be about the message, or about the whole account: no money, no login, a
sender that was never confirmed. Only the first ends a message; for the others it waits.
Sources: the pages of each provider on errors, and what Anymail makes of them.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from outreach.http_calls import name_of, retry_after
from outreach.models import Attempt, ProviderAccount
from outreach.outcomes import Outcome

Kind = Attempt.Outcome
Pause = ProviderAccount.Pause

# What may be kept of an answer: a word or a number, never a sentence with an address.
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,40}")
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class _Meaning:
    kind: str
    pause: str = ""
    retry_after: int | None = None


_LOGIN = _Meaning(Kind.NOT_SENT, Pause.LOGIN)
_EMPTY = _Meaning(Kind.NOT_SENT, Pause.EMPTY)
_SENDER = _Meaning(Kind.NOT_SENT, Pause.SENDER)
_REFUSED = _Meaning(Kind.REJECTED)
_OPEN = _Meaning(Kind.UNKNOWN)
_LATER = _Meaning(Kind.THROTTLED)
_NEXT_DAY = _Meaning(Kind.THROTTLED, retry_after=_HOUR)

_BY_STATUS = {
    401: _LOGIN,
    402: _EMPTY,
    403: _LOGIN,
    408: _OPEN,
    409: _OPEN,
    429: _LATER,
}

_REFUSES_WITH_200 = frozenset({"mandrill", "postal"})

# By the provider's own code, with the number where it means several things, or by the
# number alone where that has a meaning of its own.
_BY_CODE: Mapping[str, Mapping[str, _Meaning]] = {
    "brevo": {
        "account_under_validation": _EMPTY,
        "not_enough_credits": _EMPTY,
        "permission_denied": _LOGIN,
        "unauthorized": _LOGIN,
    },
    "mailersend": {"MS42207": _SENDER, "MS42225": _EMPTY},
    "mailgun": {"HTTP 404": _SENDER},
    "mailjet": {"send-0008": _SENDER},
    "mandrill": {
        "Invalid_Key": _LOGIN,
        "PaymentRequired": _EMPTY,
        "Unknown_Subaccount": _LOGIN,
        "ValidationError": _REFUSED,
        "invalid-sender": _SENDER,
        "unsigned": _SENDER,
    },
    "postal": {
        "AccessDenied": _LOGIN,
        "FromAddressMissing": _REFUSED,
        "InvalidServerAPIKey": _LOGIN,
        "NoContent": _REFUSED,
        "NoRecipients": _REFUSED,
        "ServerSuspended": _EMPTY,
        "UnauthenticatedFromAddress": _SENDER,
        "ValidationError": _REFUSED,
        "parameter-error": _REFUSED,
    },
    "postmark": {
        "10": _LOGIN,
        "400": _SENDER,
        "401": _SENDER,
        "405": _EMPTY,
        "412": _EMPTY,
    },
    "resend": {
        "403 validation_error": _SENDER,
        "daily_quota_exceeded": _NEXT_DAY,
        "invalid_api_key": _LOGIN,
        "invalid_from_address": _SENDER,
        "missing_api_key": _LOGIN,
        "monthly_quota_exceeded": _EMPTY,
        "restricted_api_key": _LOGIN,
    },
    "scaleway": {
        "denied_authentication": _LOGIN,
        "permissions_denied": _LOGIN,
        "quotas_exceeded": _EMPTY,
    },
    "sendgrid": {"HTTP 403": _SENDER},
    "sparkpost": {"HTTP 420": _NEXT_DAY, "7001": _SENDER},
}


def outcome_of_answer(provider: str, response: requests.Response) -> Outcome:
    """Return what an answer means that did not take the message."""
    status = response.status_code
    code = _code_in(provider, response)
    known = _BY_CODE.get(provider, {})
    meaning = (
        known.get(f"{status} {code}")
        or known.get(code)
        or known.get(f"HTTP {status}")
        or _by_status(status)
    )
    asked_to_wait = retry_after(response.headers)
    return Outcome(
        meaning.kind,
        f"{status} {code}".strip(),
        retry_after=(asked_to_wait or meaning.retry_after)
        if meaning.kind == Kind.THROTTLED
        else None,
        pause=meaning.pause,
    )


def _by_status(status: int) -> _Meaning:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    # A 2xx that cannot be read and a server's own trouble leave it open.
    return _REFUSED if 400 <= status < 500 else _OPEN


def _code_in(provider: str, response: requests.Response) -> str:
    reader = _READERS.get(provider)
    if reader is None or (response.ok and provider not in _REFUSES_WITH_200):
        return ""
    try:
        found = reader(json.loads(response.content))
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""
    text = str(found)
    return text if _CODE.fullmatch(text) else ""


def _of_mailersend(answer: Any) -> Any:
    found = re.search(r"#(MS\d{5})\b", json.dumps(answer))
    return found[1] if found else ""


def _of_mailjet(answer: Any) -> Any:
    if "ErrorCode" in answer:
        return answer["ErrorCode"]
    return answer["Messages"][0]["Errors"][0]["ErrorCode"]


def _of_mandrill(answer: Any) -> Any:
    # One row for each guest, or the trouble of the whole call.
    if isinstance(answer, list):
        return answer[0]["reject_reason"] or answer[0]["status"]
    return answer["name"]


def _of_postal(answer: Any) -> Any:
    is_plain = answer["status"] == "parameter-error"
    return answer["status"] if is_plain else answer["data"]["code"]


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "brevo": lambda answer: answer["code"],
    "mailersend": _of_mailersend,
    "mailjet": _of_mailjet,
    "mandrill": _of_mandrill,
    "postal": _of_postal,
    "postmark": lambda answer: answer["ErrorCode"],
    "resend": lambda answer: answer["name"],
    "scaleway": lambda answer: answer["type"],
    "sparkpost": lambda answer: answer["errors"][0]["code"],
    "unisender_go": lambda answer: answer["code"],
}


# Amazon answers through its own library.

_OF_AMAZON = {
    "AccessDeniedException": _LOGIN,
    "AccountSuspendedException": _EMPTY,
    "BadRequestException": _REFUSED,
    "ExpiredTokenException": _LOGIN,
    "InvalidClientTokenId": _LOGIN,
    "LimitExceededException": _NEXT_DAY,
    "MailFromDomainNotVerifiedException": _SENDER,
    "MessageRejected": _REFUSED,
    "NotFoundException": _SENDER,
    "SendingPausedException": _EMPTY,
    "SignatureDoesNotMatch": _LOGIN,
    "Throttling": _LATER,
    "ThrottlingException": _LATER,
    "TooManyRequestsException": _LATER,
    "UnrecognizedClientException": _LOGIN,
}
# What its library calls a connection that never came about. Trouble with encryption
# may come at any time, but a certificate is looked at first.
_NEVER_AT_AMAZON = frozenset(
    {
        "ConnectTimeoutError",
        "EndpointConnectionError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "SSLCertVerificationError",
    }
)


def outcome_at_amazon(
    answer: Mapping[str, Any] | None, error: BaseException
) -> Outcome:
    """Return what Amazon's library said: ``answer`` where there was one at all."""
    if not answer:
        name = type(error).__name__
        if name == "SSLError":
            # It keeps the cause by this name.
            name = name_of(getattr(error, "kwargs", {}).get("error", error))
        is_away = name in _NEVER_AT_AMAZON
        return Outcome(Kind.NOT_SENT if is_away else Kind.UNKNOWN, name)
    code = str(answer.get("Error", {}).get("Code", ""))
    code = code if _CODE.fullmatch(code) else ""
    meaning = _OF_AMAZON.get(code, _OPEN)
    return Outcome(
        meaning.kind, code, retry_after=meaning.retry_after, pause=meaning.pause
    )
