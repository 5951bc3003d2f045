"""Look at a guest's health needs, note them, delete them. Only for those who may.

Everything that shows words is asked for by POST, because each look is written down.
"""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.core.next_page import next_page_of
from crm.core.once import FIELD, fresh_token, promised_uuid
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.in_place import ask_in_place, changed_in_place
from customers.models import Guest, HealthNeed, Visit, known
from customers.needs.forms import NOT_SAID, NeedForm
from customers.needs.health_needs import (
    HEALTH,
    NotAgreed,
    is_for_people_of,
    looked_at,
    needs_for,
    needs_seen,
    note_need,
    remove_need,
)
from customers.people.gone import still_here
from customers.people.gone_meanwhile import gone_when_forgotten
from customers.profile.agreements import agreed, wording_for
from customers.views import known_guest
from customers.visiting.visit_views import own_venue_ids, seen_visit

PANEL = "needs"
OPEN = (Visit.State.BOOKED, Visit.State.IN_HOUSE)
MOST_VISITS = 5


@require_POST
@staff_view(Staff.Role.STAFF)
def needs_show(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    check_may_see(request)
    rows = needs_seen(guest, own_venue_ids(request))
    needs = looked_at(guest, rows, actor=request.user, now=timezone.now())
    context: dict[str, object] = {
        "guest": guest,
        "needs": needs,
        "is_open": True,
        "agreement": agreed(guest, HEALTH),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "customers/needs_panel.html", context)
    return _page(request, guest, context)


@require_POST
@staff_view(Staff.Role.STAFF)
def visit_needs_show(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    """Open the needs of one visit on its card."""
    visit = seen_visit(request, visit_uuid)
    check_may_see(request)
    needs = looked_at(
        visit.guest, needs_for(visit), actor=request.user, now=timezone.now()
    )
    if request.htmx:  # type: ignore[attr-defined]
        part = {"has_needs": True, "needs": needs, "is_open": True}
        context = {"visit": visit, "part": part}
        return render(request, "customers/card_needs.html", context)
    context = {"guest": visit.guest, "needs": needs, "is_open": True}
    return _page(request, visit.guest, context)


def _page(
    request: StaffRequest, guest: Guest, context: dict[str, object]
) -> HttpResponse:
    home = reverse("frontdesk:guest_detail", args=[request.business.slug, guest.uuid])
    context |= {"back": next_page_of(request, home)}
    return render(request, "customers/needs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def need_create(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest, now = known_guest(request, guest_uuid), timezone.now()
    check_may_see(request)
    holding, purpose = agreed(guest, HEALTH), f"need:{guest.pk}"
    form = NeedForm(
        request.POST if request.method == "POST" else None,
        visits=_open_visits(request, guest),
        has_agreed=holding is not None,
    )
    context = {
        "form": form,
        "guest": guest,
        "holding": holding,
        "wording": wording_for(guest, HEALTH),
        "once": request.POST.get(FIELD) or fresh_token(purpose),
    }
    if not form.is_valid() or not _noted(request, guest, form, purpose, now=now):
        if form.is_bound and "says_yes" in form.errors:
            # What held when the page was opened may have been taken back since.
            context["holding"] = None
        return ask_in_place(request, "customers/need_form.html", context)
    toast(request, _("Noted, where only those who may can read it."))
    return changed_in_place(request, guest, PANEL, now=now)


def _noted(
    request: StaffRequest, guest: Guest, form: NeedForm, purpose: str, *, now: datetime
) -> bool:
    typed = form.cleaned_data
    try:
        note_need(
            guest,
            typed["words"],
            visit=form.visit,
            says_yes_to=wording_for(guest, HEALTH) if typed["says_yes"] else None,
            uuid=promised_uuid(purpose, request.POST.get(FIELD, "")),
            actor=request.user,
            now=now,
        )
    except NotAgreed:
        form.add_error("says_yes", NOT_SAID)
        return False
    return True


def _open_visits(request: StaffRequest, guest: Guest) -> list[Visit]:
    visits = guest.visits.filter(state__in=OPEN).at_venues_of(own_venue_ids(request))
    soonest = visits.select_related("venue").order_by("arrival_date", "pk")
    return list(soonest[:MOST_VISITS])


@require_POST
@staff_view(Staff.Role.STAFF)
def need_remove(request: StaffRequest, need_uuid: UUID) -> HttpResponse:
    needs = HealthNeed.objects.filter(
        known("guest"),
        is_for_people_of(own_venue_ids(request)),
        business=request.business,
    ).select_related("guest__business")
    need = still_here(request, needs, need_uuid)
    check_may_see(request)
    now = timezone.now()
    remove_need(need, actor=request.user, now=now)
    toast(request, _("Deleted for good."))
    return changed_in_place(request, need.guest, PANEL, now=now)


def check_may_see(request: StaffRequest) -> None:
    if not request.staff.may_see_health_needs:
        raise PermissionDenied
