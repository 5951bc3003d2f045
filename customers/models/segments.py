"""A question about guests that is asked again and again, by name."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Staff, TenantModel


class Segment(TenantModel):
    """Guests of one kind, by rules that are asked anew each time.

    ``rules`` is a tree as ``customers/segments/trees.py`` reads it. ``ready_key`` names
    the ready-made segment it began as.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=80)
    rules = models.JSONField(default=dict)
    strategy = models.TextField(
        _("What we do for these guests"), max_length=2000, blank=True
    )
    responsible = models.ForeignKey(
        Staff,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("Who looks after it"),
    )
    ready_key = models.CharField(max_length=24, blank=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
    )
    updated_at = models.DateTimeField(editable=False)

    class Meta:
        default_related_name = "segments"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "name"),
                name="customers_segment_name_once",
                violation_error_message=_("There is a segment with this name already."),
            ),
        )

    def __str__(self) -> str:
        return self.name
