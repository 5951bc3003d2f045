"""How much a guest may hear from a house."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Business, TenantModel


class ContactBudget(TenantModel):
    """What a house chose; without a row, what a new house begins with."""

    business = models.OneToOneField(
        Business, models.CASCADE, related_name="contact_budget"
    )
    marketing_contacts = models.PositiveSmallIntegerField(
        _("Offers and news, at most"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    marketing_days = models.PositiveSmallIntegerField(
        _("in so many days"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    survey_days = models.PositiveSmallIntegerField(
        _("Days between two surveys"),
        default=90,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )

    def __str__(self) -> str:
        return f"budget of {self.business_id}"
