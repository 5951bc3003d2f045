"""When guests come, what they have, and what their visits add up to."""

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel, Venue
from customers.models.guests import Guest


class VisitQuerySet(models.QuerySet["Visit"]):
    def completed(self) -> "VisitQuerySet":
        return self.filter(state=Visit.State.COMPLETED)

    def arriving_on(self, day: date) -> "VisitQuerySet":
        """Return visits that should begin on ``day`` and have not begun."""
        return self.filter(state=Visit.State.BOOKED, arrival_date=day)

    def in_house(self) -> "VisitQuerySet":
        return self.filter(state=Visit.State.IN_HOUSE)

    def at_venues_of(self, venue_ids: list[int]) -> "VisitQuerySet":
        """Return visits of these venues; of all when none are named."""
        return self.filter(venue__in=venue_ids) if venue_ids else self


class Visit(TenantModel):
    """One coming of one guest: a stay, a table, a tour, an event."""

    class Kind(models.TextChoices):
        STAY = "stay", _("Stay")
        TABLE = "table", _("Table")
        TOUR = "tour", _("Tour")
        EVENT = "event", _("Event")

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        IN_HOUSE = "in_house", _("In house")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")
        NO_SHOW = "no_show", _("Did not come")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external_id = models.CharField(max_length=80, blank=True)
    venue = models.ForeignKey(Venue, models.PROTECT, verbose_name=_("Venue"))
    guest = models.ForeignKey(Guest, models.CASCADE, verbose_name=_("Guest"))
    booker = models.ForeignKey(
        Guest,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="booked_visits",
        verbose_name=_("Booked by"),
    )
    kind = models.CharField(_("Kind"), max_length=5, choices=Kind)
    state = models.CharField(max_length=9, choices=State, default=State.BOOKED)
    arrival_date = models.DateField(_("Arrival"))
    departure_date = models.DateField(_("Departure"))
    arrival_time = models.TimeField(_("Time"), null=True, blank=True)
    party_size = models.PositiveSmallIntegerField(
        _("People"), default=1, validators=[MinValueValidator(1)]
    )
    # Minor units of the business's currency, tax included.
    spend = models.BigIntegerField(_("Spend"), default=0)
    label = models.CharField(_("Room or table"), max_length=40, blank=True)
    source = models.CharField(_("Booked through"), max_length=40, blank=True)
    is_employer_paid = models.BooleanField(_("An employer pays"), default=False)
    # The import that brought it, and after which nobody is written to about it.
    came_by = models.ForeignKey(
        "customers.Import",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[models.Manager["Visit"]] = VisitQuerySet.as_manager()

    class Meta:
        default_related_name = "visits"
        constraints = (
            models.CheckConstraint(
                condition=Q(departure_date__gte=F("arrival_date")),
                name="customers_visit_ends_after_start",
                violation_error_message=_("The departure is before the arrival."),
            ),
            models.CheckConstraint(
                condition=Q(spend__gte=0),
                name="customers_visit_spend_not_negative",
                violation_error_message=_("Spend cannot be less than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(party_size__gte=1),
                name="customers_visit_has_people",
                violation_error_message=_("A visit needs at least one person."),
            ),
            models.CheckConstraint(
                condition=Q(state="completed", completed_at__isnull=False)
                | (~Q(state="completed") & Q(completed_at__isnull=True)),
                name="customers_visit_completed_has_time",
            ),
            models.UniqueConstraint(
                fields=("business", "external_id"),
                condition=~Q(external_id=""),
                name="customers_visit_external_id_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "guest", "-arrival_date"),
                name="customers_visit_of_guest",
            ),
            # The three orders of the visits list; see customers/lists/asked_visits.py.
            models.Index(
                fields=("business", "arrival_date", "id"),
                name="customers_visit_by_arrival",
            ),
            models.Index(
                fields=("business", "departure_date", "id"),
                name="customers_visit_by_leaving",
            ),
            models.Index(
                fields=("business", "spend", "id"), name="customers_visit_by_spend"
            ),
            models.Index(
                fields=("business", "source"),
                condition=~Q(source=""),
                name="customers_visit_source",
            ),
            models.Index(
                fields=("business", "label"),
                condition=~Q(label=""),
                name="customers_visit_label",
            ),
            models.Index(
                fields=("business", "departure_date"),
                condition=Q(state="in_house"),
                name="customers_visit_in_house",
            ),
            # To take an import back.
            models.Index(
                fields=("came_by", "id"),
                condition=Q(came_by__isnull=False),
                name="customers_visit_came_by",
            ),
            # For the sweeper that plans follow-up which a crash left out.
            models.Index(
                fields=("business", "completed_at"),
                condition=Q(state="completed"),
                name="customers_visit_completed",
            ),
        )

    def __str__(self) -> str:
        return f"visit {self.uuid}"

    @property
    def nights(self) -> int:
        return (self.departure_date - self.arrival_date).days

    @property
    def is_stay(self) -> bool:
        return self.kind == self.Kind.STAY

    @property
    def is_booked(self) -> bool:
        return self.state == self.State.BOOKED

    @property
    def is_in_house(self) -> bool:
        return self.state == self.State.IN_HOUSE

    @property
    def is_completed(self) -> bool:
        return self.state == self.State.COMPLETED

    @property
    def is_cancelled(self) -> bool:
        return self.state == self.State.CANCELLED

    @property
    def came_completed(self) -> bool:
        """Return whether it was over when an import brought it: nobody is asked now."""
        return bool(
            self.came_by_id
            and self.completed_at
            and self.completed_at <= self.created_at
        )

    @property
    def is_paid(self) -> bool:
        """Return whether this is a finished sale: what a soft opt-in may rest on."""
        return self.is_completed and self.spend > 0


class GuestSummary(TenantModel):
    """What a guest's visits add up to, kept in each visit's own transaction.

    Only completed visits count, except where a name says otherwise. Days are arrivals;
    visits that begin on the same day are one for ``visit_days``, ``first_visit_on`` and
    ``second_visit_on``. See ``customers/summaries.py``.
    """

    guest = models.OneToOneField(
        Guest, models.CASCADE, primary_key=True, related_name="summary"
    )
    visits = models.PositiveIntegerField(default=0)
    visit_days = models.PositiveIntegerField(default=0)
    nights = models.PositiveIntegerField(default=0)
    spend = models.BigIntegerField(default=0)
    first_visit_on = models.DateField(null=True)
    second_visit_on = models.DateField(null=True)
    last_visit_on = models.DateField(null=True)
    next_arrival_on = models.DateField(null=True)
    cancelled_visits = models.PositiveIntegerField(default=0)
    no_shows = models.PositiveIntegerField(default=0)
    # The median of the days between visits; from the third one on.
    usual_gap_days = models.PositiveIntegerField(null=True)

    class Meta:
        default_related_name = "guest_summaries"
        indexes = (
            models.Index(
                fields=("business", "-last_visit_on", "-guest"),
                name="customers_summary_by_last",
            ),
            models.Index(
                fields=("business", "first_visit_on"), name="customers_summary_by_first"
            ),
            models.Index(
                fields=("business", "-visits", "-guest"),
                name="customers_summary_by_visits",
            ),
            models.Index(
                fields=("business", "-spend", "-guest"),
                name="customers_summary_by_spend",
            ),
            models.Index(
                fields=("business", "next_arrival_on", "guest"),
                name="customers_summary_by_next",
            ),
        )

    def __str__(self) -> str:
        return f"summary of guest {self.pk}"


class VisitLine(TenantModel):
    """One thing that was had during a visit, as on the bill."""

    class Category(models.TextChoices):
        ROOM = "room", _("Room")
        FOOD = "food", _("Food")
        DRINK = "drink", _("Drink")
        SPA = "spa", _("Spa")
        ACTIVITY = "activity", _("Activity")
        SHOP = "shop", _("Shop")
        OTHER = "other", _("Other")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE)
    category = models.CharField(_("Category"), max_length=8, choices=Category)
    name = models.CharField(_("What"), max_length=80)
    # The name folded as search folds it: one thing, however it is written.
    key = models.CharField(max_length=80, editable=False)
    quantity = models.PositiveSmallIntegerField(
        _("How many"), default=1, validators=[MinValueValidator(1)]
    )
    # Of the whole line, in minor units, tax included.
    amount = models.BigIntegerField(_("Amount"), default=0)
    is_alcohol = models.BooleanField(
        _("Alcohol"), default=False, help_text=_("Never suggested to anybody.")
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_related_name = "lines"
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="customers_visitline_amount_not_negative",
                violation_error_message=_("An amount cannot be less than nothing."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1),
                name="customers_visitline_is_something",
                violation_error_message=_("Write how many there were."),
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "key", "visit"), name="customers_visitline_by_thing"
            ),
        )

    def __str__(self) -> str:
        return f"line {self.uuid}"


class LinePair(TenantModel):
    """How often visits with one thing also had another. Counted by a tick.

    See ``customers/visiting/going_together.py`` for what is counted and the least number.
    """

    key = models.CharField(max_length=80)
    with_key = models.CharField(max_length=80)
    # As most bills write them.
    name = models.CharField(max_length=80)
    with_name = models.CharField(max_length=80)
    visits = models.PositiveIntegerField()
    visits_with_key = models.PositiveIntegerField()
    visits_with_other = models.PositiveIntegerField()
    visits_with_both = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        default_related_name = "line_pairs"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "key", "with_key"),
                name="customers_linepair_once",
            ),
        )

    def __str__(self) -> str:
        return f"pair {self.pk}"


class NextVisit(TenantModel):
    """What was said at departure about coming again."""

    class Answer(models.TextChoices):
        REBOOKED = "rebooked", _("Booked again")
        REMINDER = "reminder", _("Wants a reminder")
        NO = "no", _("Asked, not now")

    visit = models.OneToOneField(Visit, models.CASCADE, related_name="next_visit")
    answer = models.CharField(max_length=8, choices=Answer)
    # The Monday of the week the guest named.
    remind_on = models.DateField(null=True)
    rebooked_visit = models.ForeignKey(
        Visit, models.SET_NULL, null=True, related_name="rebooked_from"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()

    class Meta:
        default_related_name = "next_visits"
        constraints = (
            models.CheckConstraint(
                condition=Q(answer="reminder", remind_on__isnull=False)
                | (~Q(answer="reminder") & Q(remind_on__isnull=True)),
                name="customers_nextvisit_reminder_has_week",
            ),
        )
        indexes = (
            # For the reminders that become messages.
            models.Index(
                fields=("business", "remind_on"),
                condition=Q(answer="reminder"),
                name="customers_nextvisit_due",
            ),
        )

    def __str__(self) -> str:
        return f"next visit {self.answer}"
