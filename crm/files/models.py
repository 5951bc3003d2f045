"""Private files: every one belongs to a business, has a reader role and an end."""

import uuid
from datetime import datetime
from pathlib import PurePath
from typing import ClassVar

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models

from crm.tenancy.models import Staff, TenantModel


def private_storage() -> FileSystemStorage:
    """Return the storage that no web server serves; see ``crm.files.views``."""
    # In MEDIA_ROOT, which is private here: there is no MEDIA_URL.
    return FileSystemStorage(
        file_permissions_mode=0o600,
        directory_permissions_mode=0o700,
    )


def _private_path(stored: "StoredFile", name: str) -> str:
    # The name people see is a column; on disk there is nothing to guess or to read.
    suffix = PurePath(name).suffix[:10]
    return f"{stored.business_id}/{stored.uuid}{suffix}"


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def expired(self, now: datetime) -> "StoredFileQuerySet":
        return self.filter(expires_at__lte=now)

    def readable(self, now: datetime) -> "StoredFileQuerySet":
        """Return those that have not expired, whether or not they were cleared yet."""
        return self.exclude(expires_at__lte=now)


class StoredFile(TenantModel):
    """One private file and who may read it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    content = models.FileField(
        storage=private_storage, upload_to=_private_path, max_length=200
    )
    reader_role = models.CharField(max_length=8, choices=Staff.Role)
    # For nobody but who made it, whatever the role of others.
    is_for_maker = models.BooleanField(default=False, db_default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["StoredFile"]] = StoredFileQuerySet.as_manager()

    class Meta:
        default_related_name = "files"
        indexes = (models.Index(fields=("expires_at",), name="files_expiring"),)

    def __str__(self) -> str:
        return f"file {self.uuid}"

    def may_be_read_by(self, staff: Staff) -> bool:
        if self.is_for_maker and self.created_by_id != staff.user_id:
            return False
        return staff.may(self.reader_role)

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now
