"""What providers and guests send back: kept as it came, then understood."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel
from customers.models import Channel, Guest
from outreach.models.accounts import ProviderAccount
from outreach.models.messages import Message


class WebhookEvent(TenantModel):
    """A verified call of a provider, raw. It is answered at once and applied later.

    ``digest`` is SHA-256 over what makes it the same call again. ``applied_at`` is None
    until it is understood; what stays unknown says so in ``trouble`` and is kept for a
    look. ``tries`` and ``next_try_at`` are for those that came before what they are
    about. Raw payloads expire.
    """

    class Kind(models.TextChoices):
        TRACKING = "tracking", _("what became of a mail")
        INBOUND = "inbound", _("a mail that came in")
        BOUNCE = "bounce", _("a returned mail")
        SMS = "sms", _("an SMS, or what became of one")

    account = models.ForeignKey(ProviderAccount, models.CASCADE)
    kind = models.CharField(max_length=8, choices=Kind)
    digest = models.BinaryField(max_length=32)
    url = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    remote = models.CharField(max_length=64, blank=True)
    message = models.ForeignKey(Message, models.SET_NULL, null=True)
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=60, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "webhook_events"
        constraints = (
            models.UniqueConstraint(
                fields=("account", "digest"), name="outreach_webhook_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("next_try_at", "id"),
                condition=Q(applied_at=None, next_try_at__isnull=False),
                name="outreach_webhook_to_apply",
            ),
            models.Index(fields=("received_at",), name="outreach_webhook_received"),
        )

    def __str__(self) -> str:
        return f"{self.kind} call {self.pk}"


class DeliveryEvent(TenantModel):
    """One thing that became of a message after it was handed over. Rows never change.

    ``code`` is the provider's or the mail server's, never words that may quote an
    address.
    """

    class Kind(models.TextChoices):
        SENT = "sent", _("passed on")
        DEFERRED = "deferred", _("delayed")
        DELIVERED = "delivered", _("delivered")
        BOUNCED = "bounced", _("returned: the address does not work")
        FAILED = "failed", _("could not be delivered")
        COMPLAINED = "complained", _("called spam by the guest")
        UNSUBSCRIBED = "unsubscribed", _("the guest asked to stop")

    message = models.ForeignKey(Message, models.CASCADE)
    kind = models.CharField(max_length=12, choices=Kind)
    at = models.DateTimeField()
    code = models.CharField(max_length=60, blank=True)
    source = models.ForeignKey(WebhookEvent, models.SET_NULL, null=True)
    noted_at = models.DateTimeField()

    class Meta:
        default_related_name = "delivery_events"
        constraints = (
            models.UniqueConstraint(
                fields=("message", "kind", "at", "code"),
                name="outreach_delivery_event_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "kind", "-at"), name="outreach_delivery_by_kind"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class InboundMessage(TenantModel):
    """A mail or SMS that came in. ``asks`` is set where it is a word like STOP."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(ProviderAccount, models.CASCADE)
    channel = models.CharField(max_length=5, choices=Channel)
    # The provider's own name of it, or its Message-ID.
    provider_message_id = models.CharField(max_length=250)
    from_address = models.CharField(max_length=254, blank=True)
    from_hash = models.BinaryField(max_length=32, null=True)
    to_address = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField(blank=True)
    asks = models.CharField(max_length=8, blank=True)
    # Written by a machine: out of office, a list, another robot.
    is_automatic = models.BooleanField(default=False)
    guest = models.ForeignKey(Guest, models.SET_NULL, null=True)
    answers = models.ForeignKey(
        Message, models.SET_NULL, null=True, related_name="answered_by"
    )
    received_at = models.DateTimeField()

    class Meta:
        default_related_name = "inbound_messages"
        constraints = (
            models.UniqueConstraint(
                fields=("account", "provider_message_id"), name="outreach_inbound_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "-received_at"), name="outreach_inbound_newest"
            ),
            models.Index(
                fields=("guest", "-received_at"), name="outreach_inbound_of_guest"
            ),
        )

    def __str__(self) -> str:
        return f"inbound message {self.uuid}"
