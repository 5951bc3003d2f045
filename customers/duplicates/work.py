"""Enter the look through the register, and the log's words for it, into the registries."""

from django.utils.translation import gettext_lazy as _

from crm.audit.subjects import register_subject
from crm.jobs.registry import register_job_kind
from customers.duplicates.looking import KIND, look_step
from customers.models import DuplicateRules


def register_duplicate_work() -> None:
    register_job_kind(KIND, title=_("Who is in the register twice"), step=look_step)
    register_subject(DuplicateRules, _("how duplicates are found"))
