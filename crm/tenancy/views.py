"""Settings of a business: what it is, its venues. People are in staff_views.py."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.forms import BusinessForm, VenueForm
from crm.tenancy.houses import (
    LastVenue,
    close_venue,
    open_venue,
    reopen_venue,
    save_business,
    save_venue,
)
from crm.tenancy.models import Business, Staff, Venue


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.OWNER)
def business_settings(request: StaffRequest) -> HttpResponse:
    # A copy: the frame shows what is stored while the form shows what is typed.
    business = Business.objects.get(pk=request.business.pk)
    form = BusinessForm(request.POST or None, instance=business)
    if request.method == "POST" and form.is_valid():
        save_business(
            business,
            changed=form.changed_data,
            actor=request.user,
            now=timezone.now(),
        )
        toast(request, _("Saved."))
        return redirect("tenancy:settings", request.business.slug)
    return render(request, "tenancy/settings.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.OWNER)
def venue_list(request: StaffRequest) -> HttpResponse:
    venue = Venue(business=request.business, time_zone=request.business.time_zone)
    form = VenueForm(request.POST or None, instance=venue)
    if request.method == "POST" and form.is_valid():
        try:
            open_venue(venue, actor=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, _("%(name)s is open.") % {"name": venue.name})
            return redirect("tenancy:venue_list", request.business.slug)
    venues = request.business.venues.order_by("-is_active", "name", "pk")
    return render(request, "tenancy/venue_list.html", {"venues": venues, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.OWNER)
def venue_edit(request: StaffRequest, venue_uuid: UUID) -> HttpResponse:
    venue = get_object_or_404(request.business.venues, uuid=venue_uuid)
    name = venue.name
    form = VenueForm(request.POST or None, instance=venue)
    if request.method == "POST" and form.is_valid():
        try:
            save_venue(
                venue,
                changed=form.changed_data,
                actor=request.user,
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, _("Saved."))
            return redirect("tenancy:venue_list", request.business.slug)
    context = {"venue": venue, "name": name, "form": form}
    return render(request, "tenancy/venue_edit.html", context)


@require_POST
@staff_view(Staff.Role.OWNER)
def venue_close(request: StaffRequest, venue_uuid: UUID) -> HttpResponse:
    venue = get_object_or_404(request.business.venues, uuid=venue_uuid)
    name = {"name": venue.name}
    try:
        is_deleted = close_venue(venue, actor=request.user, now=timezone.now())
    except LastVenue as problem:
        toast(request, str(problem), level=messages.ERROR)
    else:
        toast(
            request,
            _("%(name)s is gone. Nothing had happened there.") % name
            if is_deleted
            else _("%(name)s is closed. Its visits stay, and you can reopen it.")
            % name,
        )
    return redirect("tenancy:venue_list", request.business.slug)


@require_POST
@staff_view(Staff.Role.OWNER)
def venue_reopen(request: StaffRequest, venue_uuid: UUID) -> HttpResponse:
    venue = get_object_or_404(request.business.venues, uuid=venue_uuid)
    reopen_venue(venue, actor=request.user, now=timezone.now())
    toast(request, _("%(name)s is open again.") % {"name": venue.name})
    return redirect("tenancy:venue_list", request.business.slug)
