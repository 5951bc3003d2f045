from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe

from crm.audit.asking import AskedEvents
from crm.audit.events import record_event
from crm.audit.log_file import MOST, log_file
from crm.audit.reading import actions_for, in_words
from crm.audit.subjects import called_by_reference, kinds, subject_name
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff


@require_safe
@staff_view(Staff.Role.MANAGER)
def event_list(request: StaffRequest) -> HttpResponse:
    asked, place = AskedEvents.of(request.staff, request.GET), request.GET.get("at", "")
    events, next_place = asked.page(place)
    people = request.business.staff.select_related("user").order_by("user__name", "pk")
    context = {
        "asked": asked,
        "lines": in_words(request.business, events),
        "next_url": _address(request, asked, at=next_place) if next_place else "",
        "start_url": _address(request, asked) if place else "",
        "without_thing_url": _address(request, asked, thing="", kind=""),
        "people": people,
        "actions": sorted(
            actions_for(request.staff).items(), key=lambda choice: str(choice[1])
        ),
        "kinds": kinds(request.staff),
        "thing": _thing(request, asked),
        "most": MOST,
    }
    return render(request, "audit/event_list.html", context)


@require_POST
@staff_view(Staff.Role.OWNER)
def event_file(request: StaffRequest) -> HttpResponseBase:
    asked, now = AskedEvents.of(request.staff, request.POST), timezone.now()
    # Before the first line is read, so that the file tells of itself too.
    record_event(
        business=request.business,
        actor=request.user,
        action="exported",
        subject=request.business,
        fields=["log"],
        now=now,
    )
    lines = _spoken(request, log_file(asked))
    day = timezone.localdate(now).isoformat()
    name = f"{request.business.slug}-log-{day}.csv"
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _spoken(request: StaffRequest, lines: Iterator[str]) -> Iterator[str]:
    """Give out the lines in the reader's language and the house's time.

    The page's own language and zone are over when the server asks for them.
    """
    language, zone = request.user.language, ZoneInfo(request.business.time_zone)
    while True:
        with translation.override(language), timezone.override(zone):
            line = next(lines, None)
        if line is None:
            return
        yield line


def _thing(request: StaffRequest, asked: AskedEvents) -> str:
    """Return what the one thing is called that the log is about; empty for no one."""
    if not asked.reference:
        return ""
    key = (asked.kind, asked.reference)
    return called_by_reference(request.business, [key]).get(
        key, subject_name(asked.kind)
    )


def _address(request: StaffRequest, asked: AskedEvents, **changes: Any) -> str:
    words = {**asked.words, **changes}
    kept = urlencode({name: text for name, text in words.items() if text})
    path = reverse("audit:event_list", args=[request.business.slug])
    return f"{path}?{kept}" if kept else path
