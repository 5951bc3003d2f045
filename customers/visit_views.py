"""Write a visit into the register, and put it right."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Business, Staff, Venue
from customers.models import Visit
from customers.views import known_guest
from customers.visit_forms import NewVisitForm, VisitForm
from customers.visits import amend_visit, record_visit


@staff_view(Staff.Role.STAFF)
def visit_create(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest, now = known_guest(request, guest_uuid), timezone.now()
    venues = venues_for(request.business, own_venue_ids(request))
    form = NewVisitForm(
        request.POST if request.method == "POST" else None,
        guest=guest,
        venues=venues,
        today=timezone.localdate(now),
    )
    if not form.is_valid():
        context = {"form": form, "guest": guest, "has_venues": bool(venues)}
        return render(request, "customers/visit_form.html", context)
    state = form.cleaned_data["state"]
    record_visit(guest, facts=form.facts(), state=state, actor=request.user, now=now)
    toast(request, _("The visit is in the register."))
    return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)


@staff_view(Staff.Role.STAFF)
def visit_edit(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    visit, now = seen_visit(request, visit_uuid), timezone.now()
    form = VisitForm(
        request.POST if request.method == "POST" else None,
        guest=visit.guest,
        venues=venues_for(request.business, own_venue_ids(request)),
        today=timezone.localdate(now),
        visit=visit,
    )
    if not form.is_valid():
        context = {
            "form": form,
            "guest": visit.guest,
            "visit": visit,
            "has_venues": True,
        }
        return render(request, "customers/visit_form.html", context)
    if amend_visit(visit, facts=form.facts(), actor=request.user, now=now):
        toast(request, _("Saved."))
    return redirect("frontdesk:guest_detail", request.business.slug, visit.guest.uuid)


def own_venue_ids(request: StaffRequest) -> list[int]:
    """Return the venues that this person is limited to; empty means none of it."""
    return list(request.staff.venues.values_list("pk", flat=True))


def venues_for(business: Business, own_ids: list[int]) -> list[Venue]:
    """Return the venues in use among these, or all when none are named, by name."""
    venues = business.venues.filter(is_active=True).order_by("name")
    return list(venues.filter(pk__in=own_ids) if own_ids else venues)


def seen_visit(request: StaffRequest, visit_uuid: UUID) -> Visit:
    """Return a visit at a venue that this person sees, or answer 404."""
    visits = Visit.objects.filter(
        business=request.business, guest__erased_at=None
    ).select_related(
        "business",
        "guest__business",
        "guest__summary",
        "guest__company",
        "venue",
        "booker",
    )
    if own_ids := own_venue_ids(request):
        visits = visits.filter(venue__in=own_ids)
    return get_object_or_404(visits, uuid=visit_uuid)
