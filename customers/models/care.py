"""What guests like and need, what we promised them, and how we mean to serve."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Staff, TenantModel
from customers.models.consent import Agreement
from customers.models.guests import Guest
from customers.models.visits import Visit


class PreferenceKind(TenantModel):
    """A thing guests have wishes about: pillow, table, newspaper. The house adds its own."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=60)
    # What is usually wished for, offered while typing.
    suggestions = models.JSONField(default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "preference_kinds"

    def __str__(self) -> str:
        return f"preference kind {self.uuid}"


class Preference(TenantModel):
    """One wish of a guest. Each visit it is due on makes it a promise."""

    class Said(models.TextChoices):
        GUEST = "guest", _("the guest said so")
        COMPANION = "companion", _("somebody with them said so")
        BOOKER = "booker", _("who booked said so")
        NOTICED = "noticed", _("we noticed")

    class Lasts(models.TextChoices):
        ONCE = "once", _("for the next visit")
        ALWAYS = "always", _("every time")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    guest = models.ForeignKey(Guest, models.CASCADE)
    kind = models.ForeignKey(
        PreferenceKind, models.PROTECT, verbose_name=_("What about")
    )
    wish = models.CharField(_("Wish"), max_length=160)
    said_by = models.CharField(
        _("How we know"), max_length=9, choices=Said, default=Said.GUEST
    )
    lasts = models.CharField(
        _("When"), max_length=6, choices=Lasts, default=Lasts.ALWAYS
    )
    # The day somebody last made sure.
    confirmed_on = models.DateField(_("Confirmed"))
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    noted_at = models.DateTimeField()
    # No longer wished for; kept, because promises point at it.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "preferences"
        indexes = (
            models.Index(
                fields=("business", "guest"),
                condition=Q(ended_at=None),
                name="customers_preference_current",
            ),
        )

    def __str__(self) -> str:
        return f"preference {self.uuid}"

    @property
    def words(self) -> str:
        """Return what is wished, and about what. Reads the kind."""
        return f"{self.kind.name}: {self.wish}"


class Promise(TenantModel):
    """Something a guest is to get: asked for, remembered, or an extra of ours.

    Without a visit it is due at the guest's next arrival, which then takes it over.
    """

    class Kind(models.TextChoices):
        PREFERENCE = "preference", _("Preference")
        PROMISE = "promise", _("Promise")
        EXTRA = "extra", _("Extra")

    class Outcome(models.TextChoices):
        OPEN = "", _("Open")
        KEPT = "kept", _("Kept")
        NOT_KEPT = "not_kept", _("Not kept")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    guest = models.ForeignKey(Guest, models.CASCADE)
    visit = models.ForeignKey(Visit, models.CASCADE, null=True)
    # It waited for a next arrival before this visit took it over, and waits again when
    # that is taken back.
    was_waiting = models.BooleanField(default=False, db_default=False)
    kind = models.CharField(max_length=10, choices=Kind)
    preference = models.ForeignKey(Preference, models.CASCADE, null=True)
    text = models.CharField(_("What"), max_length=200)
    # What it costs the house, in minor units.
    cost = models.BigIntegerField(_("Cost"), default=0)
    responsible = models.ForeignKey(
        Staff, models.SET_NULL, null=True, blank=True, verbose_name=_("Who does it")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField()
    outcome = models.CharField(
        max_length=8, choices=Outcome, default=Outcome.OPEN, blank=True
    )
    reason = models.CharField(_("Why not"), max_length=200, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        default_related_name = "promises"
        constraints = (
            models.UniqueConstraint(
                fields=("visit", "preference"),
                condition=Q(preference__isnull=False),
                name="customers_promise_once_per_preference",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at=None)
                | (~Q(outcome="") & Q(settled_at__isnull=False, visit__isnull=False)),
                name="customers_promise_settled_on_a_visit",
            ),
            models.CheckConstraint(
                condition=Q(cost__gte=0),
                name="customers_promise_cost_not_negative",
                violation_error_message=_("A cost cannot be less than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(kind="preference", preference__isnull=False)
                | (~Q(kind="preference") & Q(preference=None)),
                name="customers_promise_kind_fits",
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "visit"), name="customers_promise_of_visit"
            ),
            models.Index(
                fields=("business", "guest"),
                condition=Q(visit=None),
                name="customers_promise_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"promise {self.uuid}"

    @property
    def is_open(self) -> bool:
        return self.outcome == self.Outcome.OPEN

    @property
    def is_kept(self) -> bool:
        return self.outcome == self.Outcome.KEPT

    @property
    def is_extra(self) -> bool:
        return self.kind == self.Kind.EXTRA


class PolicyStep(TenantModel):
    """One line of the house's own checklist for a kind of visit."""

    class Moment(models.TextChoices):
        BEFORE = "before", _("Before they come")
        ARRIVAL = "arrival", _("At arrival")
        DURING = "during", _("While they are here")
        DEPARTURE = "departure", _("At departure")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    visit_kind = models.CharField(_("For"), max_length=5, choices=Visit.Kind)
    moment = models.CharField(_("When"), max_length=9, choices=Moment)
    text = models.CharField(_("What we do"), max_length=120)
    position = models.PositiveSmallIntegerField(default=0)
    is_archived = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "policy_steps"

    def __str__(self) -> str:
        return f"step {self.uuid}"


class PolicyTick(TenantModel):
    """A step of the checklist that was done for a visit."""

    visit = models.ForeignKey(Visit, models.CASCADE)
    step = models.ForeignKey(PolicyStep, models.CASCADE)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    done_at = models.DateTimeField()

    class Meta:
        default_related_name = "policy_ticks"
        constraints = (
            models.UniqueConstraint(
                fields=("visit", "step"), name="customers_policytick_once"
            ),
        )

    def __str__(self) -> str:
        return f"tick {self.pk}"


class HealthNeed(TenantModel):
    """An allergy or another health need, encrypted; seen only by those who may.

    It belongs to one visit and goes 14 days after it, unless the guest agreed to be
    remembered. See ``customers/needs/health_needs.py``.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    guest = models.ForeignKey(Guest, models.CASCADE)
    visit = models.ForeignKey(Visit, models.CASCADE, null=True)
    # What crm/core/encryption.py made of the words.
    sealed = models.BinaryField()
    # The guest's yes to being remembered; without it the visit decides how long.
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    noted_at = models.DateTimeField()

    class Meta:
        default_related_name = "health_needs"
        constraints = (
            models.CheckConstraint(
                condition=Q(visit__isnull=False) | Q(agreement__isnull=False),
                name="customers_healthneed_has_an_end",
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "guest"), name="customers_health_of_guest"
            ),
        )

    def __str__(self) -> str:
        return f"health need {self.uuid}"
