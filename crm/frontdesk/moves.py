"""One tap at the desk: arrived, departed, did not come, cancelled; and back again."""

from collections.abc import Callable
from datetime import date
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from crm.core.next_page import next_page_of
from crm.core.toasts import toast
from crm.frontdesk.asking import Asked
from crm.frontdesk.day import Card, build_day
from crm.frontdesk.numbers import day_in_words
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.arrival_cards import notes_for
from customers.models import Visit
from customers.visiting.visit_views import seen_visit
from customers.visits import (
    VisitCannotMove,
    arrive,
    cancel,
    depart,
    mark_no_show,
    step_back,
)

State = Visit.State
Act = Callable[..., Visit]


@require_POST
@staff_view(Staff.Role.STAFF)
def visit_arrive(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    return _moved(request, visit_uuid, arrive, gettext_lazy("%(name)s has arrived."))


@require_POST
@staff_view(Staff.Role.STAFF)
def visit_depart(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    return _moved(request, visit_uuid, depart, gettext_lazy("%(name)s has left."))


@require_POST
@staff_view(Staff.Role.STAFF)
def visit_no_show(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    words = gettext_lazy("%(name)s did not come.")
    return _moved(request, visit_uuid, mark_no_show, words)


@require_POST
@staff_view(Staff.Role.STAFF)
def visit_cancel(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    words = gettext_lazy("The visit of %(name)s is cancelled.")
    return _moved(request, visit_uuid, cancel, words)


@require_POST
@staff_view(Staff.Role.STAFF)
def visit_undo(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    words = {
        State.BOOKED: gettext_lazy("%(name)s is booked, as before."),
        State.IN_HOUSE: gettext_lazy("%(name)s is in house, as before."),
    }
    to = request.GET.get("to", "")
    if to not in words:
        raise Http404
    after = request.GET.get("after", "")
    act = partial(step_back, to=to, after=after if after in State.values else "")
    return _moved(request, visit_uuid, act, words[State(to)], may_undo=False)


def _moved(
    request: StaffRequest,
    visit_uuid: UUID,
    act: Act,
    words: Promise,
    *,
    may_undo: bool = True,
) -> HttpResponse:
    """Do ``act`` and say so; answer htmx with the card, others with the page before."""
    now = timezone.now()
    try:
        visit = seen_visit(request, visit_uuid)
    except Http404:
        return _gone(request, visit_uuid)
    before = visit.state
    try:
        visit = act(visit, actor=request.user, now=now)
    except VisitCannotMove as problem:
        toast(request, str(problem), level=messages.ERROR)
    else:
        undo = may_undo and before != visit.state
        toast(
            request,
            str(words) % {"name": visit.guest.display_name},
            undo_url=_undo_url(request, visit, before) if undo else "",
        )
    if request.htmx:  # type: ignore[attr-defined]
        return _card(request, visit, timezone.localdate(now))
    return redirect(_next_page(request))


def _gone(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    """Say that the guest was forgotten since the page was opened, where that is so."""
    was_here = request.business.visits.filter(
        uuid=visit_uuid, guest__erased_at__isnull=False
    )
    if not was_here.exists():
        raise Http404
    words = _("This guest has been forgotten meanwhile.")
    toast(request, words, level=messages.ERROR)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "components/toasts_beside.html")
    return redirect(_next_page(request))


def _card(request: StaffRequest, visit: Visit, today: date) -> HttpResponse:
    asked = Asked.of(request, request.POST, today=today)
    day = build_day(
        request.business, day=asked.day, today=today, venue_ids=asked.venue_ids
    )
    notes = notes_for(request.business, [visit])[visit.pk]
    context = {
        "card": Card(visit, notes, day),
        "asked": asked,
        "numbers": day_in_words(day),
        "next_page": _next_page(request),
    }
    return render(request, "frontdesk/today.html#moved", context)


def _undo_url(request: StaffRequest, visit: Visit, before: str) -> str:
    url = reverse("frontdesk:visit_undo", args=[request.business.slug, visit.uuid])
    words = {"to": before, "after": visit.state, "next": _next_page(request)}
    return f"{url}?{urlencode(words)}"


def _next_page(request: StaffRequest) -> str:
    return next_page_of(
        request, reverse("frontdesk:today", args=[request.business.slug])
    )
