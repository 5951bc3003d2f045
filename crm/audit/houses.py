"""Name what the apps below the log are about."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.tenancy.models import Business, Staff, StaffInvitation, Venue

# Who may do what, and where, is the owners' matter: managers cannot open these pages,
# and the log is no way around them.
OWNER = Staff.Role.OWNER


def register_subjects() -> None:
    register_subject(
        Business,
        _("the house"),
        page_of=_settings,
        called=_business_names,
        fields={"log": _("the log")},
        role=OWNER,
    )
    register_subject(
        Venue, _("a venue"), page_of=_venue, called=_venue_names, role=OWNER
    )
    register_subject(
        Staff, _("a colleague"), page_of=_colleague, called=_colleague_names, role=OWNER
    )
    register_subject(
        StaffInvitation, _("an invitation"), page_of=_invitation, called=_invited,
        role=OWNER,
    )  # fmt: skip


def _settings(business: Business, _reference: str) -> str:
    return reverse("tenancy:settings", args=[business.slug])


def _venue(business: Business, reference: str) -> str:
    return reverse("tenancy:venue_edit", args=[business.slug, reference])


def _colleague(business: Business, reference: str) -> str:
    return reverse("tenancy:staff_edit", args=[business.slug, reference])


def _invitation(business: Business, _reference: str) -> str:
    return reverse("tenancy:staff_list", args=[business.slug])


def _business_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    return dict.fromkeys(references, business.name)


def _venue_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.venues.filter(uuid__in=references)
    return {str(uuid): name for uuid, name in rows.values_list("uuid", "name")}


def _colleague_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.staff.filter(uuid__in=references)
    return {str(uuid): name for uuid, name in rows.values_list("uuid", "user__name")}


def _invited(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.staff_invitations.filter(uuid__in=references)
    return {str(uuid): email for uuid, email in rows.values_list("uuid", "email")}
