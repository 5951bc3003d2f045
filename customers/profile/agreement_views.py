"""A yes that is taken back, as the desk notes it."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Agreement, ConsentEvent
from customers.profile.agreements import agreed, record_agreement
from customers.views import known_guest


@require_POST
@staff_view(Staff.Role.STAFF)
def agreement_withdraw(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    subject = request.POST.get("subject", "")
    if subject == Agreement.Subject.HEALTH and not request.staff.may_see_health_needs:
        raise PermissionDenied
    # A second tap finds nothing that holds.
    if subject in Agreement.Subject.values and (yes := agreed(guest, subject)):
        record_agreement(
            guest,
            subject=subject,
            is_granted=False,
            wording=yes.wording,
            language=yes.language,
            source=ConsentEvent.Source.DESK,
            actor=request.user,
            now=timezone.now(),
        )
        toast(request, _("Noted. What was kept on that yes is deleted."))
    return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)
