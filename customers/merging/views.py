"""Make two entries of a guest one, look at what that was, and take it back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.audit.events import record_view
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.holding import GuestIsForgotten
from customers.merging.following import living
from customers.merging.forms import OtherEntryForm
from customers.merging.merging import CannotBeOne, merge_guests
from customers.merging.picking import GONE, KEPT, choices_for, which_stays
from customers.merging.telling import left_in_words, moved_in_words, taken_in_words
from customers.merging.undoing import CannotPart, undo_merge
from customers.models import Guest, GuestSummary, Merge
from customers.views import known_guest


@staff_view(Staff.Role.MANAGER)
def guest_merge_find(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    """Find the other entry, and show both side by side."""
    guest = known_guest(request, guest_uuid)
    form = OtherEntryForm(
        request.POST if request.method == "POST" else None, guest=guest
    )
    if not form.is_valid():
        context = {"guest": guest, "form": form}
        return render(request, "customers/merge_find.html", context)
    stays, goes = which_stays(guest, form.cleaned_data["other"])
    return redirect(_side_by_side(request, stays, goes))


@staff_view(Staff.Role.MANAGER)
def guest_merge(
    request: StaffRequest, guest_uuid: UUID, other_uuid: UUID
) -> HttpResponse:
    """Show both side by side; with a post, make them one."""
    stays, goes = known_guest(request, guest_uuid), known_guest(request, other_uuid)
    if stays == goes:
        toast(request, _("That is the same guest."), level=messages.WARNING)
        return redirect(_page_of(stays))
    if request.method == "POST":
        return _merge(request, stays, goes)
    now = timezone.now()
    for guest in (stays, goes):
        record_view(
            business=request.business, actor=request.user, subject=guest, now=now
        )
    summaries = GuestSummary.objects.in_bulk([stays.pk, goes.pk])
    context = {
        "guest": stays,
        "both": (stays, goes),
        "summaries": [summaries.get(guest.pk) for guest in (stays, goes)],
        "choices": choices_for(stays, goes),
        "other_way_url": _side_by_side(request, goes, stays),
    }
    return render(request, "customers/merge.html", context)


@require_safe
@staff_view(Staff.Role.MANAGER)
def merge_detail(request: StaffRequest, merge_uuid: UUID) -> HttpResponse:
    merge = _merge_of(request, merge_uuid)
    needs = request.staff.may_see_health_needs
    context = {
        "merge": merge,
        "guest": living(merge.kept),
        "taken": taken_in_words(merge),
        "moved": moved_in_words(merge, with_needs=needs),
        "left": left_in_words(merge, with_needs=needs),
    }
    return render(request, "customers/merge_detail.html", context)


@require_POST
@staff_view(Staff.Role.MANAGER)
def merge_undo(request: StaffRequest, merge_uuid: UUID) -> HttpResponse:
    merge = _merge_of(request, merge_uuid)
    try:
        undone = undo_merge(merge, actor=request.user, now=timezone.now())
    except (CannotPart, GuestIsForgotten) as problem:
        toast(request, str(problem), level=messages.ERROR)
        return redirect(_page_of(living(merge.kept)))
    names = {"name": undone.kept.display_name, "other": undone.gone.display_name}
    toast(request, _("%(name)s and %(other)s are two guests again.") % names)
    return redirect("customers:merge_detail", request.business.slug, merge.uuid)


def _merge(request: StaffRequest, stays: Guest, goes: Guest) -> HttpResponse:
    chosen = {
        name.removeprefix("take-"): value
        for name, value in request.POST.items()
        if name.startswith("take-") and value in {KEPT, GONE}
    }
    try:
        merge = merge_guests(
            stays,
            goes,
            choices={name: str(value) for name, value in chosen.items()},
            actor=request.user,
            now=timezone.now(),
        )
    except (CannotBeOne, GuestIsForgotten) as problem:
        toast(request, str(problem), level=messages.ERROR)
        return redirect(_page_of(stays))
    undo_url = reverse("customers:merge_undo", args=[request.business.slug, merge.uuid])
    words = _("%(name)s is one guest now.") % {"name": merge.kept.display_name}
    toast(request, words, undo_url=undo_url)
    return redirect(_page_of(stays))


def _merge_of(request: StaffRequest, merge_uuid: UUID) -> Merge:
    merges = request.business.merges.select_related(
        "business", "kept__merged_into", "gone", "by", "undone_by"
    )
    return get_object_or_404(merges, uuid=merge_uuid, kept__erased_at=None)


def _page_of(guest: Guest) -> str:
    return reverse("frontdesk:guest_detail", args=[guest.business.slug, guest.uuid])


def _side_by_side(request: StaffRequest, stays: Guest, goes: Guest) -> str:
    args = [request.business.slug, stays.uuid, goes.uuid]
    return reverse("customers:guest_merge", args=args)
