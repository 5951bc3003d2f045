"""Who our guests are, how we reach them, and with whom they belong."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from crm.core.signing import address_hash
from crm.files.models import StoredFile
from crm.tenancy.models import TenantModel
from customers.models.channels import Channel


class Company(TenantModel):
    """A firm that guests come from."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=120)
    # The name folded as search folds it: one firm, however it is written.
    key = models.CharField(max_length=120, editable=False)
    name_sort_key = models.CharField(max_length=200, editable=False)
    website = models.URLField(_("Website"), blank=True)
    remark = models.CharField(
        _("Remark"),
        max_length=300,
        blank=True,
        help_text=_("An agreement on prices, whom to ask, how they pay."),
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        default_related_name = "companies"
        verbose_name_plural = "companies"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "key"), name="customers_company_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("business", "name_sort_key", "id"),
                name="customers_company_by_name",
            ),
        )

    def __str__(self) -> str:
        return f"company {self.uuid}"


class Household(TenantModel):
    """Guests who live together: a couple, a family."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "households"

    def __str__(self) -> str:
        return f"household {self.uuid}"


def _piece_of_search_text(number: int) -> models.Func:
    return models.Func(
        F("search_text"),
        Value("|"),
        Value(number),
        function="split_part",
        output_field=models.TextField(),
    )


def known(path: str = "") -> Q:
    """Return the condition that a guest, at ``path`` from the model, is one we know.

    Who was forgotten is not, and who was made one with another is that other now.
    """
    prefix = f"{path}__" if path else ""
    return Q((f"{prefix}erased_at", None), (f"{prefix}merged_into", None))


class GuestQuerySet(models.QuerySet["Guest"]):
    def known(self) -> "GuestQuerySet":
        """Return guests who were not forgotten nor made one with another."""
        return self.filter(known())


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
    company = models.ForeignKey(
        Company, models.SET_NULL, null=True, blank=True, verbose_name=_("Company")
    )
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, verbose_name=_("Household")
    )
    member_number = models.CharField(
        _("Member number"),
        max_length=40,
        blank=True,
        help_text=_("On their card, if the house gives one."),
    )
    source = models.CharField(_("How they came to us"), max_length=40, blank=True)
    is_vip = models.BooleanField(_("VIP"), default=False)
    # What the house's own fields hold, by CustomField.uuid; see custom_fields.py.
    custom = models.JSONField(default=dict, blank=True)
    photo = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, related_name="+", editable=False
    )
    search_text = models.TextField(editable=False, default="")
    name_sort_key = models.CharField(max_length=200, editable=False, default="")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, editable=False)
    # The guest who lives, for one who was made one with another; see merging.py.
    merged_into = models.ForeignKey(
        "self",
        models.CASCADE,
        null=True,
        editable=False,
        db_index=False,
        related_name="merged_guests",
    )

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
            models.UniqueConstraint(
                fields=("business", "member_number"),
                condition=~Q(member_number=""),
                name="customers_guest_member_number_once",
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
            models.Index(
                fields=("business", "-created_at", "-id"),
                name="customers_guest_newest",
            ),
            # For filters that few guests fit; see customers/lists/guest_filters.py.
            models.Index(
                fields=("business", "id"),
                condition=Q(is_vip=True),
                name="customers_guest_vip",
            ),
            models.Index(
                fields=("business", "country"),
                condition=~Q(country=""),
                name="customers_guest_country",
            ),
            models.Index(
                fields=("business", "language"),
                condition=~Q(language=""),
                name="customers_guest_language",
            ),
            models.Index(
                fields=("business", "source"),
                condition=~Q(source=""),
                name="customers_guest_source",
            ),
            models.Index(
                fields=("merged_into",),
                condition=Q(merged_into__isnull=False),
                name="customers_guest_merged",
            ),
            # For search, see customers/searching/search.py: by any three letters, and by how the
            # name begins, either way round.
            GinIndex(
                F("business"),
                OpClass(F("search_text"), name="gin_trgm_ops"),
                name="customers_guest_search",
            ),
            models.Index(
                F("business"),
                OpClass(_piece_of_search_text(2), name="text_pattern_ops"),
                name="customers_guest_name",
            ),
            models.Index(
                F("business"),
                OpClass(_piece_of_search_text(3), name="text_pattern_ops"),
                name="customers_guest_turned_name",
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

    @property
    def is_merged(self) -> bool:
        """Return whether this guest was made one with another."""
        return self.merged_into_id is not None


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
    # Since when we know that nothing arrives there; see customers/quality/bounces.py.
    bounced_at = models.DateTimeField(null=True, editable=False)

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
            models.Index(
                fields=("business", "guest"),
                condition=Q(bounced_at__isnull=False),
                name="customers_contact_bounced",
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
