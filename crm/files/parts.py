"""A large file that is made in several steps, each of which may be repeated.

A part is written whole or not at all, so a step that is done twice leaves what it would
have left once. Parts that nobody joins are swept up like any file without a row.
"""

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

from crm.tenancy.models import Business


def put_part(business: Business, key: UUID, number: int, content: bytes) -> None:
    """Write part ``number``, from 0, of what ``key`` names."""
    target = _part(business, key, number)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made readable by nobody else, and in place at once.
    handle, draft = tempfile.mkstemp(dir=target.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(draft).replace(target)


def joined_parts(business: Business, key: UUID, count: int) -> IO[bytes]:
    """Return the parts one after the other as an open file, which the caller closes.

    Raise FileNotFoundError when one of them is gone.
    """
    with ExitStack() as opened:
        # Nameless, so it is gone with whoever has it open.
        whole = opened.enter_context(tempfile.TemporaryFile(dir=_folder(business)))
        for number in range(count):
            with _part(business, key, number).open("rb") as part:
                shutil.copyfileobj(part, whole)
        whole.flush()
        whole.seek(0)
        opened.pop_all()
    return whole


def drop_parts(business: Business, key: UUID, count: int) -> None:
    for number in range(count):
        _part(business, key, number).unlink(missing_ok=True)


def _part(business: Business, key: UUID, number: int) -> Path:
    return _folder(business) / f"{key}.{number}.part"


def _folder(business: Business) -> Path:
    return Path(settings.MEDIA_ROOT) / str(business.pk)
