"""Name what the apps below the log are about."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.tenancy.models import Business, Staff, StaffInvitation, Venue


def register_subjects() -> None:
    register_subject(Business, _("the house"), page_of=_settings)
    register_subject(Venue, _("a venue"), page_of=_venue)
    register_subject(Staff, _("a colleague"), page_of=_colleague)
    register_subject(StaffInvitation, _("an invitation"))


def _settings(business: Business, _reference: str) -> str:
    return reverse("tenancy:settings", args=[business.slug])


def _venue(business: Business, reference: str) -> str:
    return reverse("tenancy:venue_edit", args=[business.slug, reference])


def _colleague(business: Business, reference: str) -> str:
    return reverse("tenancy:staff_edit", args=[business.slug, reference])
