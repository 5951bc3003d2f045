"""Whether a mail was written by a machine, by RFC 3834 and what was before it."""

from email.message import Message as Mail
from email.utils import parseaddr

_PRECEDENCE = frozenset({"bulk", "list", "junk", "auto_reply"})
_SIGNS = (
    "List-Id",
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Response-Suppress",
    "Feedback-ID",
)
_NAMES = frozenset({"mailer-daemon", "postmaster", "no-reply", "noreply"})


def is_by_a_robot(mail: Mail) -> bool:
    submitted = str(mail.get("Auto-Submitted", "no")).partition(";")[0]
    if submitted.strip().casefold() not in {"no", ""}:
        return True
    if str(mail.get("Precedence", "")).strip().casefold() in _PRECEDENCE:
        return True
    if any(name in mail for name in _SIGNS):
        return True
    local = parseaddr(str(mail.get("From", "")))[1].partition("@")[0]
    return _has_no_sender(mail) or local.casefold() in _NAMES


def _has_no_sender(mail: Mail) -> bool:
    """Return whether nobody wants to hear that it did not arrive."""
    given = getattr(mail, "envelope_sender", None)
    path = mail.get("Return-Path") if given is None else given
    return path is not None and str(path).strip() in {"", "<>"}
