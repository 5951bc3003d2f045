"""Guests who may be one person: how they are found, and what people said of them."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel
from customers.models.guests import Guest


class MatchKeys(TenantModel):
    """What a guest has in common with whoever may be the same person, as fingerprints.

    All of it is derived: see ``customers/duplicates/keys.py``. Two guests who share no
    key are never compared.
    """

    guest = models.OneToOneField(
        Guest, models.CASCADE, primary_key=True, related_name="match_keys"
    )
    keys = ArrayField(models.BigIntegerField())
    # Of which way of making keys these are.
    version = models.PositiveSmallIntegerField()
    # The guest's ``updated_at`` when they were made.
    made_of = models.DateTimeField()

    class Meta:
        default_related_name = "match_keys"
        verbose_name_plural = "match keys"
        indexes = (
            # The business is part of every key. Kept in order at once: what waits to
            # be put in would be read anew for every key that is looked up.
            GinIndex(
                fields=("keys",), name="customers_matchkeys_shared", fastupdate=False
            ),
        )

    def __str__(self) -> str:
        return f"match keys of guest {self.pk}"


class DuplicatePair(TenantModel):
    """Two guests who look alike, or were told to, and whether people said they differ.

    That they were made one stands with the guest who is gone: it is no state here, so
    that undoing it needs nothing here.
    """

    class State(models.TextChoices):
        OPEN = "open", _("To be looked at")
        NOT_SAME = "not_same", _("Two people")

    class NotedFor(models.TextChoices):
        """Who asked for a look at the two, whatever the score."""

        IMPORT = "import", _("An import was not sure")
        SIGN_UP = "sign_up", _("A sign-up was not sure")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first = models.ForeignKey(Guest, models.CASCADE, related_name="pairs_as_first")
    second = models.ForeignKey(Guest, models.CASCADE, related_name="pairs_as_second")
    # 0 to 100, see customers/duplicates/scoring.py.
    score = models.PositiveSmallIntegerField()
    # Codes of what speaks for and against; words are in customers/duplicates/reasons.py.
    reasons = models.JSONField(default=list)
    noted_for = models.CharField(max_length=7, choices=NotedFor, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    found_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "duplicate_pairs"
        constraints = (
            models.UniqueConstraint(
                fields=("first", "second"), name="customers_duplicatepair_once"
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")),
                name="customers_duplicatepair_in_order",
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "-score", "-id"),
                condition=Q(state="open"),
                name="customers_duplicatepair_queue",
            ),
        )

    def __str__(self) -> str:
        return f"pair {self.uuid}"


class DuplicateRules(TenantModel):
    """From which score on two guests are one, or somebody looks; one row a business."""

    CERTAIN, REVIEW = 90, 60

    certain_from = models.PositiveSmallIntegerField(
        _("Certain from"),
        default=CERTAIN,
        validators=[MinValueValidator(80), MaxValueValidator(100)],
    )
    review_from = models.PositiveSmallIntegerField(
        _("Shown to you from"),
        default=REVIEW,
        validators=[MinValueValidator(40), MaxValueValidator(100)],
    )
    merges_by_itself = models.BooleanField(
        _("Make certain pairs one guest without asking"),
        default=False,
        help_text=_("Each can be undone on the guest's page."),
    )
    # How many guests there were when all were last looked through; None: not yet.
    guests = models.PositiveIntegerField(default=0, editable=False)
    looked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        default_related_name = "duplicate_rules"
        verbose_name_plural = "duplicate rules"
        constraints = (
            models.UniqueConstraint(
                fields=("business",), name="customers_duplicaterules_once"
            ),
            models.CheckConstraint(
                condition=Q(review_from__lte=F("certain_from")),
                name="customers_duplicaterules_in_order",
                violation_error_message=_(
                    "What is certain must score at least as much as what you look at."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"duplicate rules {self.pk}"
