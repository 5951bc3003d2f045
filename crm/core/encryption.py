"""Seal words that not even the database may read, with keys that can be exchanged.

The keys are FIELD_ENCRYPTION_KEYS, any long random texts: the first seals, each of them
opens. Nothing here logs, and no error repeats what was sealed.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class CannotUnseal(Exception):
    """None of the keys opens it: its key is gone, or it was damaged."""


def seal(words: str) -> bytes:
    """Return ``words`` unreadable, and different each time."""
    return _keys().encrypt(words.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """Return the words in ``sealed``. Raise CannotUnseal."""
    try:
        return _keys().decrypt(bytes(sealed)).decode()
    except (InvalidToken, UnicodeDecodeError):
        # Without the cause, whose frames would hold what was sealed.
        raise CannotUnseal from None


def reseal(sealed: bytes | memoryview) -> bytes | None:
    """Return the same words under the first key; None when they are already.

    Raise CannotUnseal.
    """
    newest = _fernet(settings.FIELD_ENCRYPTION_KEYS[0])
    try:
        newest.decrypt(bytes(sealed))
    except InvalidToken:
        return seal(unseal(sealed))
    return None


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])


def _fernet(key: str) -> Fernet:
    digest = hashlib.sha256(b"fields:" + key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
