"""Clear away files whose time is over, and what a crash left on disk without a row."""

import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from crm.files.models import StoredFile
from crm.files.storing import delete_file

# A file younger than this may belong to a transaction that is still open.
ORPHAN_AGE_SECONDS = 24 * 3600


def expire_files(*, now: datetime, limit: int = 500) -> int:
    """Delete at most ``limit`` expired files and return how many. Safe to repeat."""
    with transaction.atomic():
        expired = list(
            StoredFile.objects.expired(now)
            .select_for_update(skip_locked=True)
            .order_by("expires_at", "pk")[:limit]
        )
        for stored in expired:
            delete_file(stored)
    return len(expired)


def sweep_orphans() -> int:
    """Delete files on disk that no row knows, and return how many."""
    root = Path(settings.MEDIA_ROOT)
    oldest = time.time() - ORPHAN_AGE_SECONDS
    swept = 0
    for path in root.glob("*/*"):
        if path.stat().st_mtime >= oldest:
            continue
        name = path.relative_to(root).as_posix()
        if not StoredFile.objects.filter(content=name).exists():
            path.unlink(missing_ok=True)
            swept += 1
    return swept
