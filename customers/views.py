"""The register: find guests, write down who they are and what they said."""

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
from customers.models import Guest, known
from customers.people.gone import still_here
from customers.privacy.desk_consent import DeskAnswerForm, take_down_answer


@require_POST
@staff_view(Staff.Role.STAFF)
def consent_add(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    form = DeskAnswerForm(request.POST)
    if form.is_valid():
        answer = form.cleaned_data
        take_down_answer(
            guest,
            purpose=answer["purpose"],
            channel=answer["channel"],
            is_granted=answer["answer"] == "yes",
            source=answer["source"],
            actor=request.user,
            now=timezone.now(),
        )
        toast(request, _("Noted."))
    else:
        text = _("That answer could not be read. Please choose again.")
        toast(request, text, level=messages.ERROR)
    return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)


def known_guest(request: StaffRequest, guest_uuid: UUID) -> Guest:
    """Return the business's guest, or answer 404; who was forgotten is not there."""
    guests = request.business.guests.filter(known())
    rows = guests.select_related("summary", "company", "business")
    return still_here(request, rows, guest_uuid)
