"""Create a business with its venues and, when they are known, its owner."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.core.regions import currencies, is_country
from crm.tenancy.models import Business, Staff, Venue
from crm.tenancy.signals import business_created, house_changed


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessFacts:
    """What is known of a new business. ``country`` and ``currency`` are ISO codes."""

    name: str
    slug: str
    country: str = "NO"
    currency: str = "NOK"
    time_zone: str = "Europe/Oslo"
    language: str = "nb"
    email: str = ""
    phone: str = ""
    postal_address: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueFacts:
    """One house of the new business; it keeps the business's time unless it has its own."""

    name: str
    kind: str
    time_zone: str = ""


@transaction.atomic
def create_business(
    *,
    facts: BusinessFacts,
    venues: Sequence[VenueFacts],
    owner: User | None,
    now: datetime,
) -> Business:
    """Create a business that is ready to use, and make ``owner`` its first owner.

    Without an owner, invite one. Sends ``business_created``. Raise ValidationError when
    the facts cannot be right; its messages are keyed by field.
    """
    business = Business(**asdict(facts))
    business.full_clean()
    check_region(facts.country, facts.currency)
    if not venues:
        raise ValidationError({"venues": _("A business needs at least one venue.")})
    business.save()
    for venue in venues:
        _add_venue(business, venue)
    if owner is not None:
        Staff.objects.create(business=business, user=owner, role=Staff.Role.OWNER)
    business_created.send(sender=Business, business=business, now=now)
    house_changed.send(
        sender=Business,
        business=business,
        actor=owner,
        action="created",
        subject=business,
        fields=(),
        now=now,
    )
    return business


def check_region(country: str, currency: str) -> None:
    """Raise ValidationError when these are not a country and a currency in use."""
    if not is_country(country):
        raise ValidationError(
            {"country": _("Write the country as two capital letters, like NO.")}
        )
    if currency not in currencies():
        raise ValidationError(
            {"currency": _("Write the currency as three capital letters, like NOK.")}
        )


def _add_venue(business: Business, facts: VenueFacts) -> None:
    venue = Venue(
        business=business,
        name=facts.name,
        kind=facts.kind,
        time_zone=facts.time_zone or business.time_zone,
    )
    venue.full_clean()
    venue.save()
