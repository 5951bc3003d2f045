"""Note at departure what the guest says about coming again, and take it back."""

from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from crm.core.next_page import next_page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.holding import GuestIsForgotten
from customers.models import NextVisit, Visit
from customers.people.gone import IsGone
from customers.visiting.next_visit_card import part_of
from customers.visiting.next_visits import (
    Answer,
    WeekCannotBe,
    answer_no,
    answer_rebooked,
    answer_reminder,
    later_booking,
    monday_of,
    take_back_answer,
)
from customers.visiting.visit_views import seen_visit

# What is chosen when an answer was noted by mistake.
NOTHING = "nothing"
_UNREADABLE = gettext_lazy("That answer could not be read. Please choose again.")


class WeekForm(forms.Form):
    """A week of a year, as the Monday it begins on."""

    week = forms.IntegerField(error_messages={"invalid": gettext_lazy("Which week?")})
    year = forms.IntegerField(error_messages={"invalid": gettext_lazy("Which year?")})

    def monday(self, *, today: date) -> date:
        """Return the Monday. Raise WeekCannotBe with the reason in words."""
        if not self.is_valid():
            raise WeekCannotBe(
                _("Write the number of the week, 1 to 53, and the year.")
            )
        cleaned = self.cleaned_data
        return monday_of(cleaned["year"], cleaned["week"], today=today)


@require_POST
@staff_view(Staff.Role.STAFF)
def next_visit_note(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    visit, now = seen_visit(request, visit_uuid), timezone.now()
    try:
        _note(request, visit, now=now)
    except WeekCannotBe as problem:
        toast(request, str(problem), level=messages.ERROR)
    except GuestIsForgotten as problem:
        raise IsGone from problem
    return _answered(request, visit)


@require_POST
@staff_view(Staff.Role.STAFF)
def next_visit_take_back(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    visit = seen_visit(request, visit_uuid)
    try:
        if take_back_answer(visit, actor=request.user, now=timezone.now()):
            toast(request, _("Taken back."))
    except GuestIsForgotten as problem:
        raise IsGone from problem
    return _answered(request, visit)


def _note(request: StaffRequest, visit: Visit, *, now: datetime) -> None:
    answer, today = request.POST.get("answer"), timezone.localdate(now)
    if answer == Answer.REMINDER:
        monday = WeekForm(request.POST).monday(today=today)
        answer_reminder(visit, monday, actor=request.user, now=now)
    elif answer == Answer.REBOOKED:
        answer_rebooked(visit, None, actor=request.user, now=now)
    elif answer == Answer.NO:
        answer_no(visit, actor=request.user, now=now)
    elif answer == NOTHING:
        take_back_answer(visit, actor=request.user, now=now)
        toast(request, _("Taken back."))
        return
    else:
        toast(request, str(_UNREADABLE), level=messages.ERROR)
        return
    undo_url = reverse(
        "customers:next_visit_take_back", args=[request.business.slug, visit.uuid]
    )
    back = urlencode({"next": _next_page(request, visit)})
    toast(request, _("Noted."), undo_url=f"{undo_url}?{back}")


def _answered(request: StaffRequest, visit: Visit) -> HttpResponse:
    """Answer htmx with the part of the card, others with the page they came from."""
    next_page = _next_page(request, visit)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(next_page)
    noted = (
        NextVisit.objects.filter(visit=visit)
        .select_related("rebooked_visit", "asked_by")
        .first()
    )
    part = part_of(visit, noted, later_booking(visit))
    context = {"visit": visit, "part": part.context, "next_page": next_page}
    body = render_to_string(part.template, context, request)
    beside = render_to_string("components/toasts_beside.html", {}, request)
    return HttpResponse(body + beside)


def _next_page(request: StaffRequest, visit: Visit) -> str:
    args = [request.business.slug, visit.guest.uuid]
    return next_page_of(request, reverse("frontdesk:guest_detail", args=args))
