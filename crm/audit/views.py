from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.audit.reading import ACTIONS, colleague, events_of, in_words
from crm.core.paging import page_of
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff


@require_safe
@staff_view(Staff.Role.OWNER)
def event_list(request: StaffRequest) -> HttpResponse:
    business = request.business
    who = colleague(business, request.GET.get("who", ""))
    action = request.GET.get("action", "")
    page = page_of(request, events_of(business, who=who, action=action))
    people = business.staff.select_related("user").order_by("user__name", "pk")
    context = {
        "page": page,
        "lines": in_words(business, page.rows),
        "people": people,
        "actions": sorted(ACTIONS.items(), key=lambda choice: str(choice[1])),
        "who": who,
        "action": action,
    }
    return render(request, "audit/event_list.html", context)
