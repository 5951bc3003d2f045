"""The buttons of a segment: copy it, delete it, bring it back."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Segment
from customers.segments.keeping import (
    NameTaken,
    StillUsed,
    bring_segment_back,
    copy_segment,
    delete_segment,
)
from customers.segments.uses import uses_of

# Where the last deleted segment waits for its Undo.
_DELETED = "deleted_segment"


@require_POST
@staff_view(Staff.Role.MANAGER)
def segment_copy(request: StaffRequest, segment_uuid: UUID) -> HttpResponse:
    segment = _segment(request, segment_uuid)
    copy = copy_segment(segment, actor=request.user, now=timezone.now())
    toast(request, _("This is the copy. Change what shall be different."))
    return redirect("customers:segment_edit", request.business.slug, copy.uuid)


@require_POST
@staff_view(Staff.Role.MANAGER)
def segment_delete(request: StaffRequest, segment_uuid: UUID) -> HttpResponse:
    segment, slug = _segment(request, segment_uuid), request.business.slug
    words = {"segment": segment.name}
    if any(use.holds for use in uses_of([segment])[segment.pk]):
        return _refused(request, segment)
    try:
        kept = delete_segment(segment, actor=request.user, now=timezone.now())
    except StillUsed:
        return _refused(request, segment)
    request.session[_DELETED] = kept
    undo = reverse("customers:segment_restore", args=[slug, segment_uuid])
    toast(request, _("“%(segment)s” is deleted.") % words, undo_url=undo)
    return redirect("customers:segment_list", slug)


@require_POST
@staff_view(Staff.Role.MANAGER)
def segment_restore(request: StaffRequest, segment_uuid: UUID) -> HttpResponse:
    kept = request.session.get(_DELETED, {})
    asked = (str(segment_uuid), request.business.pk)
    if (kept.get("uuid"), kept.get("business")) != asked:
        raise Http404
    words = {"segment": kept["name"]}
    try:
        bring_segment_back(
            request.business, kept, actor=request.user, now=timezone.now()
        )
    except NameTaken:
        text = _(
            "There is a new segment called “%(segment)s”, so the old one stays away."
        )
        toast(request, text % words, level=messages.ERROR)
    else:
        toast(request, _("“%(segment)s” is back.") % words)
    del request.session[_DELETED]
    return redirect("customers:segment_list", request.business.slug)


def _refused(request: StaffRequest, segment: Segment) -> HttpResponse:
    text = _("“%(segment)s” is in use, so it stays. Choose another one there first.")
    toast(request, text % {"segment": segment.name}, level=messages.ERROR)
    return redirect("customers:segment_detail", request.business.slug, segment.uuid)


def _segment(request: StaffRequest, segment_uuid: UUID) -> Segment:
    return get_object_or_404(request.business.segments, uuid=segment_uuid)
