"""The words that are sent."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel
from customers.models import Purpose


class MessageTemplate(TenantModel):
    """Words to send, by name. What they are now is the newest version."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=80)
    purpose = models.CharField(_("What it is about"), max_length=9, choices=Purpose)
    ready_key = models.CharField(max_length=24, blank=True, editable=False)
    # Put away: kept with what was sent, and offered no more.
    archived_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "message_templates"

    def __str__(self) -> str:
        return self.name


class TemplateVersion(TenantModel):
    """The words as they were at one time. A version that was used never changes.

    ``contents`` maps a language code to ``{"subject", "preview", "blocks"}``; a block
    is ``{"type": "heading" | "text", "text"}`` or ``{"type": "button", "text",
    "link"}`` where ``link`` names a personal link such as ``survey``.
    """

    template = models.ForeignKey(
        MessageTemplate, models.CASCADE, related_name="versions"
    )
    number = models.PositiveSmallIntegerField()
    contents = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        default_related_name = "template_versions"
        constraints = (
            models.UniqueConstraint(
                fields=("template", "number"), name="outreach_version_number_once"
            ),
        )

    def __str__(self) -> str:
        return f"template {self.template_id} v{self.number}"
