from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.core.toasts import toast
from crm.jobs.models import Job
from crm.jobs.registry import title_of
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff

# htmx stops asking again when it is answered with this.
STOP_POLLING = 286


@require_safe
@staff_view(Staff.Role.STAFF)
def job_detail(request: StaffRequest, job_uuid: UUID) -> HttpResponse:
    job = _job_for(request, job_uuid)
    context = {"job": job, "title": title_of(job), "file": _readable_file(request, job)}
    if not getattr(request, "htmx", False):
        return render(request, "jobs/job_detail.html", context)
    return render(
        request,
        "jobs/job_detail.html#progress",
        context,
        status=STOP_POLLING if job.is_final else 200,
    )


@require_POST
@staff_view(Staff.Role.STAFF)
def job_cancel(request: StaffRequest, job_uuid: UUID) -> HttpResponse:
    job = _job_for(request, job_uuid)
    if not job.is_final:
        job.ask_to_cancel()
        toast(request, _("It stops at the next step."))
    return redirect("jobs:job_detail", request.business.slug, job.uuid)


def _job_for(request: StaffRequest, job_uuid: UUID) -> Job:
    job: Job = get_object_or_404(
        request.business.jobs.select_related("created_by", "result_file"),
        uuid=job_uuid,
    )
    if not request.staff.may(job.reader_role):
        raise PermissionDenied
    return job


def _readable_file(request: StaffRequest, job: Job) -> object:
    file = job.result_file
    if file is None or file.is_expired(timezone.now()):
        return None
    return file if file.may_be_read_by(request.staff) else None
