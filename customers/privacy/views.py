"""A guest's own rights: a copy of everything, and to be forgotten."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.privacy.erasure import GuestIsExpected, erase_guest
from customers.privacy.guest_copy import ask_for_copy
from customers.views import known_guest


@require_POST
@staff_view(Staff.Role.MANAGER)
def guest_copy(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    job = ask_for_copy(guest, actor=request.user, now=timezone.now())
    return redirect("jobs:job_detail", request.business.slug, job.uuid)


@require_POST
@staff_view(Staff.Role.OWNER)
def guest_erase(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    if request.POST.get("confirmed") != "yes":
        text = _("Tick the box first: what is forgotten does not come back.")
        toast(request, text, level=messages.WARNING)
        return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)
    try:
        erase_guest(guest, actor=request.user, now=timezone.now())
    except GuestIsExpected as problem:
        toast(request, str(problem), level=messages.ERROR)
        return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)
    toast(request, _("The guest is forgotten. Figures stay, without a name."))
    return redirect("customers:guest_list", request.business.slug)
