"""Write a visit into the register, and put it right."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers

from crm.core.once import FIELD, fresh_token, promised_uuid
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.holding import GuestIsForgotten
from customers.models import Guest, Visit, known
from customers.people.gone import IsGone, still_here
from customers.searching.search import search_guests
from customers.views import known_guest
from customers.visiting.next_visits import answer_rebooked
from customers.visiting.visit_forms import NewVisitForm
from customers.visiting.visit_guesses import like
from customers.visiting.visit_merging import VisitChangedMeanwhile, amend_together
from customers.visiting.visit_page import (
    own_venue_ids,
    venues_for,
    visit_form,
    visit_page,
)
from customers.visiting.walk_in_forms import WhoForm
from customers.visiting.walk_ins import record_walk_in
from customers.visits import is_as_typed, record_visit

__all__ = ["own_venue_ids", "seen_visit", "venues_for", "visit_create", "visit_edit"]


# Who is not among these is found sooner with another letter.
MOST_KNOWN = 4


@staff_view(Staff.Role.STAFF)
def visit_create(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest, now = known_guest(request, guest_uuid), timezone.now()
    before = _visit_before(request, guest)
    form = _new_form(request, guest, initial=like(before) if before else {})
    if not form.is_valid():
        context: dict[str, object] = {"guest": guest, "before": before}
        return _ask_again(request, form, f"visit:{guest.pk}", context)
    visit = _recorded(request, guest, form, now=now)
    if before:
        answer_rebooked(before, visit, actor=request.user, now=now)
    return _done(request, visit, form)


@vary_on_headers("HX-Request")
@staff_view(Staff.Role.STAFF)
def visit_new(request: StaffRequest) -> HttpResponse:
    """A visit of somebody who is new, or turns out to be in the register already."""
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]
        return _known_already(request)
    now, is_sent = timezone.now(), request.method == "POST"
    who = WhoForm(
        request.POST if is_sent else None,
        business=request.business,
        initial={"name": request.GET.get("name", "")[:150]},
    )
    form = _new_form(request, None, initial={})
    if not (who.is_valid() & form.is_valid()):
        return _ask_again(request, form, _purpose(request), {"who": who})
    if who.guest:
        return _done(request, _recorded(request, who.guest, form, now=now), form)
    try:
        visit = record_walk_in(
            request.business,
            who=who.facts(),
            facts=form.facts(),
            state=form.cleaned_data["state"],
            actor=request.user,
            now=now,
            uuid=promised_uuid(_purpose(request), request.POST.get(FIELD, "")),
        )
    except GuestIsForgotten as problem:
        # Sent once more, after the guest it made asked to be forgotten.
        raise IsGone from problem
    return _done(request, visit, form)


def _known_already(request: StaffRequest) -> HttpResponse:
    """Answer as the name is typed with who is in the register and fits it."""
    typed = request.GET.get("name", "").strip()[:100]
    known = search_guests(request.business, typed, most=MOST_KNOWN)
    return render(request, "customers/visit_form.html#known", {"known": known})


@staff_view(Staff.Role.STAFF)
def visit_edit(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    visit, now = seen_visit(request, visit_uuid), timezone.now()
    if request.method != "POST":
        return visit_page(request, visit)
    form = visit_form(request, visit, request.POST)
    if not form.is_valid():
        return visit_page(request, visit, form=form)
    try:
        amended = amend_together(
            visit,
            facts=form.facts(),
            began=form.values_before(),
            actor=request.user,
            now=now,
        )
    except VisitChangedMeanwhile as problem:
        form.show_clashes(problem)
        return visit_page(request, visit, form=form)
    except ValidationError as problem:
        form.add_error(None, problem.messages)
        return visit_page(request, visit, form=form)
    except GuestIsForgotten as problem:
        raise IsGone from problem
    if amended.kept:
        toast(request, _("Saved, together with what others changed meanwhile."))
    elif amended.changed:
        toast(request, _("Saved."))
    return redirect("frontdesk:guest_detail", request.business.slug, visit.guest.uuid)


def _new_form(
    request: StaffRequest, guest: Guest | None, *, initial: Mapping[str, Any]
) -> NewVisitForm:
    return NewVisitForm(
        request.POST if request.method == "POST" else None,
        business=request.business,
        guest=guest,
        venues=venues_for(request.business, own_venue_ids(request)),
        today=_today(),
        initial=dict(initial),
    )


def _ask_again(
    request: StaffRequest, form: NewVisitForm, purpose: str, context: dict[str, object]
) -> HttpResponse:
    context |= {
        "form": form,
        "has_venues": bool(venues_for(request.business, own_venue_ids(request))),
        "once": request.POST.get(FIELD) or fresh_token(purpose),
    }
    return render(request, "customers/visit_form.html", context)


def _recorded(
    request: StaffRequest, guest: Guest, form: NewVisitForm, *, now: datetime
) -> Visit:
    try:
        return record_visit(
            guest,
            facts=form.facts(),
            state=form.cleaned_data["state"],
            actor=request.user,
            now=now,
            uuid=promised_uuid(f"visit:{guest.pk}", request.POST.get(FIELD, "")),
        )
    except GuestIsForgotten as problem:
        raise IsGone from problem


def _done(request: StaffRequest, visit: Visit, form: NewVisitForm) -> HttpResponse:
    """Say so; who sent a form twice, and changed it in between, looks at the first."""
    if is_as_typed(visit, form.facts()):
        toast(request, _("The visit is in the register."))
        page, uuid = "frontdesk:guest_detail", visit.guest.uuid
    else:
        toast(request, _("This visit was in the register already. Is it right so?"))
        page, uuid = "customers:visit_edit", visit.uuid
    return redirect(page, request.business.slug, uuid)


def _purpose(request: StaffRequest) -> str:
    return f"walk-in:{request.business.pk}"


def _visit_before(request: StaffRequest, guest: Guest) -> Visit | None:
    """Return the guest's visit at whose end this one was booked, if any is named."""
    try:
        named = UUID(request.GET.get("after", ""))
    except ValueError:
        return None
    return guest.visits.filter(uuid=named).first()


def _today() -> date:
    return timezone.localdate()


def seen_visit(request: StaffRequest, visit_uuid: UUID) -> Visit:
    """Return a visit at a venue that this person sees, or answer 404."""
    visits = Visit.objects.filter(
        known("guest"), business=request.business
    ).select_related(
        "business",
        "guest__business",
        "guest__summary",
        "guest__company",
        "venue",
        "booker",
    )
    if own_ids := own_venue_ids(request):
        visits = visits.filter(venue__in=own_ids)
    return still_here(request, visits, visit_uuid)
