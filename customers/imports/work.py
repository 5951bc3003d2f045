"""Enter the long work of imports, and what the log calls them, into the registries."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.jobs.registry import register_job_kind
from crm.tenancy.models import Business
from customers.imports import committing, reverting, staging
from customers.models import Import


def register_import_work() -> None:
    register_job_kind(
        staging.KIND, title=_("Reading a file"), step=staging.reading_step
    )
    register_job_kind(
        committing.KIND, title=_("Bringing a file in"), step=committing.commit_step
    )
    register_job_kind(
        reverting.KIND, title=_("Taking an import back"), step=reverting.revert_step
    )
    register_subject(Import, _("an import"), page_of=_page, called=_names)


def _page(business: Business, reference: str) -> str:
    return reverse("customers:import_detail", args=[business.slug, reference])


def _names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.imports.filter(uuid__in=references)
    return {str(uuid): name for uuid, name in rows.values_list("uuid", "file_name")}
