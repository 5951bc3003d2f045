"""The form by which people put themselves into the register, and who did."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import TenantModel, Venue
from customers.models.channels import Purpose
from customers.models.guests import Guest

# What one can say yes to on the form. What belongs to a visit needs none.
OFFERED = (Purpose.MARKETING, Purpose.SURVEY)


def usual_offers() -> list[str]:
    return [Purpose.MARKETING]


class SignUpPage(TenantModel):
    """A venue's form, reached by a link or by the code on a poster.

    What stands in the address is made from ``uuid`` and a key that is in no row.
    """

    class Ask(models.TextChoices):
        """What the form asks for, besides the name and the email address."""

        PHONE = "phone", _("Phone")
        BIRTHDAY = "birthday", _("Birthday")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    venue = models.OneToOneField(Venue, models.CASCADE, related_name="sign_up_page")
    is_open = models.BooleanField(_("Open"), default=True)
    offers = ArrayField(
        models.CharField(max_length=9, choices=Purpose),
        default=usual_offers,
        verbose_name=_("What people may say yes to"),
    )
    asks = ArrayField(
        models.CharField(max_length=8, choices=Ask),
        default=list,
        blank=True,
        verbose_name=_("What else you ask for"),
    )
    # Words of welcome by language code; ours where there are none.
    welcome = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        default_related_name = "sign_up_pages"
        constraints = (
            models.CheckConstraint(
                condition=Q(offers__len__gt=0),
                name="customers_signuppage_offers_something",
                violation_error_message=_("Choose at least one."),
            ),
        )

    def __str__(self) -> str:
        return f"sign-up page {self.uuid}"


class SignUp(TenantModel):
    """What somebody typed into the form, until the address says that it was them.

    Then it is a guest's, and what was typed goes from here; that it was said, to which
    words and when stays as proof. What nobody confirms is deleted.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    page = models.ForeignKey(SignUpPage, models.CASCADE)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    given_name = models.CharField(max_length=80, blank=True)
    family_name = models.CharField(max_length=80, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    birthday_month = models.PositiveSmallIntegerField(null=True)
    birthday_day = models.PositiveSmallIntegerField(null=True)
    # Purpose to the id of the ConsentWording that was shown.
    agreed = models.JSONField(default=dict)
    asked_at = models.DateTimeField(_("Signed up"))
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(_("Confirmed"), null=True)
    guest = models.ForeignKey(Guest, models.CASCADE, null=True)
    # Whether it made a guest, or met one who was known.
    is_new_guest = models.BooleanField(default=False)

    class Meta:
        default_related_name = "sign_ups"
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")),
                name="customers_signup_ends_later",
            ),
            # Before, it is nobody's; after, nothing typed is kept twice.
            models.CheckConstraint(
                condition=(
                    Q(confirmed_at=None, guest=None)
                    | Q(
                        confirmed_at__isnull=False,
                        guest__isnull=False,
                        email="",
                        phone="",
                        given_name="",
                        family_name="",
                        birthday_month=None,
                        birthday_day=None,
                    )
                ),
                name="customers_signup_typed_until_confirmed",
            ),
        )
        indexes = (
            models.Index(
                fields=("expires_at",),
                condition=Q(confirmed_at=None),
                name="customers_signup_waiting",
            ),
            models.Index(
                fields=("page", "confirmed_at"), name="customers_signup_counted"
            ),
        )

    def __str__(self) -> str:
        return f"sign-up {self.uuid}"
