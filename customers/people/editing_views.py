"""Change what is known of a guest; also when others do so at once."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import trigger_client_event

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.guests import MemberNumberIsTaken
from customers.holding import GuestIsForgotten
from customers.in_place import ask_in_place, changed_in_place
from customers.models import Guest
from customers.people.detail_forms import DetailsForm
from customers.people.gone import IsGone
from customers.people.guest_edits import (
    Outcome,
    amend_beside_others,
    beginning_of,
    read_beginning,
    who_else_changed,
)
from customers.people.guest_forms import GuestForm
from customers.people.guest_values import values_of
from customers.people.guest_words import label_of, say_value
from customers.views import known_guest

CHOICE = "choose_"
# The head of the guest page listens to it.
CHANGED = "guest-changed"


@staff_view(Staff.Role.STAFF)
def guest_edit(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    """Change all that is known, on a page of its own."""
    guest = known_guest(request, guest_uuid)
    form, more = _edited(request, guest, GuestForm)
    if form is None:
        return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)
    context = {"form": form, "guest": guest, **more}
    return render(request, "customers/guest_form.html", context)


@vary_on_headers("HX-Request")
@staff_view(Staff.Role.STAFF)
def guest_details(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    """Change what the panel beside the story shows, where it stands."""
    guest = known_guest(request, guest_uuid)
    form, more = _edited(request, guest, DetailsForm)
    if form is None:
        response = changed_in_place(request, guest, "details", now=timezone.now())
        return trigger_client_event(response, CHANGED)
    context = {"form": form, "guest": guest, **more}
    return ask_in_place(request, "customers/details_form.html", context)


def _edited(
    request: StaffRequest, guest: Guest, form_class: type[DetailsForm]
) -> tuple[DetailsForm | None, dict[str, object]]:
    """Return the form to show and what else the page says; no form when it is saved."""
    business = request.business
    if request.method != "POST":
        form = form_class(business=business, guest=guest, values=values_of(guest))
        begun = beginning_of(guest, form.asked).sealed(guest)
        return form, {"began_with": begun}
    form = form_class(request.POST, business=business, guest=guest)
    more: dict[str, object] = {"began_with": request.POST.get("began_with", "")}
    if not form.is_valid():
        return form, more
    try:
        outcome = _amend(request, guest, form)
    except MemberNumberIsTaken as taken:
        form.add_error("member_number", str(taken))
        return form, more
    except GuestIsForgotten as forgotten:
        raise IsGone from forgotten
    if outcome.clashes:
        again = form_class(business=business, guest=guest, values=outcome.values)
        return again, _question(request, guest, again, outcome)
    if outcome.kept:
        toast(request, _kept_too(form, outcome))
    elif outcome.changed:
        toast(request, _("Saved."))
    return None, {}


def _amend(request: StaffRequest, guest: Guest, form: DetailsForm) -> Outcome:
    choices = {
        name.removeprefix(CHOICE): str(choice)
        for name, choice in request.POST.items()
        if name.startswith(CHOICE)
    }
    return amend_beside_others(
        guest,
        mine=form.values(),
        typed=form.typed,
        beginning=read_beginning(guest, request.POST.get("began_with", "")),
        choices=choices,
        actor=request.user,
        now=timezone.now(),
    )


def _kept_too(form: DetailsForm, outcome: Outcome) -> str:
    labels = ", ".join(label_of(form, name) for name in outcome.kept)
    words = {"labels": labels}
    if outcome.changed:
        return _("Saved. What others changed meanwhile is kept: %(labels)s.") % words
    return _("What others changed meanwhile is kept: %(labels)s.") % words


def _question(
    request: StaffRequest, guest: Guest, form: DetailsForm, outcome: Outcome
) -> dict[str, object]:
    business = request.business
    clashes: list[dict[str, Any]] = [
        {
            "name": f"{CHOICE}{clash.name}",
            "label": label_of(form, clash.name),
            "mine": say_value(clash.name, clash.mine, business),
            "theirs": say_value(clash.name, clash.theirs, business),
        }
        for clash in outcome.clashes
    ]
    return {
        "clashes": clashes,
        "also_changed": [label_of(form, name) for name in outcome.kept],
        "other": who_else_changed(guest, me=request.user),
        "began_with": outcome.beginning.sealed(guest),
    }
