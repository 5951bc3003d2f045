"""The pages of how good the register is, and of what is asked at the next visit."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import ContactPoint
from customers.people.gone_meanwhile import gone_when_forgotten
from customers.quality.asking_rules import change_rules, rules_of
from customers.quality.details_links import ask_for_details
from customers.quality.queue import DAYS_AHEAD, to_ask
from customers.quality.report import register_report
from customers.quality.rules_form import RulesForm
from customers.views import known_guest
from customers.visiting.visit_views import own_venue_ids


@require_safe
@staff_view(Staff.Role.MANAGER)
def quality(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    report = register_report(request.business, today=timezone.localdate(now), now=now)
    return render(request, "customers/quality.html", {"report": report})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.MANAGER)
def questions(request: StaffRequest) -> HttpResponse:
    """Show who is to be asked what in the next days, and change what is asked."""
    business, now = request.business, timezone.now()
    form = RulesForm(request.POST or None, instance=rules_of(business))
    if request.method == "POST" and form.is_valid():
        change_rules(business, form.typed(), actor=request.user, now=now)
        toast(request, _("Saved."))
        return redirect("customers:questions", business.slug)
    rows = to_ask(
        business, venue_ids=own_venue_ids(request), today=timezone.localdate(now)
    )
    context = {"form": form, "rows": rows, "days": DAYS_AHEAD}
    return render(request, "customers/questions.html", context)


@require_POST
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def details_ask(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    """Send a guest a link by which they look through their own details."""
    guest = known_guest(request, guest_uuid)
    if guest.contact_points.filter(kind=ContactPoint.Kind.EMAIL).exists():
        ask_for_details(guest, actor=request.user, now=timezone.now())
        toast(
            request, _("A mail with a link is on its way. We write once a day at most.")
        )
    else:
        toast(request, _("There is no email to write to."), level=messages.ERROR)
    return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)
