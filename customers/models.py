"""Guests, their visits, and what they have said about being written to."""

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.core.signing import address_hash
from crm.tenancy.models import TenantModel, Venue


class Channel(models.TextChoices):
    """A way to reach a guest."""

    EMAIL = "email", _("Email")
    SMS = "sms", _("SMS")


class Purpose(models.TextChoices):
    """What a guest is written to about; each has its own yes and no."""

    SERVICE = "service", _("About your visit")
    SURVEY = "survey", _("Questions about how it was")
    MARKETING = "marketing", _("News and offers")


class GuestQuerySet(models.QuerySet["Guest"]):
    def known(self) -> "GuestQuerySet":
        """Return guests who have not been erased."""
        return self.filter(erased_at=None)


class Guest(TenantModel):
    """A person known to one business. Identity and card numbers have no place here."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    external_id = models.CharField(max_length=80, blank=True)
    display_name = models.CharField(
        _("Name"), max_length=150, help_text=_("As it should be read and said.")
    )
    given_name = models.CharField(
        _("First name"),
        max_length=80,
        blank=True,
        help_text=_("How we greet them in messages."),
    )
    family_name = models.CharField(_("Family name"), max_length=80, blank=True)
    language = models.CharField(
        _("Language"), max_length=8, choices=settings.LANGUAGES, blank=True
    )
    country = models.CharField(_("Country"), max_length=2, blank=True)
    street = models.CharField(_("Street"), max_length=150, blank=True)
    postal_code = models.CharField(_("Postal code"), max_length=16, blank=True)
    city = models.CharField(_("Town"), max_length=80, blank=True)
    birthday_month = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    birthday_day = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    company = models.CharField(_("Company"), max_length=120, blank=True)
    source = models.CharField(_("How they came to us"), max_length=40, blank=True)
    is_vip = models.BooleanField(_("VIP"), default=False)
    search_text = models.TextField(editable=False, default="")
    name_sort_key = models.CharField(max_length=200, editable=False, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[models.Manager["Guest"]] = GuestQuerySet.as_manager()

    class Meta:
        default_related_name = "guests"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "external_id"),
                condition=~Q(external_id=""),
                name="customers_guest_external_id_once",
                violation_error_message=_("Another guest has this number already."),
            ),
            models.CheckConstraint(
                condition=Q(birthday_month=None, birthday_day=None)
                | Q(
                    birthday_month__range=(1, 12),
                    birthday_day__range=(1, 31),
                    birthday_month__isnull=False,
                    birthday_day__isnull=False,
                ),
                name="customers_guest_birthday_whole",
                violation_error_message=_("A birthday needs both a day and a month."),
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "name_sort_key", "id"),
                name="customers_guest_by_name",
            ),
            # For search by any three letters, see customers/search.py.
            GinIndex(
                OpClass(F("search_text"), name="gin_trgm_ops"),
                name="customers_guest_search",
            ),
        )

    def __str__(self) -> str:
        return f"guest {self.uuid}"

    @property
    def greeting_name(self) -> str:
        """Return the name for "Hello …"; empty when only a company is known."""
        return self.given_name

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None


class ContactPoint(TenantModel):
    """One email address or phone number of a guest, as typed and as compared."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("Email")
        PHONE = "phone", _("Phone")

    guest = models.ForeignKey(Guest, models.CASCADE)
    kind = models.CharField(max_length=5, choices=Kind)
    raw = models.CharField(max_length=254)
    normalized = models.CharField(max_length=254)
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "contact_points"
        constraints = (
            models.UniqueConstraint(
                fields=("guest", "kind", "normalized"),
                name="customers_contactpoint_once_per_guest",
            ),
            models.UniqueConstraint(
                fields=("guest", "kind"),
                condition=Q(is_primary=True),
                name="customers_contactpoint_one_primary",
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "kind", "normalized"),
                name="customers_contactpoint_find",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def channel(self) -> str:
        return Channel.EMAIL if self.kind == self.Kind.EMAIL else Channel.SMS

    @property
    def fingerprint(self) -> bytes:
        return address_hash(self.channel, self.normalized)


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
            models.Index(
                fields=("business", "arrival_date"), name="customers_visit_by_arrival"
            ),
            models.Index(
                fields=("business", "departure_date"),
                condition=Q(state="in_house"),
                name="customers_visit_in_house",
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
        )

    def __str__(self) -> str:
        return f"summary of guest {self.pk}"


class ConsentWording(TenantModel):
    """The sentence that guests were shown, so that a yes can be proved later."""

    class Basis(models.TextChoices):
        CONSENT = "consent", _("The guest said yes")
        SOFT_OPT_IN = "soft_opt_in", _("Told at the sale, and did not object")
        CONTRACT = "contract", _("Needed for the visit")

    purpose = models.CharField(max_length=9, choices=Purpose)
    basis = models.CharField(max_length=11, choices=Basis)
    version = models.PositiveSmallIntegerField()
    # Language code to sentence.
    texts = models.JSONField()
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "consent_wordings"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "purpose", "basis", "version"),
                name="customers_consentwording_version_once",
            ),
            models.UniqueConstraint(
                fields=("business", "purpose", "basis"),
                condition=Q(is_current=True),
                name="customers_consentwording_one_current",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.basis} v{self.version}"


class ConsentEvent(TenantModel):
    """One yes or no of a guest, for one purpose on one channel. Rows never change.

    What holds now is the newest row; see ``customers/consent.py``.
    """

    class Source(models.TextChoices):
        DESK = "desk", _("said at the desk")
        BOOKING = "booking", _("told when booking")
        SIGN_UP = "sign_up", _("signed up")
        PREFERENCES = "preferences", _("own preference page")
        UNSUBSCRIBE = "unsubscribe", _("unsubscribe link in a message")
        IMPORT = "import", _("brought from the old register")
        API = "api", _("from a connected system")

    guest = models.ForeignKey(Guest, models.CASCADE)
    purpose = models.CharField(max_length=9, choices=Purpose)
    channel = models.CharField(max_length=5, choices=Channel)
    is_granted = models.BooleanField()
    basis = models.CharField(max_length=11, choices=ConsentWording.Basis)
    source = models.CharField(max_length=11, choices=Source)
    wording = models.ForeignKey(ConsentWording, models.PROTECT, null=True)
    # What a court would be shown: who noted it, which message held the link.
    evidence = models.CharField(max_length=300, blank=True)
    sale_visit = models.ForeignKey(
        Visit, models.SET_NULL, null=True, related_name="consents_from_sale"
    )
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        default_related_name = "consent_events"
        indexes = (
            models.Index(
                fields=("guest", "purpose", "channel", "-at", "-id"),
                name="customers_consent_newest",
            ),
        )

    def __str__(self) -> str:
        return f"{'yes' if self.is_granted else 'no'} {self.purpose} {self.channel}"

    @property
    def is_soft_opt_in(self) -> bool:
        """Return whether silence after a notice at the sale is all there is."""
        return self.is_granted and self.basis == ConsentWording.Basis.SOFT_OPT_IN


class Suppression(TenantModel):
    """An address that is not to be written to, known by its fingerprint alone.

    It outlives the guest: who asked to be left alone is left alone after erasure too.
    """

    class Scope(models.TextChoices):
        ALL = "all", _("everything")
        SURVEY = "survey", _("questions")
        MARKETING = "marketing", _("news and offers")

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("asked us to stop")
        BOUNCED = "bounced", _("the address does not exist")
        COMPLAINED = "complained", _("reported the message as spam")
        ERASED = "erased", _("asked to be forgotten")
        MANUAL = "manual", _("blocked by staff")

    channel = models.CharField(max_length=5, choices=Channel)
    address_hash = models.BinaryField(max_length=32)
    scope = models.CharField(max_length=9, choices=Scope)
    reason = models.CharField(max_length=12, choices=Reason)
    created_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        default_related_name = "suppressions"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "channel", "address_hash", "scope"),
                condition=Q(lifted_at=None),
                name="customers_suppression_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.scope} {self.reason}"
