"""What a visit had, changed where it stands."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.holding import GuestIsForgotten
from customers.models import Visit
from customers.people.gone import IsGone
from customers.visiting.line_forms import BaseLineForms, line_forms
from customers.visiting.lines import (
    LinesChangedMeanwhile,
    replace_lines,
    spend_what_lines_say,
)
from customers.visiting.visit_page import lines_context, visit_page
from customers.visiting.visit_views import seen_visit


@require_POST
@staff_view(Staff.Role.STAFF)
def visit_lines(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    visit, now = seen_visit(request, visit_uuid), timezone.now()
    typed = line_forms(visit, request.POST)
    if not typed.is_right:
        return _shown(request, visit, typed)
    try:
        changed = replace_lines(
            visit,
            typed.facts,
            removed=typed.removed,
            began=typed.began,
            actor=request.user,
            now=now,
        )
    except LinesChangedMeanwhile as problem:
        typed.show_clashes(problem)
        return _shown(request, visit, typed)
    except GuestIsForgotten as problem:
        raise IsGone from problem
    if changed:
        toast(request, _("Saved."))
    return _saved(request, visit)


@require_POST
@staff_view(Staff.Role.STAFF)
def visit_spend_sum(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    """Take what the lines add up to as the spend."""
    visit = seen_visit(request, visit_uuid)
    try:
        spend_what_lines_say(visit, actor=request.user, now=timezone.now())
    except GuestIsForgotten as problem:
        raise IsGone from problem
    toast(request, _("The spend is what the lines add up to."))
    return redirect("customers:visit_edit", request.business.slug, visit.uuid)


def _shown(request: StaffRequest, visit: Visit, typed: BaseLineForms) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        context = {"visit": visit, **lines_context(visit, typed)}
        return render(request, "customers/visit_lines.html", context)
    return visit_page(request, visit, lines=typed)


def _saved(request: StaffRequest, visit: Visit) -> HttpResponse:
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("customers:visit_edit", request.business.slug, visit.uuid)
    visit.refresh_from_db(fields=["spend"])
    context = {"visit": visit, **lines_context(visit, None)}
    body = render_to_string("customers/visit_lines.html", context, request)
    beside = render_to_string("components/toasts_beside.html", {}, request)
    return HttpResponse(body + beside)
