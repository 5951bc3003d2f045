"""Answer on the card what a guest was asked: told, still so, or not to be said."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, retarget, trigger_client_event

from crm.core.next_page import next_page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.care.preferences import confirm_preference, end_preference
from customers.models import Fact, Visit
from customers.people.gone_meanwhile import gone_when_forgotten
from customers.people.guest_values import values_of
from customers.quality.answering import (
    ask_again,
    note_declined,
    note_same,
    take_told,
)
from customers.quality.cards import questions_part
from customers.quality.fact_form import FactForm
from customers.quality.fact_forms import FORMS
from customers.quality.question import Question
from customers.visiting.visit_views import seen_visit

# What the guest page hears, to tell its head and its panels anew.
CHANGED = "guest-changed"


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def question_answer(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    """Take ``act``: ``same``, ``ended``, ``declined`` or ``again``; else what was told.

    Looked at, it is the form to write the answer about ``fact`` down in; without one,
    the part of the card as it is now.
    """
    visit, fact = seen_visit(request, visit_uuid), request.GET.get("fact", "")
    if fact not in Fact.values:
        return _part_or_page(request, visit)
    act = request.POST.get("act") or request.GET.get("act", "")
    if request.method == "POST" and act in {"same", "ended", "declined", "again"}:
        _answer(request, visit, Fact(fact), act, now=timezone.now())
        return _part_or_page(request, visit)
    if fact not in FORMS:
        raise Http404
    form = _form(request, visit, fact)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, visit, form)
    take_told(visit.guest, [form], actor=request.user, now=timezone.now())
    toast(request, _("Saved."))
    return _part_or_page(request, visit)


def _answer(
    request: StaffRequest, visit: Visit, fact: Fact, act: str, *, now: datetime
) -> None:
    guest, actor = visit.guest, request.user
    if fact == Fact.WISHES:
        _answer_about_wish(request, visit, act, now=now)
    elif act == "same":
        note_same(guest, fact, actor=actor, now=now)
        toast(request, _("Noted."))
    elif act == "declined":
        note_declined(guest, fact, actor=actor, now=now)
        words = _("We do not ask for it again.")
        toast(request, words, undo_url=_undo_url(request, visit, fact))
    elif act == "again" and ask_again(guest, fact, actor=actor, now=now):
        toast(request, _("We ask again."))


def _answer_about_wish(
    request: StaffRequest, visit: Visit, act: str, *, now: datetime
) -> None:
    today = timezone.localdate(now)
    asked: list[Question] = questions_part(visit, today=today).context["questions"]  # type: ignore[assignment]
    wish = next((one.preference for one in asked if one.is_wish), None)
    if wish is None or str(wish.uuid) != request.GET.get("wish"):
        toast(request, _("Somebody else was quicker."), level=messages.WARNING)
    elif act == "same":
        confirm_preference(wish, actor=request.user, today=today, now=now)
        toast(request, _("Noted."))
    elif act == "ended":
        end_preference(wish, actor=request.user, now=now)
        toast(request, _("Noted."))


def _form(request: StaffRequest, visit: Visit, fact: str) -> FactForm:
    return FORMS[fact](
        request.POST if request.method == "POST" else None,
        guest=visit.guest,
        held=values_of(visit.guest),
        auto_id=f"ask-{visit.uuid}-%s",
    )


def _ask(request: StaffRequest, visit: Visit, form: FactForm) -> HttpResponse:
    context = {
        "form": form,
        "visit": visit,
        "guest": visit.guest,
        "next_page": _page_before(request, visit),
    }
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "customers/question_form.html", context)
    response = render(request, "customers/question_form.html#on_card", context)
    return reswap(retarget(response, f"#ask-form-{visit.uuid}"), "innerHTML")


def _part_or_page(request: StaffRequest, visit: Visit) -> HttpResponse:
    """Answer htmx with what is left to ask, others with the page before."""
    page = _page_before(request, visit)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(page)
    visit.guest.refresh_from_db()
    part = questions_part(visit, today=timezone.localdate())
    context = {"visit": visit, "part": part.context, "next_page": page}
    response = render(request, part.template, context)
    response.write(render_to_string("components/toasts_beside.html", {}, request))
    return trigger_client_event(response, CHANGED)


def _undo_url(request: StaffRequest, visit: Visit, fact: Fact) -> str:
    ids = [request.business.slug, visit.uuid]
    words = {"fact": fact, "act": "again", "next": _page_before(request, visit)}
    return f"{reverse('customers:question_answer', args=ids)}?{urlencode(words)}"


def _page_before(request: StaffRequest, visit: Visit) -> str:
    """Return where the card stands: Today, or the guest's own page."""
    ids = [request.business.slug, visit.guest.uuid]
    guest_page = reverse("frontdesk:guest_detail", args=ids)
    here = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
    return next_page_of(request, here or guest_page)
