"""The ladder of tiers, and where each guest stands on it."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel
from customers.models import Guest


class Program(TenantModel):
    """A business's loyalty program: how visits are counted towards its tiers."""

    name = models.CharField(_("Name"), max_length=80)
    window_days = models.PositiveSmallIntegerField(
        _("Days that count"),
        default=365,
        validators=[MinValueValidator(30), MaxValueValidator(1825)],
        help_text=_("Completed visits within this many days count."),
    )
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("business",), name="loyalty_program_one_per_business"
            ),
        )
        default_related_name = "loyalty_programs"

    def __str__(self) -> str:
        return self.name


class Tier(TenantModel):
    """One step of the ladder; ``rank`` 1 is the lowest."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="tiers")
    name = models.CharField(_("Name"), max_length=40)
    rank = models.PositiveSmallIntegerField()
    entry_visits = models.PositiveSmallIntegerField(
        _("Visits to enter"), help_text=_("Completed visits in the window.")
    )
    promise = models.CharField(
        _("What they get"),
        max_length=200,
        blank=True,
        help_text=_("Shown to staff when the guest arrives."),
    )

    class Meta:
        default_related_name = "tiers"
        constraints = (
            models.UniqueConstraint(
                fields=("program", "rank"), name="loyalty_tier_rank_once"
            ),
            models.UniqueConstraint(
                fields=("program", "entry_visits"),
                name="loyalty_tier_threshold_once",
                # All tiers are saved at once, so numbers may change places.
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Two tiers ask for the same number."),
            ),
            models.CheckConstraint(
                condition=Q(entry_visits__gte=1),
                name="loyalty_tier_needs_a_visit",
                violation_error_message=_("A tier needs at least one visit."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Membership(TenantModel):
    """A guest in the program. Without a tier they are a member on the ground floor."""

    guest = models.OneToOneField(Guest, models.CASCADE, related_name="membership")
    program = models.ForeignKey(Program, models.CASCADE, related_name="memberships")
    tier = models.ForeignKey(
        Tier, models.SET_NULL, null=True, related_name="memberships"
    )
    visits_in_window = models.PositiveIntegerField(default=0)
    joined_at = models.DateTimeField()
    tier_since = models.DateField(null=True)
    # The tier is kept at least until then; review takes it down, nothing else does.
    keeps_until = models.DateField(null=True)

    class Meta:
        default_related_name = "memberships"
        indexes = (
            models.Index(
                fields=("business", "keeps_until"), name="loyalty_membership_review"
            ),
        )

    def __str__(self) -> str:
        return f"membership {self.pk}"


class TierChange(TenantModel):
    """One move on the ladder, up or down, and why."""

    class Reason(models.TextChoices):
        VISIT = "visit", _("a visit was completed")
        REVIEW = "review", _("yearly review")
        CORRECTION = "correction", _("a visit was corrected")
        LADDER = "ladder", _("the ladder was changed")
        MERGE = "merge", _("two entries became one")

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="changes")
    from_tier = models.ForeignKey(Tier, models.SET_NULL, null=True, related_name="+")
    to_tier = models.ForeignKey(Tier, models.SET_NULL, null=True, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason)
    at = models.DateTimeField()

    objects: ClassVar[models.Manager["TierChange"]] = models.Manager()

    class Meta:
        default_related_name = "tier_changes"
        indexes = (
            models.Index(
                fields=("membership", "-at"), name="loyalty_tierchange_newest"
            ),
        )

    def __str__(self) -> str:
        return f"tier change {self.pk}"

    @property
    def is_up(self) -> bool:
        """Return whether it led up. A tier that is gone counts as the ground floor."""
        before = self.from_tier.rank if self.from_tier else 0
        return self.to_tier is not None and self.to_tier.rank > before
