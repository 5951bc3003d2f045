"""One import: what it will do, how far it is, what it did, and the way back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from crm.accounts.models import User
from crm.core.paging import page_number
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.imports.committing import start_commit
from customers.imports.error_files import error_file
from customers.imports.preview import preview_of, problems_of
from customers.imports.problems import NotNow, words_for
from customers.imports.receiving import discard
from customers.imports.reverting import can_be_reverted, left_behind, start_revert
from customers.imports.staging import start_reading
from customers.imports.standing import as_it_stands, caught_up
from customers.imports.telling import how_much_longer, outcome_rows
from customers.models import Import

State = Import.State
_SHOWN_LEFT = 50


@vary_on_headers("HX-Request")
@require_safe
@staff_view(Staff.Role.MANAGER)
def import_detail(request: StaffRequest, import_uuid: UUID) -> HttpResponse:
    batch, now = as_it_stands(_import(request, import_uuid)), timezone.now()
    context: dict[str, Any] = {"batch": batch}
    if batch.is_at_work:
        context["longer"] = how_much_longer(batch.job, now)
    if request.htmx:  # type: ignore[attr-defined]
        if not batch.is_at_work:
            return HttpResponseClientRefresh()
        return render(request, "customers/imports/import.html#progress", context)
    if batch.state in {State.READY, State.DONE, State.REVERTED, State.FAILED}:
        context |= _told(batch, now)
    return render(request, "customers/imports/import.html", context)


@require_safe
@staff_view(Staff.Role.MANAGER)
def import_problems(request: StaffRequest, import_uuid: UUID) -> HttpResponse:
    batch = _import(request, import_uuid)
    code = request.GET.get("code", "")
    found = problems_of(batch, page_number(request.GET.get("page", "")), code=code)
    context = {
        "batch": batch,
        "problems": [(problem, words_for(problem.code)) for problem in found],
        "count": found.paginator.count,
        "page": {
            "previous_number": found.number - 1 if found.has_previous() else None,
            "next_number": found.number + 1 if found.has_next() else None,
        },
        "about": words_for(code) if code else "",
    }
    return render(request, "customers/imports/problems.html", context)


@require_POST
@staff_view(Staff.Role.MANAGER)
def import_read(request: StaffRequest, import_uuid: UUID) -> HttpResponse:
    return _begin(request, import_uuid, start_reading)


@require_POST
@staff_view(Staff.Role.MANAGER)
def import_stop(request: StaffRequest, import_uuid: UUID) -> HttpResponse:
    batch = _import(request, import_uuid)
    if batch.is_at_work and batch.job and not batch.job.is_final:
        batch.job.ask_to_cancel()
        toast(request, _("It stops at the next step."))
    return redirect("customers:import_detail", request.business.slug, batch.uuid)


@require_POST
@staff_view(Staff.Role.MANAGER)
def import_commit(request: StaffRequest, import_uuid: UUID) -> HttpResponse:
    return _begin(request, import_uuid, start_commit)


@require_POST
@staff_view(Staff.Role.MANAGER)
def import_revert(request: StaffRequest, import_uuid: UUID) -> HttpResponse:
    return _begin(request, import_uuid, start_revert)


@require_POST
@staff_view(Staff.Role.MANAGER)
def import_discard(request: StaffRequest, import_uuid: UUID) -> HttpResponse:
    batch = caught_up(_import(request, import_uuid))
    try:
        discard(batch, actor=request.user, now=timezone.now())
    except NotNow as refused:
        toast(request, str(refused), level=messages.ERROR)
        return redirect("customers:import_detail", request.business.slug, batch.uuid)
    toast(request, _("The file is deleted. Nothing of it was brought in."))
    return redirect("customers:imports", request.business.slug)


@require_POST
@staff_view(Staff.Role.MANAGER)
def import_rejected(request: StaffRequest, import_uuid: UUID) -> HttpResponse:
    """Lead to the file of the lines that were left out; make it if it is not there."""
    batch = _import(request, import_uuid)
    file = error_file(batch, now=timezone.now())
    if file is None:
        toast(request, _("The file is gone: files like this are not kept for long."))
        return redirect("customers:import_detail", request.business.slug, batch.uuid)
    return redirect("files:file_download", request.business.slug, file.uuid)


def _begin(
    request: StaffRequest, import_uuid: UUID, begin: Callable[..., Import]
) -> HttpResponse:
    batch = caught_up(_import(request, import_uuid))
    user: User = request.user
    try:
        begin(batch, actor=user, now=timezone.now())
    except NotNow as refused:
        toast(request, str(refused), level=messages.ERROR)
    return redirect("customers:import_detail", request.business.slug, batch.uuid)


def _import(request: StaffRequest, import_uuid: UUID) -> Import:
    batches = request.business.imports.select_related(
        "business", "created_by", "error_file", "file", "job", "venue"
    )
    batch: Import = get_object_or_404(batches, uuid=import_uuid)
    return batch


def _told(batch: Import, now: datetime) -> dict[str, Any]:
    """Return what the page says of an import that nobody is at work on."""
    preview, outcomes = preview_of(batch), outcome_rows(batch)
    left = batch.counts.get("reverted", {})
    return {
        "counts": preview.counts,
        "outcomes": outcomes,
        "has_rejected": any(row.rejected for row in outcomes),
        "problems": [
            (code, words_for(code), count) for code, count in preview.problems
        ],
        "first_rows": preview.first_rows if batch.state == State.READY else [],
        "can_be_reverted": can_be_reverted(batch, now=now),
        "left": list(left_behind(batch)[:_SHOWN_LEFT]) if left else [],
        "visits_left": left.get("visits_left", 0),
    }
