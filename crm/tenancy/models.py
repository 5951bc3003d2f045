"""Whose data it is, and who may do what with it."""

import uuid
import zoneinfo
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.tenancy.slugs import validate_slug_is_free


def validate_time_zone(name: str) -> None:
    """Raise ValidationError when ``name`` is no zone of the tz database."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(
            _("“%(name)s” is not a time zone. Write it like Europe/Oslo."),
            params={"name": name},
        ) from error


class Business(models.Model):
    """One customer of the installation: a hotel, a café, a few venues together."""

    name = models.CharField(_("Name"), max_length=120)
    slug = models.SlugField(
        _("Short name"),
        max_length=40,
        unique=True,
        validators=[validate_slug_is_free],
        help_text=_("The first word of the web address, like “solvik”."),
    )
    time_zone = models.CharField(
        _("Time zone"),
        max_length=64,
        default="Europe/Oslo",
        validators=[validate_time_zone],
    )
    country = models.CharField(_("Country"), max_length=2, default="NO")
    currency = models.CharField(_("Currency"), max_length=3, default="NOK")
    language = models.CharField(
        _("Language"),
        max_length=8,
        choices=settings.LANGUAGES,
        default="nb",
        help_text=_("Used for guests whose own language is not known."),
    )
    email = models.EmailField(
        _("Email"), blank=True, help_text=_("Guests' replies go here.")
    )
    phone = models.CharField(_("Phone"), max_length=40, blank=True)
    postal_address = models.CharField(
        _("Postal address"),
        max_length=200,
        blank=True,
        help_text=_("Shown at the foot of every message, so guests see who writes."),
    )
    website = models.URLField(_("Website"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "businesses"

    def __str__(self) -> str:
        return self.slug


class TenantModel(models.Model):
    """A row that belongs to one business."""

    business = models.ForeignKey(Business, models.CASCADE)

    class Meta:
        abstract = True


class Venue(TenantModel):
    """One house of a business, with its own wall clock."""

    class Kind(models.TextChoices):
        HOTEL = "hotel", _("Hotel")
        GUESTHOUSE = "guesthouse", _("Guesthouse")
        RESTAURANT = "restaurant", _("Restaurant")
        CAFE = "cafe", _("Café")
        TOUR = "tour", _("Tour operator")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("Name"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=12, choices=Kind)
    time_zone = models.CharField(
        _("Time zone"),
        max_length=64,
        default="Europe/Oslo",
        validators=[validate_time_zone],
    )
    is_active = models.BooleanField(_("In use"), default=True)

    class Meta:
        default_related_name = "venues"
        constraints = (
            models.UniqueConstraint(
                "business",
                Lower("name"),
                name="tenancy_venue_name_once",
                violation_error_message=_("There is a venue with this name already."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Staff(TenantModel):
    """What one person may do for one business."""

    class Role(models.TextChoices):
        """From little to much; each may do what the ones before it may."""

        VIEWER = "viewer", _("Viewer")
        STAFF = "staff", _("Staff")
        MANAGER = "manager", _("Manager")
        OWNER = "owner", _("Owner")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    role = models.CharField(_("Role"), max_length=8, choices=Role)
    venues = models.ManyToManyField(
        Venue,
        blank=True,
        related_name="staff",
        help_text=_("Whose arrivals they see on Today. None chosen means all."),
    )
    may_see_health_needs = models.BooleanField(
        _("May see allergies and other health needs"),
        default=False,
        help_text=_(
            "Only for those who need them to serve. Each look is written down."
        ),
    )
    # Which columns they want to see, by the name of the list; see crm/tenancy/columns.py.
    shown_columns = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_related_name = "staff"
        verbose_name_plural = "staff"
        constraints = (
            models.UniqueConstraint(
                fields=("business", "user"), name="tenancy_staff_once_per_business"
            ),
        )

    RANKS: ClassVar[dict[str, int]] = {
        role: rank for rank, role in enumerate(Role.values)
    }

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"

    def may(self, role: str) -> bool:
        """Return whether this person may do what ``role`` may."""
        return self.RANKS[self.role] >= self.RANKS[role]

    @cached_property
    def venue_ids(self) -> list[int]:
        """Return the venues that this person is limited to; empty means none of it.

        Asked once, however many parts of a page need it.
        """
        return list(self.venues.values_list("pk", flat=True))

    @property
    def sees_guests(self) -> bool:
        return self.may(self.Role.STAFF)

    @property
    def is_manager(self) -> bool:
        return self.may(self.Role.MANAGER)

    @property
    def is_owner(self) -> bool:
        return self.may(self.Role.OWNER)


class StaffInvitationQuerySet(models.QuerySet["StaffInvitation"]):
    def open(self, now: datetime) -> "StaffInvitationQuerySet":
        """Return those that can still be accepted."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


class StaffInvitation(TenantModel):
    """An offer, by email, to work in a business. The link in it is never stored."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("Email"))
    role = models.CharField(_("Role"), max_length=8, choices=Staff.Role)
    language = models.CharField(max_length=8, default="en")
    token_hash = models.BinaryField(max_length=32, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["StaffInvitation"]] = (
        StaffInvitationQuerySet.as_manager()
    )

    class Meta:
        default_related_name = "staff_invitations"
        constraints = (
            models.UniqueConstraint(
                "business",
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="tenancy_staffinvitation_one_open",
                violation_error_message=_("This person is already invited."),
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def mark_accepted(self, *, now: datetime) -> None:
        self.accepted_at = now
        self.save(update_fields=["accepted_at"])

    def mark_revoked(self, *, now: datetime) -> None:
        self.revoked_at = now
        self.save(update_fields=["revoked_at"])
