"""Each message, and each try to hand it over."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Business, TenantModel
from customers.models import Channel, Guest, Visit
from outreach.deciding.decision import Reason
from outreach.models.accounts import ProviderAccount
from outreach.models.automations import Automation
from outreach.models.campaigns import Campaign
from outreach.models.templates import TemplateVersion
from surveys.models import Invitation


class Message(TenantModel):
    """One message to one person for one occasion. States: docs/domain.md.

    ``occasion`` makes planning repeatable: the same fact gives the same occasion, and
    the database takes it once. ``send_at`` is the instant; the rule it came from
    (``local_date``, ``local_time``, ``schedule_zone``) stays beside it. ``subject``,
    ``body_text`` and ``body_html`` are frozen at the first try, with placeholders where
    personal links go, so that a repeat is identical and no row holds a live link.
    Leases and "due" use the database's clock. ``delivery`` is what became of it after
    it was handed over, as far as anybody told.
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

    class SmsTrouble(models.TextChoices):
        """The same on the way of an SMS, where other words are needed."""

        REFUSED = "refused", _("The provider refused the number or the message.")
        TOO_MANY_TRIES = "too_many_tries", _("The provider asked us to wait too often.")
        THROTTLED = "throttled", _("The provider asked us to wait. We try again.")
        NOT_SENT = "not_sent", _("The provider was not reached. We try again.")
        NO_ANSWER = "no_answer", _("The provider never said whether it took it.")

    class Delivery(models.TextChoices):
        """From little to much known; a later word of a lower rank changes nothing."""

        SENT = "sent", _("Passed on")
        DEFERRED = "deferred", _("Delayed")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Not delivered")
        BOUNCED = "bounced", _("Returned")

    FINAL_STATUSES: ClassVar[frozenset[str]] = frozenset(
        {
            Status.ACCEPTED, Status.FAILED, Status.UNCONFIRMED, Status.CANCELLED,
            Status.EXPIRED, Status.SUPPRESSED,
        }
    )  # fmt: skip

    # Without an index of its own, which each step of each message would write: others
    # begin with it.
    business = models.ForeignKey(Business, models.CASCADE, db_index=False)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occasion = models.CharField(max_length=160)
    channel = models.CharField(max_length=5, choices=Channel)
    kind = models.CharField(max_length=9, choices=Kind)
    guest = models.ForeignKey(Guest, models.SET_NULL, null=True)
    visit = models.ForeignKey(Visit, models.SET_NULL, null=True)
    automation = models.ForeignKey(Automation, models.SET_NULL, null=True)
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True)
    # Which of the two subjects of a campaign.
    variant = models.CharField(max_length=1, blank=True)
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
    # Through whom, from the first try on.
    account = models.ForeignKey(ProviderAccount, models.SET_NULL, null=True)
    provider_message_id = models.CharField(max_length=250, blank=True)
    # Looked for at the provider in vain: how often, and when last.
    missing_count = models.PositiveSmallIntegerField(default=0)
    looked_for_at = models.DateTimeField(null=True)

    # What became of it
    delivery = models.CharField(max_length=9, choices=Delivery, blank=True)
    delivery_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)

    # SMS only. Costs in ten-thousandths of the currency.
    parts = models.PositiveSmallIntegerField(null=True)
    encoding = models.CharField(max_length=5, blank=True)
    cost_estimate = models.BigIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    cost_currency = models.CharField(max_length=3, blank=True)

    # What, frozen
    template_version = models.ForeignKey(
        TemplateVersion, models.PROTECT, null=True, related_name="messages"
    )
    subject = models.CharField(max_length=250, blank=True)
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    frozen_at = models.DateTimeField(null=True)
    # A single mail: frozen from the start, to the address on it. Its links by name are
    # made when it leaves, from the uuid of what they open. See outreach/letters/queueing.py.
    is_letter = models.BooleanField(default=False)
    letter_links = models.JSONField(default=dict)
    # The words are kept for a while only; that it was sent is kept.
    purged_at = models.DateTimeField(null=True)

    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        default_related_name = "messages"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "occasion"), name="outreach_message_once"
            ),
            models.UniqueConstraint(
                fields=("account", "provider_message_id"),
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
            # What each business has due: what belongs to a visit apart from the rest, so
            # that nobody looks through a campaign for one confirmation.
            models.Index(
                fields=("business", "channel", "send_at", "id"),
                condition=Q(status="queued", kind__in=("critical", "service")),
                name="outreach_message_due_critical",
            ),
            models.Index(
                fields=("business", "channel", "send_at", "id"),
                condition=Q(status="queued", kind__in=("survey", "marketing")),
                name="outreach_message_due_bulk",
            ),
            models.Index(
                fields=("expires_at",),
                condition=Q(status="queued", expires_at__isnull=False),
                name="outreach_message_expiring",
            ),
            models.Index(
                fields=("updated_at",),
                condition=Q(frozen_at__isnull=False, purged_at=None),
                name="outreach_message_to_purge",
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
            # Whom we wrote to at an address: who answers, who is left alone.
            models.Index(
                fields=("business", "to_hash"),
                condition=Q(to_hash__isnull=False),
                name="outreach_message_to_address",
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
    def went_wrong(self) -> bool:
        """Return whether it did not arrive, or was not welcome, as far as we know."""
        return (
            self.status == self.Status.FAILED
            or self.delivery in {self.Delivery.FAILED, self.Delivery.BOUNCED}
            or self.complained_at is not None
        )

    @property
    def shown_at(self) -> datetime:
        """Return when it went, or should go or have gone."""
        return self.accepted_at or self.send_at

    @property
    def explanation(self) -> str:
        """Return why it waits, or did not go, as a sentence; empty when all is well."""
        words = dict(Reason.choices) | dict(self.Trouble.choices)
        if self.channel == Channel.SMS:
            words |= dict(self.SmsTrouble.choices)
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

    # Without an index of its own: the constraint's begins with it.
    message = models.ForeignKey(
        Message, models.CASCADE, related_name="attempts", db_index=False
    )
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
