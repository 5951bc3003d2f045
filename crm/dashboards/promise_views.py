from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.core.paging import page_of
from crm.dashboards.promises import build_kept, not_kept
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from crm.tenancy.scope import scope_of


@require_safe
@staff_view(Staff.Role.VIEWER)
def promises(request: StaffRequest) -> HttpResponse:
    scope = scope_of(request, today=timezone.localdate())
    missed = not_kept(request.business, scope.period, venue=scope.venue)
    report = build_kept(request.business, scope.period, venue=scope.venue)
    context = {
        "scope": scope,
        "report": report,
        "weeks": [(*_week(monday), counts) for monday, counts in report.weeks],
        # Names and words are for those who work with guests.
        "page": page_of(request, missed, per_page=8)
        if request.staff.sees_guests
        else None,
    }
    return render(request, "dashboards/promises.html", context)


def _week(monday: date) -> tuple[int, int]:
    year, week, _weekday = monday.isocalendar()
    return year, week
