"""The addresses at which mails, answers and wishes to stop come back for one message.

``bounce+<token>@`` the account's domain for replies, and the like. Some mail programs
write addresses in small letters, so a token here has no capital ones.
"""

import base64
import binascii
from enum import StrEnum
from uuid import UUID

from crm.core.signing import public_token, read_public_token
from outreach.models import Message


class Return(StrEnum):
    BOUNCE = "bounce"
    REPLY = "reply"
    UNSUBSCRIBE = "unsubscribe"


def return_address(kind: Return, message: Message, *, domain: str) -> str:
    """Return the same address for the same ``message``, always."""
    token = public_token(_purpose(kind), message.uuid)
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    small = base64.b32encode(raw).decode().rstrip("=").lower()
    return f"{kind}+{small}@{domain}"


def read_return_address(address: str) -> tuple[Return, UUID] | None:
    """Return what ``address`` is for and the message's uuid; None for any other."""
    local = address.strip().strip("<>").rpartition("@")[0]
    name, _plus, small = local.casefold().partition("+")
    if name not in set(Return):
        return None
    try:
        raw = base64.b32decode(small.upper() + "=" * (-len(small) % 8))
    except (binascii.Error, ValueError):
        return None
    token = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    uuid = read_public_token(_purpose(Return(name)), token)
    return None if uuid is None else (Return(name), uuid)


def _purpose(kind: Return) -> str:
    return f"mail-{kind}"
