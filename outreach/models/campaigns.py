"""One message to many guests at one time."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel
from customers.models import Channel, Segment
from outreach.models.automations import by_email
from outreach.models.templates import MessageTemplate, TemplateVersion


class Campaign(TenantModel):
    """A message to the guests of a segment, at a time. States: docs/domain.md.

    At ``started_at`` the guests, the ``rules`` they were found by and the words are
    fixed; what changes afterwards changes nothing. ``subjects_b`` maps languages to a
    second subject for half of the guests. ``counts`` holds how many guests there were
    by decision when it began.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Being sent")
        PAUSED = "paused", _("Paused")
        DONE = "done", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=80)
    segment = models.ForeignKey(
        Segment,
        models.SET_NULL,
        null=True,
        related_name="campaigns",
        verbose_name=_("To"),
    )
    rules = models.JSONField(default=dict, editable=False)
    template = models.ForeignKey(
        MessageTemplate,
        models.PROTECT,
        related_name="campaigns",
        verbose_name=_("Message"),
    )
    template_version = models.ForeignKey(
        TemplateVersion,
        models.PROTECT,
        null=True,
        related_name="campaigns",
        editable=False,
    )
    channels = ArrayField(
        models.CharField(max_length=5, choices=Channel),
        default=by_email,
        verbose_name=_("By"),
    )
    subjects_b = models.JSONField(default=dict, blank=True)
    goal_days = models.PositiveSmallIntegerField(
        _("It worked if they visit within (days)"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    state = models.CharField(
        max_length=9, choices=State, default=State.DRAFT, editable=False
    )
    local_date = models.DateField(_("Date"), null=True, blank=True)
    local_time = models.TimeField(_("Time"), null=True, blank=True)
    send_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    counts = models.JSONField(default=dict, editable=False)
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
        default_related_name = "campaigns"
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled"))
                | Q(send_at__isnull=False),
                name="outreach_campaign_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("sending", "paused", "done"))
                | Q(started_at__isnull=False, template_version__isnull=False),
                name="outreach_campaign_is_fixed",
            ),
        )
        indexes = (
            models.Index(
                fields=("send_at",),
                condition=Q(state="scheduled"),
                name="outreach_campaign_due",
            ),
        )

    def __str__(self) -> str:
        return self.name
