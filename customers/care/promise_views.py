"""Promises and extras: made, put right, taken back, kept or not, with one tap."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.http import reswap, retarget, trigger_client_event

from crm.core.next_page import next_page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.care.cards import dues_part
from customers.care.dues import OPEN, open_due
from customers.care.promise_forms import PromiseForm, ReasonForm, often_done
from customers.care.promises import (
    CannotBeSettled,
    change_promise,
    promise,
    settle,
    take_back_promise,
    unsettle,
)
from customers.in_place import ask_in_place, changed_in_place
from customers.models import Promise, Visit, known
from customers.people.gone import still_here
from customers.people.gone_meanwhile import gone_when_forgotten
from customers.views import known_guest
from customers.visiting.visit_views import own_venue_ids, seen_visit

PANEL = "likes"
# What the guest page hears: the story, and the cards above it, are told anew.
STORY, PROMISES = "story-changed", "promises-changed"
Outcome = Promise.Outcome


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def promise_settle(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    """Take one of ``kept``, ``not_kept`` with a reason, or ``reopen``: a uuid each.

    Looked at, it is the part of the card as it is now.
    """
    visit = seen_visit(request, visit_uuid)
    if request.method != "POST":
        return _part_or_page(request, visit)
    try:
        _settle(request, visit)
    except CannotBeSettled as problem:
        toast(request, str(problem), level=messages.ERROR)
    return _part_or_page(request, visit)


@require_safe
@staff_view(Staff.Role.STAFF)
def promise_not_kept(
    request: StaffRequest, visit_uuid: UUID, due_uuid: UUID
) -> HttpResponse:
    """Ask why, on the card or on a page of its own."""
    visit = seen_visit(request, visit_uuid)
    due = open_due(visit, due_uuid, today=timezone.localdate())
    if due is None:
        raise Http404
    context = {"visit": visit, "due": due, "next_page": _page_before(request, visit)}
    part = "#form" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, f"customers/promise_not_kept.html{part}", context)


def _settle(request: StaffRequest, visit: Visit) -> None:
    now = timezone.now()
    if (due := _asked(request, "kept")) is not None:
        row = settle(visit, due, outcome=Outcome.KEPT, actor=request.user, now=now)
        _say_settled(request, visit, due, row)
    elif (due := _asked(request, "not_kept")) is not None:
        form = ReasonForm(request.POST)
        if not form.is_valid():
            raise CannotBeSettled(form.errors["reason"][0])
        row = settle(
            visit,
            due,
            outcome=Outcome.NOT_KEPT,
            reason=form.cleaned_data["reason"],
            actor=request.user,
            now=now,
        )
        _say_settled(request, visit, due, row)
    elif (due := _asked(request, "reopen")) is not None:
        unsettle(visit, due, actor=request.user, now=now)
    else:
        raise CannotBeSettled(_("That is no longer promised."))


def _say_settled(request: StaffRequest, visit: Visit, due: UUID, row: Promise) -> None:
    """Say how it stands now, which may be what somebody else said first."""
    page = _page_before(request, visit)
    undo = reverse("customers:promise_settle", args=[visit.business.slug, visit.uuid])
    words = _("Kept: %(what)s") if row.is_kept else _("Not kept: %(what)s")
    toast(
        request,
        words % {"what": row.text},
        undo_url=f"{undo}?{urlencode({'reopen': due, 'next': page})}",
    )


def _asked(request: StaffRequest, name: str) -> UUID | None:
    # The Undo of a toast carries its words in its address.
    text = request.POST.get(name) or request.GET.get(name) or ""
    try:
        return UUID(text)
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def promise_create(request: StaffRequest, visit_uuid: UUID) -> HttpResponse:
    """Promise something for one visit: on its card, or on a page of its own."""
    visit, now = seen_visit(request, visit_uuid), timezone.now()
    form = PromiseForm(
        request.POST if request.method == "POST" else None,
        business=request.business,
        today=timezone.localdate(now),
    )
    if not form.is_valid():
        return _ask_on_card(request, visit, form)
    promise(visit.guest, form.facts(), visit=visit, actor=request.user, now=now)
    toast(request, _("Promised: %(what)s") % {"what": form.cleaned_data["text"]})
    return _part_or_page(request, visit)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def guest_promise_create(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    """Promise something for the next arrival, or for a visit that is open."""
    guest, now = known_guest(request, guest_uuid), timezone.now()
    visits = guest.visits.filter(state__in=OPEN)
    if own_ids := own_venue_ids(request):
        visits = visits.filter(venue__in=own_ids)
    form = PromiseForm(
        request.POST if request.method == "POST" else None,
        business=request.business,
        today=timezone.localdate(now),
        visits=visits,
    )
    if not form.is_valid():
        context = {"form": form, "guest": guest, **_offered(request)}
        return ask_in_place(request, "customers/promise_form.html", context)
    visit = form.cleaned_data["visit"]
    promise(guest, form.facts(), visit=visit, actor=request.user, now=now)
    toast(request, _("Promised: %(what)s") % {"what": form.cleaned_data["text"]})
    return trigger_client_event(
        changed_in_place(request, guest, PANEL, now=now), PROMISES
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def promise_edit(request: StaffRequest, promise_uuid: UUID) -> HttpResponse:
    row, now = _open_promise(request, promise_uuid), timezone.now()
    form = PromiseForm(
        request.POST if request.method == "POST" else None,
        business=request.business,
        today=timezone.localdate(now),
        row=row,
    )
    if not form.is_valid():
        context = {
            "form": form,
            "guest": row.guest,
            "row": row,
            "next_page": _page_of(request, row),
            **_offered(request),
        }
        return ask_in_place(request, "customers/promise_form.html", context)
    if change_promise(row, form.facts(), actor=request.user, now=now):
        toast(request, _("Saved."))
    return _panel_or_page(request, row)


@require_POST
@staff_view(Staff.Role.STAFF)
@gone_when_forgotten
def promise_remove(request: StaffRequest, promise_uuid: UUID) -> HttpResponse:
    row = _open_promise(request, promise_uuid)
    if take_back_promise(row, actor=request.user, now=timezone.now()):
        toast(request, _("“%(what)s” is no longer promised.") % {"what": row.text})
    return _panel_or_page(request, row)


def _open_promise(request: StaffRequest, promise_uuid: UUID) -> Promise:
    """Return a promise in words of its own; a wish is changed as a wish."""
    mine = request.business.promises.filter(
        known("guest"), outcome=Outcome.OPEN, preference=None
    )
    if own_ids := own_venue_ids(request):
        mine = mine.exclude(~Q(visit__venue__in=own_ids), visit__isnull=False)
    return still_here(
        request,
        mine.select_related(
            "guest__business", "guest__company", "visit", "responsible__user"
        ),
        promise_uuid,
    )


def _offered(request: StaffRequest) -> dict[str, object]:
    return {"offered": often_done(request.business, now=timezone.now())}


def _ask_on_card(
    request: StaffRequest, visit: Visit, form: PromiseForm
) -> HttpResponse:
    context = {
        "form": form,
        "guest": visit.guest,
        "visit": visit,
        "next_page": _page_before(request, visit),
        **_offered(request),
    }
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "customers/promise_form.html", context)
    response = render(request, "customers/promise_form.html#on_card", context)
    return reswap(retarget(response, f"#promise-form-{visit.uuid}"), "innerHTML")


def _part_or_page(request: StaffRequest, visit: Visit) -> HttpResponse:
    """Answer htmx with the promises of the card, others with the page before."""
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(_page_before(request, visit))
    part = dues_part(visit, today=timezone.localdate())
    is_brief = "yes" in (request.POST.get("brief"), request.GET.get("brief"))
    context = {"visit": visit, "part": part.context, "is_brief": is_brief}
    response = render(request, part.template, context)
    if request.method != "POST":
        return response
    response.write(render_to_string("components/toasts_beside.html", {}, request))
    return trigger_client_event(response, STORY)


def _panel_or_page(request: StaffRequest, row: Promise) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        panel = changed_in_place(request, row.guest, PANEL, now=timezone.now())
        return trigger_client_event(panel, PROMISES)
    return redirect(_page_of(request, row))


def _page_of(request: StaffRequest, row: Promise) -> str:
    page = reverse(
        "frontdesk:guest_detail", args=[request.business.slug, row.guest.uuid]
    )
    return next_page_of(request, page)


def _page_before(request: StaffRequest, visit: Visit) -> str:
    """Return where the card stands that was tapped: Today, or the guest's own page."""
    ids = [request.business.slug, visit.guest.uuid]
    guest_page = reverse("frontdesk:guest_detail", args=ids)
    here = request.htmx.current_url_abs_path  # type: ignore[attr-defined]
    return next_page_of(request, here or guest_page)
