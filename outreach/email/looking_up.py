"""Ask a provider whether it has a mail that nobody said anything about.

Only of those that can be asked by our own number of it. What they do not show proves
nothing, as their lists lag.
"""

from collections.abc import Callable, Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import quote

import requests
from anymail.message import AnymailMessage

from outreach.http_calls import call_until, name_of, new_session, timeouts_until
from outreach.outcomes import Found, LookUp, NoAnswer, NotFound

Ask = Callable[[Any, AnymailMessage], dict[str, Any]]
Read = Callable[[Any], str]


def look_up(
    provider: str, backend: Any, mail: AnymailMessage, *, deadline: float
) -> LookUp:
    """Return what ``provider`` knows of ``mail``, by one request. Never raises."""
    ask, read = LOOKS_UP[provider]
    session = new_session()
    with call_until(deadline) as call:
        try:
            response = session.get(
                **ask(backend, mail), timeout=timeouts_until(deadline)
            )
            if response.status_code != requests.codes.ok:
                return NoAnswer(str(response.status_code))
            number = read(response.json())
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # An answer that makes no sense answers nothing.
            return NoAnswer(type(error).__name__)
        except Exception as error:
            return NoAnswer("deadline" if call.is_cut else name_of(error))
        finally:
            session.close()
    return Found(number) if number else NotFound(is_proof=False)


def _ask_postmark(backend: Any, mail: AnymailMessage) -> dict[str, Any]:
    return {
        "url": f"{backend.api_url}messages/outbound",
        "params": {
            "count": 1,
            "offset": 0,
            "metadata_message": mail.metadata["message"],
        },
        "headers": {
            "X-Postmark-Server-Token": backend.server_token,
            "Accept": "application/json",
        },
    }


def _read_postmark(answer: Any) -> str:
    rows = answer["Messages"]
    return str(rows[0]["MessageID"]) if rows else ""


def _ask_mailgun(backend: Any, mail: AnymailMessage) -> dict[str, Any]:
    address = parseaddr(mail.from_email)[1]
    domain = backend.sender_domain or address.rpartition("@")[2]
    return {
        "url": f"{backend.api_url}{quote(domain, safe='')}/events",
        "params": {
            "limit": 1,
            "message-id": str(mail.extra_headers["Message-ID"]).strip("<>"),
        },
        "auth": ("api", backend.api_key),
    }


def _read_mailgun(answer: Any) -> str:
    rows = answer["items"]
    number = rows[0]["message"]["headers"]["message-id"] if rows else ""
    # With the brackets that it was taken with.
    return f"<{number}>" if number else ""


LOOKS_UP: Mapping[str, tuple[Ask, Read]] = {
    "mailgun": (_ask_mailgun, _read_mailgun),
    "postmark": (_ask_postmark, _read_postmark),
}
