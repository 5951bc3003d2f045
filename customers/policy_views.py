"""The checklist on the card: a step done, or not done after all."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.core.next_page import next_page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.care_cards import service_part
from customers.models import Visit
from customers.service_policy import StepIsGone, tick_step, untick_step
from customers.visit_views import seen_visit


@require_POST
@staff_view(Staff.Role.STAFF)
def steps_tick(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    """Take ``done`` or ``undone``, the uuid of a step."""
    visit = seen_visit(request, visit_uuid)
    problem = ""
    try:
        _tick(request, visit)
    except (StepIsGone, ValueError):
        problem = _("That step is not on the checklist any more.")
        toast(request, problem, level=messages.ERROR)
    page = reverse(
        "frontdesk:guest_detail", args=[request.business.slug, visit.guest.uuid]
    )
    page = next_page_of(request, page)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(page)
    part = service_part(visit, today=timezone.localdate())
    context = {
        "visit": visit,
        "part": part.context,
        "next_page": page,
        "is_unfolded": True,
    }
    body = render_to_string(part.template, context, request)
    if problem:
        # Only then: with nothing to say, what was said before is left standing.
        body += render_to_string("components/toasts_beside.html", {}, request)
    return HttpResponse(body)


def _tick(request: StaffRequest, visit: Visit) -> None:
    if undone := request.POST.get("undone"):
        untick_step(visit, UUID(undone))
    else:
        step = UUID(request.POST.get("done", ""))
        tick_step(visit, step, actor=request.user, now=timezone.now())
