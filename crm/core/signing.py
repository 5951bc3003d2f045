"""Links that need no login, and fingerprints of addresses.

A public token is the row's uuid and a short seal over purpose and uuid. Nothing live is
stored: whoever reads the database without the key cannot make a link. The seal is 80
bits of HMAC-SHA256, read in constant time, and bound to one purpose.
"""

import base64
import binascii
import hashlib
import hmac
from uuid import UUID

from django.conf import settings

_SEAL_BYTES = 10


def public_token(purpose: str, uuid: UUID) -> str:
    """Return the same opaque token for the same ``purpose`` and ``uuid``, always."""
    sealed = uuid.bytes + _seal(settings.LINK_KEYS[0], purpose, uuid)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def read_public_token(purpose: str, token: str) -> UUID | None:
    """Return the uuid in ``token``; None when it is not one of ours for ``purpose``.

    Every key of LINK_KEYS is accepted, so old mails keep working after a rotation.
    """
    try:
        padded = token + "=" * (-len(token) % 4)
        raw = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + _SEAL_BYTES:
        return None
    uuid, seal = UUID(bytes=raw[:16]), raw[16:]
    # Every key is compared, whichever fits: the time taken tells nothing.
    seals = [_seal(key, purpose, uuid) for key in settings.LINK_KEYS]
    matches = [hmac.compare_digest(seal, known) for known in seals]
    return uuid if any(matches) else None


def _seal(key: str, purpose: str, uuid: UUID) -> bytes:
    message = purpose.encode() + b"\0" + uuid.bytes
    return hmac.new(key.encode(), message, hashlib.sha256).digest()[:_SEAL_BYTES]


def address_hash(channel: str, normalized: str) -> bytes:
    """Return the keyed fingerprint of an address, which outlives the address itself.

    Keyed, because a plain hash of a phone number is reversed in minutes.
    """
    key = settings.ADDRESS_HASH_KEY.encode()
    return hmac.new(key, f"{channel}:{normalized}".encode(), hashlib.sha256).digest()


def token_hash(token: str) -> bytes:
    """Return what is stored of a random one-time token."""
    return hashlib.sha256(token.encode()).digest()
