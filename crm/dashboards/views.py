from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.dashboards.drawings import commonest_kinds, draw, say_kind
from crm.dashboards.overview import build_overview
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from crm.tenancy.scope import scope_of


@require_safe
@staff_view(Staff.Role.VIEWER)
def return_overview(request: StaffRequest) -> HttpResponse:
    today = timezone.localdate()
    scope = scope_of(request, today=today)
    overview = build_overview(
        request.business, scope.period, today=today, venue=scope.venue
    )
    context = {
        "scope": scope,
        "overview": overview,
        "charts": draw(overview),
        "kinds": [say_kind(kind) for kind in commonest_kinds(overview.visits)],
    }
    return render(request, "dashboards/return.html", context)
