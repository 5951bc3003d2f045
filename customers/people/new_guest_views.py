"""Write down a new guest, once, however often the form is sent."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.once import FIELD, fresh_token, promised_uuid
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.guests import GuestIsThere, MemberNumberIsTaken, create_guest
from customers.models import Guest
from customers.people.guest_forms import GuestForm
from customers.people.guest_values import facts_from, values_of
from customers.searching.conditions import Query
from customers.visiting.walk_ins import guest_facts


@staff_view(Staff.Role.STAFF)
def guest_create(request: StaffRequest) -> HttpResponse:
    purpose = f"guest:{request.business.pk}"
    form = GuestForm(
        request.POST if request.method == "POST" else None, business=request.business
    )
    form.initial.update(_as_typed(request.GET.get("typed", "").strip()))
    context: dict[str, object] = {"form": form, "for_visit": _is_for_visit(request)}
    if form.is_valid():
        uuid = promised_uuid(purpose, request.POST.get(FIELD, ""))
        there = request.business.guests.filter(uuid=uuid).first()
        try:
            guest = there or _write_down(request, form, uuid)
        except MemberNumberIsTaken as taken:
            form.add_error("member_number", str(taken))
        else:
            if there is None or _says_the_same(there, form):
                return _welcome(request, guest)
            context["there"] = there if not there.is_erased else None
            context["is_sent_again"] = True
    context["once"] = fresh_token(purpose)
    return render(request, "customers/guest_form.html", context)


def _as_typed(typed: str) -> dict[str, Any]:
    """Return what the form begins with after a search that found nobody."""
    query = Query.of(typed)
    if "@" in typed:
        return {"emails": (typed[:254],)}
    if query.is_number:
        return {"phones": (typed[:254],)}
    words = [
        word[:1].upper() + word[1:] if typed.islower() else word
        for word in typed.split()
    ]
    facts = guest_facts(" ".join(words), "")
    return {"given_name": facts.given_name, "family_name": facts.family_name}


def _write_down(request: StaffRequest, form: GuestForm, uuid: UUID) -> Guest:
    nobody = Guest(business=request.business)
    facts = facts_from(form.values(), guest=nobody, typed=form.typed)
    try:
        return create_guest(
            business=request.business,
            facts=facts,
            actor=request.user,
            now=timezone.now(),
            uuid=uuid,
        )
    except (GuestIsThere, MemberNumberIsTaken):
        # The same form, sent twice at the same moment, has taken both.
        if there := request.business.guests.filter(uuid=uuid).first():
            return there
        raise


def _says_the_same(guest: Guest, form: GuestForm) -> bool:
    held = values_of(guest)
    return not guest.is_erased and all(
        held.get(name) == value for name, value in form.values().items()
    )


def _welcome(request: StaffRequest, guest: Guest) -> HttpResponse:
    toast(request, _("%(name)s is in the register.") % {"name": guest.display_name})
    on_to_visit = _is_for_visit(request)
    page = "customers:visit_create" if on_to_visit else "frontdesk:guest_detail"
    return redirect(page, request.business.slug, guest.uuid)


def _is_for_visit(request: StaffRequest) -> bool:
    return request.GET.get("for") == "visit"
