"""Long work that a person waits for."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.files.models import StoredFile
from crm.tenancy.models import Staff, TenantModel


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> "JobQuerySet":
        return self.filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING))


class Job(TenantModel):
    """One piece of long work: where it stands, who holds it, what came out.

    A job is done in steps. ``cursor`` is all that the next step needs to know, saved in
    the same transaction as the step's own work, so that a killed worker loses at most
    one unfinished step and nothing happens twice.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    reader_role = models.CharField(
        max_length=8, choices=Staff.Role, default=Staff.Role.MANAGER
    )
    arguments = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(null=True)
    result = models.JSONField(default=dict)
    result_file = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, related_name="+"
    )
    problem = models.CharField(max_length=300, blank=True)
    is_cancel_asked = models.BooleanField(default=False)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    crash_count = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Job"]] = JobQuerySet.as_manager()

    class Meta:
        default_related_name = "jobs"
        constraints = (
            models.CheckConstraint(
                condition=Q(status="running", lease_token__isnull=False)
                | (~Q(status="running") & Q(lease_token__isnull=True)),
                name="jobs_job_running_has_lease",
            ),
        )
        indexes = (
            models.Index(
                fields=("created_at",),
                condition=Q(status__in=("queued", "running")),
                name="jobs_unfinished",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"

    @property
    def is_final(self) -> bool:
        return self.status not in {self.Status.QUEUED, self.Status.RUNNING}

    @property
    def percent(self) -> int | None:
        """Return how far the work is, 0 to 100; None while the total is unknown."""
        if not self.total_count:
            return None
        return min(100, 100 * self.done_count // self.total_count)

    def ask_to_cancel(self) -> None:
        """Ask for a stop at the next step."""
        self.is_cancel_asked = True
        self.save(update_fields=["is_cancel_asked"])

    def seconds_running(self, now: datetime) -> float | None:
        return (now - self.started_at).total_seconds() if self.started_at else None
