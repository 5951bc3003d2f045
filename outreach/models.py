"""What is sent to guests: the words, the rule, the message and each try to send it."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.tenancy.models import TenantModel, Venue
from customers.models import Channel, Guest, Purpose, Visit
from outreach.decision import Reason
from surveys.models import Invitation, Survey


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


class Message(TenantModel):
    """One message to one person for one occasion. States: docs/domain.md.

    ``occasion`` makes planning repeatable: the same fact gives the same occasion, and
    the database takes it once. ``send_at`` is the instant; the rule it came from
    (``local_date``, ``local_time``, ``schedule_zone``) stays beside it. ``subject``,
    ``body_text`` and ``body_html`` are frozen at the first try, with placeholders where
    personal links go, so that a repeat is identical and no row holds a live link.
    Leases and "due" use the database's clock.
    """

    class Kind(models.TextChoices):
        CRITICAL = "critical", _("Important about the visit")
        SERVICE = "service", _("About the visit")
        SURVEY = "survey", _("Questions")
        MARKETING = "marketing", _("News and offers")

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        CLAIMED = "claimed", _("Being prepared")
        SENDING = "sending", _("Being sent")
        ACCEPTED = "accepted", _("Sent")
        FAILED = "failed", _("Could not be sent")
        UNKNOWN = "unknown", _("Checking whether it was sent")
        UNCONFIRMED = "unconfirmed", _("May have been sent")
        CANCELLED = "cancelled", _("Called off")
        EXPIRED = "expired", _("Too late to send")
        SUPPRESSED = "suppressed", _("Not sent")

    class Trouble(models.TextChoices):
        """What came in the way of sending, beside what ``decision.Reason`` names."""

        REFUSED = "refused", _("The mail server refused the address or the message.")
        TEMPLATE = "template", _("The words could not be filled in.")
        TOO_MANY_TRIES = (
            "too_many_tries",
            _("The mail server asked us to wait too often."),
        )
        THROTTLED = "throttled", _("The mail server asked us to wait. We try again.")
        NOT_SENT = "not_sent", _("The mail server was not reached. We try again.")
        NO_ANSWER = "no_answer", _("The mail server never said whether it took it.")

    FINAL_STATUSES: ClassVar[frozenset[str]] = frozenset(
        {
            Status.ACCEPTED, Status.FAILED, Status.UNCONFIRMED, Status.CANCELLED,
            Status.EXPIRED, Status.SUPPRESSED,
        }
    )  # fmt: skip

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occasion = models.CharField(max_length=160)
    channel = models.CharField(max_length=5, choices=Channel)
    kind = models.CharField(max_length=9, choices=Kind)
    guest = models.ForeignKey(Guest, models.SET_NULL, null=True)
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True)
    automation = models.ForeignKey(Automation, models.SET_NULL, null=True)
    survey_invitation = models.ForeignKey(Invitation, models.SET_NULL, null=True)
    resend_of = models.OneToOneField(
        "self", models.SET_NULL, null=True, related_name="resent_as"
    )

    # To whom, as it was when planned; read again when sent.
    to_address = models.CharField(max_length=254, blank=True)
    to_hash = models.BinaryField(max_length=32, null=True)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)

    # When
    local_date = models.DateField(null=True)
    local_time = models.TimeField(null=True)
    schedule_zone = models.CharField(max_length=64)
    send_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    priority = models.PositiveSmallIntegerField(default=5)

    # Where it stands
    status = models.CharField(max_length=11, choices=Status, default=Status.QUEUED)
    reason = models.CharField(max_length=40, blank=True)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    # Sent once more after no clear answer, which only critical messages are.
    may_be_double = models.BooleanField(default=False)
    unknown_since = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    provider_message_id = models.CharField(max_length=250, blank=True)

    # What, frozen
    template_version = models.ForeignKey(
        TemplateVersion, models.PROTECT, null=True, related_name="messages"
    )
    subject = models.CharField(max_length=250, blank=True)
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    frozen_at = models.DateTimeField(null=True)
    # A single mail: frozen from the start, to the address on it. Its links by name are
    # made when it leaves, from the uuid of what they open. See outreach/letters.py.
    is_letter = models.BooleanField(default=False)
    letter_links = models.JSONField(default=dict)

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        default_related_name = "messages"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "occasion"), name="outreach_message_once"
            ),
            models.UniqueConstraint(
                fields=("provider_message_id",),
                condition=~Q(provider_message_id=""),
                name="outreach_message_provider_id_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=("claimed", "sending"),
                    lease_token__isnull=False,
                    lease_until__isnull=False,
                )
                | (
                    ~Q(status__in=("claimed", "sending"))
                    & Q(lease_token__isnull=True, lease_until__isnull=True)
                ),
                name="outreach_message_lease_while_held",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | Q(accepted_at__isnull=False),
                name="outreach_message_accepted_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="unknown") | Q(unknown_since__isnull=False),
                name="outreach_message_unknown_has_time",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("created_at")),
                name="outreach_message_expires_later",
            ),
        )
        indexes = (
            models.Index(
                fields=("priority", "send_at", "id"),
                condition=Q(status="queued"),
                name="outreach_message_due",
            ),
            models.Index(
                fields=("lease_until",),
                condition=Q(status__in=("claimed", "sending")),
                name="outreach_message_leased",
            ),
            models.Index(
                fields=("unknown_since",),
                condition=Q(status="unknown"),
                name="outreach_message_unknown",
            ),
            models.Index(
                fields=("business", "guest", "-created_at"),
                name="outreach_message_of_guest",
            ),
            models.Index(
                fields=("business", "status", "-send_at"),
                name="outreach_message_by_status",
            ),
        )

    def __str__(self) -> str:
        return f"message {self.uuid}"

    @property
    def is_final(self) -> bool:
        return self.status in self.FINAL_STATUSES

    TONES: ClassVar[dict[str, str]] = {
        Status.ACCEPTED: "leaf",
        Status.FAILED: "brick",
        Status.UNKNOWN: "brass",
        Status.UNCONFIRMED: "brass",
        Status.QUEUED: "fjord",
    }

    @property
    def tone(self) -> str:
        """Return the colour of its state, as in the style page."""
        return self.TONES.get(self.status, "")

    @property
    def shown_at(self) -> datetime:
        """Return when it went, or should go or have gone."""
        return self.accepted_at or self.send_at

    @property
    def explanation(self) -> str:
        """Return why it waits, or did not go, as a sentence; empty when all is well."""
        words = dict(Reason.choices) | dict(self.Trouble.choices)
        return str(words.get(self.reason, ""))

    @property
    def may_send_again(self) -> bool:
        """Return whether a person may choose to send it once more.

        Who missed a letter asks for another one, which has its own link.
        """
        return not self.is_letter and self.status in {
            self.Status.UNCONFIRMED,
            self.Status.FAILED,
        }


class Attempt(TenantModel):
    """One try to hand a message to the mail server. Committed before the call."""

    class Outcome(models.TextChoices):
        STARTED = "started", _("no answer yet")
        ACCEPTED = "accepted", _("taken by the mail server")
        REJECTED = "rejected", _("refused by the mail server")
        THROTTLED = "throttled", _("asked to come back later")
        NOT_SENT = "not_sent", _("did not reach the mail server")
        UNKNOWN = "unknown", _("no clear answer")

    message = models.ForeignKey(Message, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    lease_token = models.UUIDField()
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.STARTED)
    # The kind of error or the server's code: never an address, never a body.
    detail = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "attempts"
        constraints = (
            models.UniqueConstraint(
                fields=("message", "number"), name="outreach_attempt_number_once"
            ),
        )

    def __str__(self) -> str:
        return f"attempt {self.number} of message {self.message_id}"


class Heartbeat(models.Model):
    """When a regular piece of work was last done, so that pages can say it stopped."""

    name = models.CharField(max_length=40, unique=True)
    last_at = models.DateTimeField()

    class Meta:
        default_related_name = "heartbeats"

    def __str__(self) -> str:
        return self.name
