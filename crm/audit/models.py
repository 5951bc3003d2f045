"""Who did what to what. Field names only: never a second copy of personal values."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.tenancy.models import TenantModel


class Event(TenantModel):
    """One thing that somebody, or a batch, did. Rows are never changed.

    The database refuses UPDATE and DELETE, see the migration; a business that is
    removed as a whole, and the retention clock, say so first.
    """

    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+",
        db_constraint=False,
    )  # fmt: skip
    action = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40)
    object_ref = models.CharField(max_length=40)
    fields = ArrayField(models.CharField(max_length=60), default=list)
    batch = models.CharField(max_length=60, blank=True)

    class Meta:
        default_related_name = "audit_events"
        indexes = (
            # Newest first, whatever it is narrowed to; see crm/audit/reading.py.
            models.Index(fields=("business", "at", "id"), name="audit_event_newest"),
            models.Index(
                fields=("business", "actor", "at", "id"), name="audit_event_by_actor"
            ),
            models.Index(
                fields=("business", "action", "at", "id"), name="audit_event_by_action"
            ),
            models.Index(
                fields=("business", "object_type", "at", "id"),
                name="audit_event_by_kind",
            ),
            models.Index(
                fields=("business", "object_type", "object_ref", "at", "id"),
                name="audit_event_of_object",
            ),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_ref}"
