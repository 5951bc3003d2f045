"""Read a mail that came back: returned, delayed, delivered after all, or called spam.

Reports of mail servers are told apart by their parts (RFC 3464, RFC 5965); for the many
that write otherwise, flufl.bounce knows how. Who wrote to whom is not looked at: which
message it is about stands in the address it came to, or in the mail it brings back.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mail
from uuid import UUID

from flufl.bounce import all_failures

from outreach.events.bounces import Bounce, bounce_of_code, code_in_answer
from outreach.events.happenings import KIND_OF_BOUNCE
from outreach.models import DeliveryEvent

Kind = DeliveryEvent.Kind

_OUR_MESSAGE_ID = re.compile(
    r"^<?\s*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE
)
_ACTIONS = {
    "delayed": Kind.DEFERRED,
    "delivered": Kind.DELIVERED,
    "relayed": Kind.SENT,
    "expanded": Kind.SENT,
}
_MACHINES = frozenset({"mailer-daemon", "postmaster", "mail-daemon"})
_MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail says became of one of ours. ``message`` is None where it does not
    bring it back; ``kind`` is empty where it says nothing that counts.
    """

    kind: str
    code: str = ""
    message: UUID | None = None


def report_in(mail: Mail, *, is_to_bounces: bool) -> Report | None:
    """Return what ``mail`` reports; None where it is no report.

    ``is_to_bounces`` when it came to where only returned mails and robots write.
    """
    found = _complaint_in(mail) or _status_in(mail)
    if found is None and (is_to_bounces or _is_from_a_server(mail)):
        found = _guess(mail)
    if found is None:
        return None
    kind, code = found
    return Report(kind, code, _message_in(mail))


def _complaint_in(mail: Mail) -> tuple[str, str] | None:
    for part in mail.walk():
        if part.get_content_type() == "message/feedback-report":
            fields = _text(part)
            is_abuse = re.search(
                r"^feedback-type:\s*(abuse|fraud|virus)", fields, re.I | re.M
            )
            return (Kind.COMPLAINED if is_abuse else "", "")
    return None


def _status_in(mail: Mail) -> tuple[str, str] | None:
    """Return what a delivery status says; of several receivers, the first."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in _blocks(part):
            action = str(fields.get("Action", "")).strip().casefold()
            if action in _ACTIONS:
                return _ACTIONS[action], _code(fields)
            if action == "failed" or fields.get("Status"):
                return _failed(_code(fields))
        return "", ""
    return None


def _blocks(part: Mail) -> Iterator[Mail]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload if isinstance(block, Mail))


def _code(fields: Mail) -> str:
    """Return the status, or what the other server said, which knows better."""
    status = code_in_answer(str(fields.get("Status", "")))
    said = code_in_answer(str(fields.get("Diagnostic-Code", "")))
    return said if bounce_of_code(said) or not status else status


def _failed(code: str) -> tuple[str, str]:
    # Some report as failed what they will try again, with a status of 4.
    return KIND_OF_BOUNCE[bounce_of_code(code) or Bounce.SOFT], code


def _guess(mail: Mail) -> tuple[str, str] | None:
    """Return what a report of another form seems to say. Never that for good, without
    a status."""
    temporary, permanent = all_failures(mail)
    if permanent:
        return _failed(code_in_answer(_words(mail)))
    return (Kind.DEFERRED, code_in_answer(_words(mail))) if temporary else None


def _is_from_a_server(mail: Mail) -> bool:
    local = str(mail.get("From", "")).rpartition("<")[2].partition("@")[0]
    return local.strip().casefold() in _MACHINES


def _message_in(mail: Mail) -> UUID | None:
    """Return our message that is brought back, in whole or by its head."""
    for part in mail.walk():
        if part.get_content_type() == "text/rfc822-headers":
            found = re.search(r"^message-id:\s*(\S+)", _text(part), re.I | re.M)
            name = found[1] if found else ""
        elif part is not mail:
            name = str(part.get("Message-ID", ""))
        else:
            continue
        ours = _OUR_MESSAGE_ID.match(name.strip())
        if ours:
            return UUID(ours[1])
    return None


def _words(mail: Mail) -> str:
    texts = (
        _text(part) for part in mail.walk() if part.get_content_maintype() == "text"
    )
    return next(texts, "")


def _text(part: Mail) -> str:
    """Return what stands in a part, whatever it was written in."""
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload[:_MOST_TEXT].decode("utf-8", "replace")
    inner = part.get_payload()
    if isinstance(inner, list):
        return "\n".join(str(block) for block in inner)[:_MOST_TEXT]
    return str(inner)[:_MOST_TEXT]
