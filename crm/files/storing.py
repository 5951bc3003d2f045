"""Keep a private file, and let it go: the row and what is on disk belong together."""

import io
import mimetypes
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import IO

from django.core.files import File
from django.db import transaction

from crm.accounts.models import User
from crm.files.models import StoredFile
from crm.tenancy.models import Business

# Uploads, exports and what they leave behind are working papers, not records.
KEPT_FOR = timedelta(days=30)


def store_file(
    *,
    business: Business,
    name: str,
    content: bytes | IO[bytes],
    reader_role: str,
    created_by: User | None,
    now: datetime,
    keep_for: timedelta | None = KEPT_FOR,
    is_for_maker: bool = False,
) -> StoredFile:
    """Write ``content`` to private storage and return its row.

    ``name`` is what people see and save; on disk the file has another. ``keep_for``
    None keeps it until it is deleted; with ``is_for_maker`` nobody else reads it. A
    transaction that is rolled back afterwards leaves a file without a row, which
    ``expire_files`` sweeps up.
    """
    handle = File(io.BytesIO(content) if isinstance(content, bytes) else content)
    stored = StoredFile(
        business=business,
        name=PurePath(name).name[:200],
        content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
        size=handle.size,
        reader_role=reader_role,
        is_for_maker=is_for_maker,
        created_by=created_by,
        created_at=now,
        expires_at=None if keep_for is None else now + keep_for,
    )
    stored.content.save(name, handle, save=True)
    return stored


def delete_file(stored: StoredFile) -> None:
    """Delete the row, and what is on disk once the row's going is certain."""
    storage, path = stored.content.storage, str(stored.content.name)
    stored.delete()
    transaction.on_commit(lambda: storage.delete(path), robust=True)
