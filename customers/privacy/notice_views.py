"""What guests are told when they book, switched on by an owner who tells them."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.audit.events import record_event
from crm.core.languages import in_language
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Purpose
from customers.privacy import consent_notice


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.OWNER)
def booking_notice(request: StaffRequest) -> HttpResponse:
    business = request.business
    if request.method == "POST":
        _switch(request, wants_on=request.POST.get("told") == "yes")
        return redirect("customers:booking_notice", business.slug)
    language = get_language() or business.language
    context = {
        "is_on": consent_notice.is_on(business),
        "notices": [
            (Purpose(purpose).label, in_language(texts, language))
            for purpose, texts in consent_notice.notice_texts().items()
        ],
    }
    return render(request, "customers/booking_notice.html", context)


def _switch(request: StaffRequest, *, wants_on: bool) -> None:
    now = timezone.now()
    if wants_on == consent_notice.is_on(request.business):
        return
    if wants_on:
        consent_notice.switch_on(request.business, now=now)
        toast(request, _("Noted: guests are told from now on."))
    else:
        consent_notice.switch_off(request.business)
        toast(request, _("Noted: guests are no longer told."))
    record_event(
        business=request.business,
        actor=request.user,
        action="amended",
        subject=request.business,
        fields=["booking notice"],
        now=now,
    )
