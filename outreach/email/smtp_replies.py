"""What the replies of a mail server mean, at each point of the conversation.

Only numbers are kept of them: their words may quote the guest's address.
"""

from outreach.models import Attempt, ProviderAccount
from outreach.outcomes import Outcome

Kind = Attempt.Outcome
Pause = ProviderAccount.Pause

# Replies that ask for a login, or refuse the one that was given: RFC 4954.
_ABOUT_LOGIN = frozenset({530, 534, 535, 538})
# The message is larger than the server takes: RFC 1870.
_TOO_LARGE = 552


def outcome_of_connecting(code: int, words: bytes | str) -> Outcome:
    """The greeting, the hello or the login was not answered as hoped."""
    pause = Pause.LOGIN if code in _ABOUT_LOGIN else ""
    return Outcome(Kind.NOT_SENT, detail_of(code, words), pause=pause)


def outcome_of_sender(code: int, words: bytes | str) -> Outcome:
    """Our own address was refused: that is about all messages, not about this one."""
    if code in _ABOUT_LOGIN:
        return outcome_of_connecting(code, words)
    detail = detail_of(code, words)
    if code == _TOO_LARGE:
        return Outcome(Kind.REJECTED, detail)
    pause = Pause.SENDER if 500 <= code < 600 else ""
    return Outcome(Kind.NOT_SENT, detail, pause=pause)


def outcome_of_recipient(code: int, words: bytes | str) -> Outcome:
    """The guest's address was refused, before any text."""
    if code in _ABOUT_LOGIN:
        return outcome_of_connecting(code, words)
    return _outcome(code, words, otherwise=Kind.NOT_SENT)


def outcome_of_data(code: int, words: bytes | str) -> Outcome:
    """The text was not asked for, so nothing of it was written."""
    if code // 100 == 2:
        return Outcome(Kind.NOT_SENT, detail_of(code, words))
    return _outcome(code, words, otherwise=Kind.NOT_SENT)


def outcome_of_text(code: int, words: bytes | str) -> Outcome:
    """The text was taken, or not. An answer that makes no sense says neither."""
    return _outcome(code, words, otherwise=Kind.UNKNOWN)


def _outcome(code: int, words: bytes | str, *, otherwise: str) -> Outcome:
    kinds = {2: Kind.ACCEPTED, 4: Kind.THROTTLED, 5: Kind.REJECTED}
    return Outcome(kinds.get(code // 100, otherwise), detail_of(code, words))


def detail_of(code: int, words: bytes | str) -> str:
    """Return the numbers of a reply, the enhanced ones with them: RFC 3463."""
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else words
    first = text.split(maxsplit=1)[:1]
    is_enhanced = bool(first) and first[0].replace(".", "").isdigit()
    return f"{code} {first[0] if is_enhanced else ''}".strip()[:60]
