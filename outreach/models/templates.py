"""The words, and the rule by which they are sent."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.tenancy.models import TenantModel, Venue
from customers.models import Purpose, Visit
from surveys.models import Survey


class MessageTemplate(TenantModel):
    """Words to send, by name. What they are now is the newest version."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=80)
    purpose = models.CharField(_("What it is about"), max_length=9, choices=Purpose)
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


class Automation(TenantModel):
    """One sentence: so long after a visit is completed, send this."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=80)
    template = models.ForeignKey(
        MessageTemplate,
        models.PROTECT,
        related_name="automations",
        verbose_name=_("Message"),
    )
    survey = models.ForeignKey(
        Survey,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="automations",
        verbose_name=_("Survey"),
    )
    visit_kinds = ArrayField(
        models.CharField(max_length=5, choices=Visit.Kind),
        default=list,
        blank=True,
        verbose_name=_("Kinds of visit"),
    )
    venues = models.ManyToManyField(
        Venue, blank=True, related_name="automations", verbose_name=_("Venues")
    )
    delay_days = models.PositiveSmallIntegerField(
        _("Days after departure"),
        default=1,
        validators=[MaxValueValidator(60)],
    )
    # Without a time the message goes as soon as the visit is completed.
    local_time = models.TimeField(_("At"), null=True, blank=True)
    expires_after_hours = models.PositiveSmallIntegerField(
        _("Not later than (hours)"),
        default=72,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 30)],
    )
    is_active = models.BooleanField(_("On"), default=False)
    # Visits completed before this are old facts and trigger nothing.
    activated_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        default_related_name = "automations"
        constraints = (
            models.CheckConstraint(
                condition=Q(delay_days=0) | Q(local_time__isnull=False),
                name="outreach_automation_later_needs_time",
                violation_error_message=_("Choose a time of day to send at."),
            ),
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(activated_at__isnull=False),
                name="outreach_automation_active_since",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def kinds_in_words(self) -> list[str]:
        """Return what the guests it follows have done; none means anything."""
        done = {
            Visit.Kind.STAY: _("stayed"),
            Visit.Kind.TABLE: _("had a table"),
            Visit.Kind.TOUR: _("joined a tour"),
            Visit.Kind.EVENT: _("came to an event"),
        }
        return [str(words) for kind, words in done.items() if kind in self.visit_kinds]

    @property
    def patience_in_words(self) -> str:
        """Return how late it may come, in whole days where it can be said so."""
        days, hours = divmod(self.expires_after_hours, 24)
        if hours:
            count = self.expires_after_hours
            return ngettext("%(count)s hour", "%(count)s hours", count) % {
                "count": count
            }
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
