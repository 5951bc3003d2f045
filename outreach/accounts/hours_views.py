"""When messages may go, and to change it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from outreach.accounts.hours_forms import HoursForms
from outreach.accounts.opening_hours import keep_hours, kept_hours


@staff_view(Staff.Role.OWNER)
def sending_hours(request: StaffRequest) -> HttpResponse:
    forms = HoursForms(request.POST or None, kept=kept_hours(request.business))
    if request.method == "POST" and forms.is_valid():
        keep_hours(
            request.business, forms.changed, actor=request.user, now=timezone.now()
        )
        toast(request, _("Saved. Messages that wait keep to the new hours."))
        return redirect("outreach:sending", request.business.slug)
    return render(request, "outreach/accounts/hours.html", {"forms": forms})
