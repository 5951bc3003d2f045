"""The checklist on the card: a step done, or not done after all."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.core.next_page import next_page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.care.cards import service_part
from customers.care.service_policy import StepIsGone, tick_step, untick_step
from customers.models import Visit
from customers.visiting.visit_views import seen_visit


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
def steps_tick(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    """Show the checklist, or take ``done`` or ``undone``, the uuid of a step."""
    visit = seen_visit(request, visit_uuid)
    if request.method != "POST":
        return _shown(request, visit)
    problem = ""
    try:
        _tick(request, visit)
    except (StepIsGone, ValueError):
        problem = _("That step is not on the checklist any more.")
        toast(request, problem, level=messages.ERROR)
    page = reverse(
        "frontdesk:guest_detail", args=[request.business.slug, visit.guest.uuid]
    )
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(next_page_of(request, page))
    response = _shown(request, visit)
    if problem:
        # Only then: with nothing to say, what was said before is left standing.
        toasts = render_to_string("components/toasts_beside.html", {}, request)
        response.write(toasts)
    return response


def _shown(request: StaffRequest, visit: Visit) -> HttpResponse:
    part = service_part(visit, today=timezone.localdate())
    context = {"visit": visit, "part": part.context, "is_unfolded": True}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, part.template, context)
    return render(request, "customers/service.html", context)


def _tick(request: StaffRequest, visit: Visit) -> None:
    if undone := request.POST.get("undone"):
        untick_step(visit, UUID(undone))
    else:
        step = UUID(request.POST.get("done", ""))
        tick_step(visit, step, actor=request.user, now=timezone.now())
