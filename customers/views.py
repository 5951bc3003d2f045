"""The register: find guests, write down who they are and what they said."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from crm.core.paging import page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.desk_consent import DeskAnswerForm, take_down_answer
from customers.forms import GuestForm
from customers.guests import amend_guest, create_guest
from customers.listing import ORDERS, rows_of
from customers.models import Guest
from customers.search import search_guests

FOUND = 20


# Without this a browser going back may show the part alone.
@vary_on_headers("HX-Request", "HX-Target")
@require_safe
@staff_view(Staff.Role.STAFF)
def guest_list(request: StaffRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()
    context = _found(request, typed) if typed else _listed(request)
    context |= {"query": typed, "search_target": "results", **_purpose(request)}
    # "found" is the list that drops from the search box on every page.
    asked_by = request.htmx.target  # type: ignore[attr-defined]
    part = f"#{asked_by}" if asked_by in {"found", "results"} else ""
    return render(request, f"customers/guest_list.html{part}", context)


def _found(request: StaffRequest, typed: str) -> dict[str, object]:
    page = page_of(request, search_guests(request.business, typed), per_page=FOUND)
    return {"page": page, "rows": rows_of(request.business, page.rows)}


def _listed(request: StaffRequest) -> dict[str, object]:
    order = request.GET.get("order", "")
    order = order if order in ORDERS else "latest"
    stretch = ORDERS[order](request.business, after=_uuid(request.GET.get("after")))
    return {
        "order": order,
        "next_after": stretch.next_after,
        "rows": rows_of(request.business, stretch.guests),
    }


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _purpose(request: StaffRequest) -> dict[str, object]:
    """Return where a chosen guest leads: to their page, or on to a visit of theirs."""
    for_visit = request.GET.get("for") == "visit"
    page = "customers:visit_create" if for_visit else "frontdesk:guest_detail"
    return {"for_visit": for_visit, "guest_page": page}


@staff_view(Staff.Role.STAFF)
def guest_create(request: StaffRequest) -> HttpResponse:
    typed = request.POST if request.method == "POST" else None
    form, purpose = GuestForm(typed, business=request.business), _purpose(request)
    if not form.is_valid():
        context = {"form": form, **purpose}
        return render(request, "customers/guest_form.html", context)
    guest = create_guest(
        business=request.business,
        facts=form.facts(),
        actor=request.user,
        now=timezone.now(),
    )
    toast(request, _("%(name)s is in the register.") % {"name": guest.display_name})
    return redirect(str(purpose["guest_page"]), request.business.slug, guest.uuid)


@staff_view(Staff.Role.STAFF)
def guest_edit(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    form = GuestForm(
        request.POST if request.method == "POST" else None,
        business=request.business,
        guest=guest,
    )
    if not form.is_valid():
        context = {"form": form, "guest": guest}
        return render(request, "customers/guest_form.html", context)
    if amend_guest(guest, facts=form.facts(), actor=request.user, now=timezone.now()):
        toast(request, _("Saved."))
    return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)


@require_POST
@staff_view(Staff.Role.STAFF)
def consent_add(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    form = DeskAnswerForm(request.POST)
    if form.is_valid():
        answer = form.cleaned_data
        take_down_answer(
            guest,
            purpose=answer["purpose"],
            channel=answer["channel"],
            is_granted=answer["answer"] == "yes",
            source=answer["source"],
            actor=request.user,
            now=timezone.now(),
        )
        toast(request, _("Noted."))
    else:
        text = _("That answer could not be read. Please choose again.")
        toast(request, text, level=messages.ERROR)
    return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)


def known_guest(request: StaffRequest, guest_uuid: UUID) -> Guest:
    """Return the business's guest, or answer 404; who was forgotten is not there."""
    return get_object_or_404(
        request.business.guests.select_related("summary", "company", "business"),
        uuid=guest_uuid,
        erased_at=None,
    )
