"""Enter what is done with whole lists into the registries of work and of the log."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.files.models import StoredFile
from crm.jobs.models import Job
from crm.jobs.registry import register_job_kind, title_of
from crm.tenancy.models import Business
from customers.lists import bulk_tags, guest_file, visit_file
from customers.lists.columns import Column
from customers.lists.guest_columns import GUEST_COLUMNS
from customers.lists.visit_columns import VISIT_COLUMNS


def register_list_work() -> None:
    register_job_kind(
        guest_file.KIND, title=_("Guests as a file"), step=guest_file.guest_file_step
    )
    register_job_kind(
        visit_file.KIND, title=_("Visits as a file"), step=visit_file.visit_file_step
    )
    register_job_kind(
        bulk_tags.KIND, title=_("A tag for many guests"), step=bulk_tags.bulk_tag_step
    )
    columns: dict[str, Column[Any]] = {**VISIT_COLUMNS, **GUEST_COLUMNS}
    register_subject(
        Job,
        _("a list"),
        page_of=_job,
        called=_job_titles,
        fields={key: column.label for key, column in columns.items()},
    )
    register_subject(StoredFile, _("a file"), called=_file_names)


def _job(business: Business, reference: str) -> str:
    return reverse("jobs:job_detail", args=[business.slug, reference])


def _job_titles(business: Business, references: Sequence[str]) -> dict[str, str]:
    jobs = business.jobs.filter(uuid__in=references)
    return {str(job.uuid): title_of(job) for job in jobs}


def _file_names(business: Business, references: Sequence[str]) -> dict[str, str]:
    rows = business.files.filter(uuid__in=references)
    return {str(uuid): name for uuid, name in rows.values_list("uuid", "name")}
