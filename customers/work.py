"""Enter this app's long work, and what its log lines are about, into the registries."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_confided, register_subject
from crm.jobs.registry import register_job_kind
from crm.tenancy.models import Business
from customers.care.subjects import register_care_subjects
from customers.duplicates.work import register_duplicate_work
from customers.imports.work import register_import_work
from customers.lists.work import register_list_work
from customers.models import (
    Company,
    Guest,
    HealthNeed,
    Note,
    Preference,
    Promise,
    Visit,
    known,
)
from customers.privacy.guest_copy import KIND, copy_step
from customers.profile.subjects import register_profile_subjects
from customers.segments.subjects import register_segment_subjects
from customers.sign_up.subjects import register_sign_up_subjects

# What hangs on a guest and is written about in the log by itself.
_PARTS = (Visit, Note, Promise, Preference, HealthNeed)

# What is written down as changed on a guest and is no column with a name for people.
_GUEST_FIELDS = {
    "custom": _("Own fields"),
    "emails": _("Email"),
    "health": _("Health needs"),
    "health_needs": _("Health needs"),
    "phones": _("Phone"),
    "photo": _("Photo"),
    "tags": _("Tags"),
}


def register_work() -> None:
    register_care_subjects()
    register_profile_subjects()
    register_segment_subjects()
    register_sign_up_subjects()
    register_list_work()
    register_import_work()
    register_duplicate_work()
    register_job_kind(KIND, title=_("A copy of everything"), step=copy_step)
    register_subject(
        Guest,
        _("a guest"),
        page_of=_guest,
        called=_guest_names,
        fields=_GUEST_FIELDS,
        parts_of=_guest_parts,
    )
    register_confided(actions=["looked_at_needs"], fields=["health", "health_needs"])
    register_subject(Company, _("a company"), page_of=_company, called=_company_names)
    register_subject(
        Visit,
        _("a visit"),
        page_of=_visit,
        called=_visit_names,
        fields={"lines": _("what they had")},
    )
    register_subject(Note, _("a note"), page_of=_note, called=_note_names)


def _guest_parts(business: Business, reference: str) -> dict[str, list[str]]:
    """Return what belongs to a guest and has lines of its own in the log."""
    return {
        model._meta.label_lower: [
            str(uuid)
            for uuid in model._base_manager.filter(
                business=business, guest__uuid=reference
            ).values_list("uuid", flat=True)
        ]
        for model in _PARTS
    }


def _guest(business: Business, reference: str) -> str:
    return reverse("frontdesk:guest_detail", args=[business.slug, reference])


def _company(business: Business, reference: str) -> str:
    return reverse("customers:company_detail", args=[business.slug, reference])


def _visit(business: Business, reference: str) -> str:
    return reverse("customers:visit_edit", args=[business.slug, reference])


def _note(business: Business, reference: str) -> str:
    return reverse("customers:note_detail", args=[business.slug, reference])


def _guest_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    # Also of who was made one with another: the page leads to that one.
    rows = business.guests.filter(uuid__in=references, erased_at=None)
    return {str(uuid): name for uuid, name in rows.values_list("uuid", "display_name")}


def _company_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.companies.filter(uuid__in=references)
    return {str(uuid): name for uuid, name in rows.values_list("uuid", "name")}


def _visit_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.visits.filter(known("guest"), uuid__in=references)
    return {
        str(uuid): name
        for uuid, name in rows.values_list("uuid", "guest__display_name")
    }


def _note_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.notes.filter(known("guest"), uuid__in=references)
    return {
        str(uuid): name
        for uuid, name in rows.values_list("uuid", "guest__display_name")
    }
