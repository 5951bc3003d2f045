"""Through whom messages leave: a mail server or provider, a provider of SMS."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel
from customers.models import Channel


class ProviderAccount(TenantModel):
    """A business's account with one provider of one channel, and how fast it may send.

    One is in use per channel. ``provider`` is a name of ``outreach/email/providers.py``
    or ``outreach/sms/registry.py``; ``installation`` is the mail server of EMAIL_URL,
    which needs no credentials. ``credentials`` are a sealed JSON object of texts.

    The pace: ``free_at`` is the instant from which the next message may be handed over
    at ``rate_per_minute`` (virtual scheduling). ``day_count`` messages were handed over
    on ``day``, the business's own date; how many may be, see
    ``outreach/accounts/pacing.py``. A pause with ``pauses_all`` stops everything, else
    what is about the visit itself still goes.
    """

    INSTALLATION: ClassVar[str] = "installation"

    class Pause(models.TextChoices):
        BY_HAND = "by_hand", _("Paused by hand.")
        LOGIN = "login", _("The provider refuses the login.")
        EMPTY = "empty", _("The account with the provider is empty or closed.")
        SENDER = "sender", _("The provider does not take the sender.")
        BOUNCES = "bounces", _("Too many addresses do not exist.")
        COMPLAINTS = "complaints", _("Too many guests called it spam.")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.CharField(max_length=5, choices=Channel)
    provider = models.CharField(_("Provider"), max_length=24)
    credentials = models.BinaryField(null=True, editable=False)
    # Email: the address in From; empty for the installation's own. SMS: a name or number.
    sender = models.CharField(_("Sender"), max_length=254, blank=True)
    sender_name = models.CharField(_("Sender's name"), max_length=80, blank=True)
    # Where bounces and replies come in: bounce+<token>@ and reply+<token>@ this domain.
    inbound_domain = models.CharField(
        _("Domain for replies"), max_length=253, blank=True
    )
    # Up to which mail of a bounce mailbox was read: {"validity": int, "uid": int}.
    mailbox_cursor = models.JSONField(default=dict, editable=False)
    # Price of one part by ISO country, in ten-thousandths of ``currency``.
    prices = models.JSONField(default=dict, blank=True)
    currency = models.CharField(_("Currency"), max_length=3, blank=True)
    # Important messages without a clear answer go once more, marked as a possible double.
    resends_critical = models.BooleanField(default=True)
    is_in_use = models.BooleanField(default=True)
    tested_at = models.DateTimeField(null=True, editable=False)

    rate_per_minute = models.PositiveIntegerField(
        _("Messages a minute"),
        default=600,
        validators=[MinValueValidator(1), MaxValueValidator(60_000)],
    )
    free_at = models.DateTimeField(db_default=Now(), editable=False)
    daily_cap = models.PositiveIntegerField(
        _("Messages a day, at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10_000_000)],
    )
    warms_up_from = models.DateField(null=True, blank=True)
    day = models.DateField(null=True, editable=False)
    day_count = models.PositiveIntegerField(default=0, editable=False)

    paused_at = models.DateTimeField(null=True, editable=False)
    pause_reason = models.CharField(
        max_length=10, choices=Pause, blank=True, editable=False
    )
    pauses_all = models.BooleanField(default=False, editable=False)
    # Bounces and complaints before it do not count against it any more.
    resumed_at = models.DateTimeField(null=True, editable=False)

    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
    )

    class Meta:
        default_related_name = "provider_accounts"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "channel"),
                condition=Q(is_in_use=True),
                name="outreach_account_in_use_once",
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None, pause_reason="")
                | (Q(paused_at__isnull=False) & ~Q(pause_reason="")),
                name="outreach_account_pause_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(rate_per_minute__gte=1),
                name="outreach_account_rate_is_positive",
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} account {self.uuid}"

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None
