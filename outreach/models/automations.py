"""The rule by which messages are sent by themselves."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.tenancy.models import TenantModel, Venue
from customers.models import Channel, Segment, Visit
from outreach.models.templates import MessageTemplate
from surveys.models import Survey

# What comes after "on the day of", "right after" and "3 days after".
_EVENTS = {
    "booked": _("the booking"),
    "before_arrival": _("arrival"),
    "arrived": _("arrival"),
    "in_house": _("arrival"),
    "completed": _("departure"),
    "cancelled": _("the cancellation"),
    "no_show": _("the visit that nobody came to"),
    "first_visit": _("the first visit"),
    "birthday": _("their birthday"),
    "anniversary": _("the anniversary of their first visit"),
    "quiet": _("being away for longer than usual"),
    "reminder": _("the reminder they asked for"),
}
_ROUTES = {
    ("sms",): _("by SMS,"),
    ("email", "sms"): _("by email, else by SMS,"),
    ("sms", "email"): _("by SMS, else by email,"),
}


def by_email() -> list[str]:
    return [Channel.EMAIL.value]


class Automation(TenantModel):
    """One sentence: when this happens, and so long after, send this.

    ``number`` is the N of triggers that have one. Days of ``delay_days`` count from the
    day the trigger names, ``schedule_for`` says how. ``rank`` says who goes first where
    a guest may hear only so much; 1 is first. ``control_percent`` of guests are left
    out of marketing, to see what it changes: whether they visit within ``goal_days``.
    """

    class Trigger(models.TextChoices):
        BOOKED = "booked", _("is booked")
        BEFORE_ARRIVAL = "before_arrival", _("is about to begin")
        ARRIVED = "arrived", _("has begun")
        IN_HOUSE = "in_house", _("has lasted some days")
        COMPLETED = "completed", _("is over")
        CANCELLED = "cancelled", _("was cancelled")
        NO_SHOW = "no_show", _("did not come about: nobody came")
        FIRST_VISIT = "first_visit", _("was the first one")
        NTH_VISIT = "nth_visit", _("was a certain one, like the fifth")
        BIRTHDAY = "birthday", _("birthday")
        ANNIVERSARY = "anniversary", _("anniversary of the first visit")
        QUIET = "quiet", _("not seen for longer than usual")
        REMINDER = "reminder", _("asked for a reminder")

    # With an N, and what it means: days, nights in the house, or which visit.
    NUMBERED: ClassVar[frozenset[str]] = frozenset(
        {"before_arrival", "in_house", "nth_visit"}
    )

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
    trigger = models.CharField(
        _("When"), max_length=14, choices=Trigger, default=Trigger.COMPLETED
    )
    number = models.PositiveSmallIntegerField(
        _("Which, or how many days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    segment = models.ForeignKey(
        Segment,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="automations",
        verbose_name=_("Only guests of"),
    )
    # In this order: the next one where the guest cannot be reached by the first.
    channels = ArrayField(
        models.CharField(max_length=5, choices=Channel),
        default=by_email,
        verbose_name=_("By"),
    )
    rank = models.PositiveSmallIntegerField(
        _("Rank"), default=50, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    control_percent = models.PositiveSmallIntegerField(
        _("Left out, to compare (%)"),
        default=10,
        validators=[MaxValueValidator(50)],
    )
    goal_days = models.PositiveSmallIntegerField(
        _("It worked if they visit within (days)"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
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
    ready_key = models.CharField(max_length=24, blank=True, editable=False)
    # The last day of the house that the planner has looked at; see planning.plan_due.
    planned_on = models.DateField(null=True, editable=False)
    is_active = models.BooleanField(_("On"), default=False)
    # What happened before this is old and triggers nothing.
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
                condition=~Q(trigger__in=("before_arrival", "in_house", "nth_visit"))
                | Q(number__gte=1),
                name="outreach_automation_has_number",
                violation_error_message=_("Say how many."),
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
    def event_in_words(self) -> str:
        """Return what sets it off, as in "on the day of ..."."""
        if self.trigger == self.Trigger.NTH_VISIT:
            return str(_("visit number %(number)s")) % {"number": self.number}
        return str(_EVENTS[self.trigger])

    @property
    def route_in_words(self) -> str:
        """Return by what it goes, as in "send this by email, but"."""
        return str(_ROUTES.get(tuple(self.channels), _("by email,")))

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
