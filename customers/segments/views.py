"""Segments: all of them, one of them, and why somebody is in it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.models import Guest, Segment, known
from customers.segments.asking import guests_in, segments_with, why_in
from customers.segments.saying import Said, said_of, sentences_of
from customers.segments.trees import TreeProblem
from customers.segments.uses import uses_of

FIRST_GUESTS = 10


@require_safe
@staff_view(Staff.Role.MANAGER)
def segment_list(request: StaffRequest) -> HttpResponse:
    segments = list(_segments(request).order_by("name", "pk"))
    uses = uses_of(segments)
    said = sentences_of(request.business, [segment.rules for segment in segments])
    rows = [
        (segment, words, uses[segment.pk])
        for segment, words in zip(segments, said, strict=True)
    ]
    return render(request, "customers/segments/list.html", {"rows": rows})


@require_safe
@staff_view(Staff.Role.MANAGER)
def segment_count(request: StaffRequest, segment_uuid: UUID) -> HttpResponse:
    """Answer with how many guests are in a segment, for the place where it is shown."""
    segment = _segment(request, segment_uuid)
    said = said_of(request.business, segment.rules, today=timezone.localdate())
    context = {"segment": segment, "said": said}
    return render(request, "customers/segments/count.html", context)


@require_safe
@staff_view(Staff.Role.MANAGER)
def segment_detail(request: StaffRequest, segment_uuid: UUID) -> HttpResponse:
    segment, today = _segment(request, segment_uuid), timezone.localdate()
    said = said_of(request.business, segment.rules, today=today)
    context = {
        "segment": segment,
        "said": said,
        "uses": uses_of([segment])[segment.pk],
        "guests": _first_guests(request, segment, said),
    }
    return render(request, "customers/segments/detail.html", context)


@require_safe
@staff_view(Staff.Role.MANAGER)
def segment_why(
    request: StaffRequest, segment_uuid: UUID, guest_uuid: UUID
) -> HttpResponse:
    segment, guest = _segment(request, segment_uuid), _guest(request, guest_uuid)
    context: dict[str, Any] = {"segment": segment, "guest": guest}
    try:
        context |= _why(request, segment, guest)
    except TreeProblem as problem:
        context["problem"] = str(problem)
    return render(request, "customers/segments/why.html", context)


@vary_on_headers("HX-Request")
@require_safe
@staff_view(Staff.Role.MANAGER)
def guest_segments(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    """Show which segments a guest is in; htmx gets the lines for the panel."""
    guest = _guest(request, guest_uuid)
    segments = list(_segments(request).order_by("name", "pk"))
    inside = segments_with(guest, segments, today=timezone.localdate())
    outside = [segment for segment in segments if segment not in inside]
    context = {"guest": guest, "inside": inside, "outside": outside}
    part = "#lines" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"customers/segments/of_guest.html{part}", context)


def _why(request: StaffRequest, segment: Segment, guest: Guest) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "is_in": bool(segments_with(guest, [segment], today=today)),
        "answers": why_in(guest, segment.rules, today=today),
        "said": said_of(request.business, segment.rules),
    }


def _first_guests(request: StaffRequest, segment: Segment, said: Said) -> list[Guest]:
    if said.problem:
        return []
    found = guests_in(request.business, segment.rules, today=timezone.localdate())
    return list(
        found.select_related("summary", "photo").order_by("name_sort_key", "pk")[
            :FIRST_GUESTS
        ]
    )


def _segments(request: StaffRequest) -> "QuerySet[Segment]":
    return request.business.segments.select_related("responsible__user", "business")


def _segment(request: StaffRequest, segment_uuid: UUID) -> Segment:
    return get_object_or_404(_segments(request), uuid=segment_uuid)


def _guest(request: StaffRequest, guest_uuid: UUID) -> Guest:
    guests = request.business.guests.filter(known()).select_related("business")
    return get_object_or_404(guests, uuid=guest_uuid)
