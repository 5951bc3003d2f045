"""How good the register is, what is to be asked, and what guests put right themselves."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.tenancy.models import TenantModel
from customers.models.guests import Guest


class Fact(models.TextChoices):
    """Something about a guest that one asks for in one question."""

    NAME = "name", _("First name and family name")
    EMAIL = "email", _("Email")
    PHONE = "phone", _("Phone")
    ADDRESS = "address", _("Address")
    BIRTHDAY = "birthday", _("Birthday")
    LANGUAGE = "language", _("Language")
    WISHES = "wishes", _("Wishes")


def usual_facts() -> list[str]:
    """Return what a new house asks for, the most useful first."""
    return [Fact.EMAIL, Fact.PHONE, Fact.WISHES]


class FactCheck(TenantModel):
    """The last time a guest was asked for a fact, and what came of it.

    Without a row the fact is as old as the guest's own row.
    """

    class Outcome(models.TextChoices):
        TOLD = "told", _("said it")
        SAME = "same", _("it is still so")
        DECLINED = "declined", _("does not want to say")

    guest = models.ForeignKey(Guest, models.CASCADE)
    fact = models.CharField(max_length=8, choices=Fact)
    outcome = models.CharField(max_length=8, choices=Outcome)
    # By the guest, on their own page; else by whoever asked.
    is_by_guest = models.BooleanField(default=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    checked_at = models.DateTimeField()

    class Meta:
        default_related_name = "fact_checks"
        constraints = (
            models.UniqueConstraint(
                fields=("guest", "fact"), name="customers_factcheck_newest_only"
            ),
        )

    def __str__(self) -> str:
        return f"check of {self.fact}"


class AskingRules(TenantModel):
    """What the house asks its guests at the next visit, the most useful first."""

    asked = ArrayField(
        models.CharField(max_length=8, choices=Fact),
        default=usual_facts,
        blank=True,
        verbose_name=_("What we ask for"),
    )
    most_per_visit = models.PositiveSmallIntegerField(
        _("Questions a visit, at most"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("Nobody likes to be questioned at the desk."),
    )
    stale_after_months = models.PositiveSmallIntegerField(
        _("Ask again after (months)"),
        default=24,
        validators=[MinValueValidator(3), MaxValueValidator(120)],
        help_text=_("When nobody has made sure of an address for so long."),
    )

    class Meta:
        default_related_name = "asking_rules"
        constraints = (
            models.UniqueConstraint(
                fields=("business",), name="customers_askingrules_once"
            ),
        )

    def __str__(self) -> str:
        return f"asking rules {self.pk}"


class RegisterCount(TenantModel):
    """How many guests each fact was known of on a day. See ``customers/quality``."""

    counted_on = models.DateField()
    counted_at = models.DateTimeField()
    # As ``customers.quality.figures.RegisterFigures`` writes and reads it.
    figures = models.JSONField()

    class Meta:
        default_related_name = "register_counts"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "counted_on"),
                name="customers_registercount_once_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"register count {self.pk}"


class DetailsLink(TenantModel):
    """A link by which a guest looks through their own details, for a while.

    What stands in the address is made from ``uuid`` and a key that is in no row, so
    whoever reads the table can open nothing.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    guest = models.ForeignKey(Guest, models.CASCADE)
    # What it was made for; the same gives the same link.
    occasion = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answers = models.PositiveSmallIntegerField(default=0)
    # Names of what was put right, never what it was.
    corrected = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "details_links"
        constraints = (
            models.UniqueConstraint(
                fields=("guest", "occasion"),
                name="customers_detailslink_once_per_occasion",
            ),
        )

    def __str__(self) -> str:
        return f"details link {self.uuid}"


class EmailChange(TenantModel):
    """A guest's own wish for another email address.

    It counts when the new address has said yes. The old one is told, and can say no.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    guest = models.ForeignKey(Guest, models.CASCADE)
    old_address = models.CharField(_("Address before"), max_length=254, blank=True)
    new_address = models.CharField(_("New address"), max_length=254)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    asked_at = models.DateTimeField(pgettext_lazy("a change of address", "Asked for"))
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "email_changes"
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")),
                name="customers_emailchange_ends_later",
            ),
        )
        indexes = (
            models.Index(
                fields=("guest", "-asked_at"), name="customers_emailchange_newest"
            ),
        )

    def __str__(self) -> str:
        return f"email change {self.uuid}"
