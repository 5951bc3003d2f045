from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.audit.events import record_event
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff


@require_safe
@staff_view(Staff.Role.STAFF)
def file_download(request: StaffRequest, file_uuid: UUID) -> HttpResponseBase:
    stored = get_object_or_404(request.business.files, uuid=file_uuid)
    if not stored.may_be_read_by(request.staff):
        raise PermissionDenied
    if stored.is_expired(timezone.now()):
        return render(request, "files/gone.html", status=410)
    try:
        content = stored.content.open("rb")
    except FileNotFoundError:
        return render(request, "files/gone.html", status=410)
    # A list of guests leaves the house here, so the log says who took it.
    record_event(
        business=request.business,
        actor=request.user,
        action="saved",
        subject=stored,
        now=timezone.now(),
    )
    response = FileResponse(content, as_attachment=True, filename=stored.name)
    # Never shown inside the page: whatever it claims to be, it is only saved.
    response["Content-Type"] = "application/octet-stream"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
