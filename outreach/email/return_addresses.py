"""The addresses at which mail comes back: answers, returned mails, wishes to stop.

Each carries a token of its message, so that nothing is matched by names or subjects.
Mail servers may change the case of what stands before the @, so it has one case only.
"""

import base64
import binascii
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum
from uuid import UUID

from crm.core.signing import public_token, read_public_token


class ReturnKind(StrEnum):
    """What is written to an address. Each has a seal of its own: who may answer a mail
    cannot make it look returned.
    """

    REPLY = "reply"
    BOUNCE = "bounce"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class ReturnAddress:
    """What an address is for, the message it belongs to, and its domain."""

    kind: ReturnKind
    message: UUID
    domain: str


def return_address(kind: ReturnKind, message: UUID, *, domain: str) -> str:
    """Return the same address for the same ``message``, always."""
    return f"{kind}+{_one_case(public_token(_purpose(kind), message))}@{domain}"


def read_return_address(address: str) -> ReturnAddress | None:
    """Return what ``address`` stands for; None when it is not one of ours.

    A name before the address and another case do no harm. Whose domain it is must be
    looked at by who knows the account.
    """
    local, _at, domain = parseaddr(address)[1].rpartition("@")
    word, _plus, sealed = local.partition("+")
    if word.lower() not in set(ReturnKind):
        return None
    kind = ReturnKind(word.lower())
    message = read_public_token(_purpose(kind), _two_cases(sealed))
    return ReturnAddress(kind, message, domain.lower()) if message else None


def _purpose(kind: ReturnKind) -> str:
    return f"mail-{kind}"


def _one_case(token: str) -> str:
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    return base64.b32encode(raw).rstrip(b"=").decode().lower()


def _two_cases(sealed: str) -> str:
    """Return the token that was written in one case; empty when it is none."""
    try:
        raw = base64.b32decode(sealed.upper() + "=" * (-len(sealed) % 8))
    except (binascii.Error, ValueError):
        return ""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
