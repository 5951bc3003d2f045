from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from loyalty.changing import change_ladder
from loyalty.forms import LadderForm
from loyalty.ladders import rules_of
from loyalty.models import Program
from loyalty.overview import close_to_next, recent_moves, rungs

MOST_SHOWN = 10


@require_safe
@staff_view(Staff.Role.MANAGER)
def overview(request: StaffRequest) -> HttpResponse:
    program = _program(request)
    if program is None:
        return render(request, "loyalty/overview.html", {"program": None})
    rules = rules_of(program)
    ladder = rungs(rules)
    context = {
        "program": program,
        "rungs": ladder,
        "members": sum(rung.members for rung in ladder),
        "climbers": close_to_next(rules, today=timezone.localdate(), limit=MOST_SHOWN),
        "moves": recent_moves(request.business, limit=MOST_SHOWN),
    }
    return render(request, "loyalty/overview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def ladder_edit(request: StaffRequest) -> HttpResponse:
    program = get_object_or_404(
        request.business.loyalty_programs.select_related("business")
    )
    form = LadderForm(rules_of(program), request.POST or None)
    if not form.is_valid():
        context = {"form": form, "program": program}
        return render(request, "loyalty/ladder_edit.html", context)
    lifted = change_ladder(
        program,
        form.facts(),
        actor=request.user,
        today=timezone.localdate(),
        now=timezone.now(),
    )
    toast(request, _in_words(lifted))
    return redirect("loyalty:overview", request.business.slug)


def _in_words(lifted: int) -> str:
    if not lifted:
        return _("The ladder is changed.")
    return ngettext(
        "The ladder is changed, and %(number)s guest moved up.",
        "The ladder is changed, and %(number)s guests moved up.",
        lifted,
    ) % {"number": lifted}


def _program(request: StaffRequest) -> Program | None:
    return request.business.loyalty_programs.select_related("business").first()
