"""Note who lives with whom, and take it back."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.decorators.vary import vary_on_headers

from crm.core.next_page import next_page_of
from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.holding import GuestIsForgotten
from customers.in_place import ask_in_place, changed_in_place
from customers.models import Guest
from customers.people.gone import IsGone
from customers.people.household_forms import CompanionForm
from customers.people.households import CannotLiveTogether, move_in, move_out
from customers.views import known_guest


@vary_on_headers("HX-Request")
@staff_view(Staff.Role.STAFF)
def household_add(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    """Find somebody, and let them live with this guest."""
    guest = known_guest(request, guest_uuid)
    form = CompanionForm(
        request.POST if request.method == "POST" else None, guest=guest
    )
    if not form.is_valid():
        context: dict[str, object] = {"form": form, "guest": guest}
        return ask_in_place(request, "customers/household_form.html", context)
    _let_live_together(request, form.cleaned_data["companion"], guest)
    return _changed(request, guest)


@require_POST
@staff_view(Staff.Role.STAFF)
def household_join(
    request: StaffRequest, guest_uuid: UUID, other_uuid: UUID
) -> HttpResponse:
    """Let the other one live with this guest: the way back from a move."""
    guest = known_guest(request, guest_uuid)
    _let_live_together(request, known_guest(request, other_uuid), guest)
    return redirect(next_page_of(request, _page_of(guest)))


@require_POST
@staff_view(Staff.Role.STAFF)
def household_leave(
    request: StaffRequest, guest_uuid: UUID, other_uuid: UUID
) -> HttpResponse:
    """Take the other one out of this guest's household."""
    guest, other = known_guest(request, guest_uuid), known_guest(request, other_uuid)
    try:
        before = move_out(other, actor=request.user, now=timezone.now())
    except GuestIsForgotten as forgotten:
        raise IsGone from forgotten
    if before:
        words = {"name": other.display_name, "other": before.display_name}
        back = _address("household_join", before, other)
        undo_url = f"{back}?next={next_page_of(request, _page_of(guest))}"
        text = _("%(name)s no longer lives with %(other)s.") % words
        toast(request, text, undo_url=undo_url)
    return _changed(request, guest)


def _let_live_together(request: StaffRequest, newcomer: Guest, guest: Guest) -> None:
    try:
        before = move_in(newcomer, to=guest, actor=request.user, now=timezone.now())
    except (GuestIsForgotten, CannotLiveTogether) as refused:
        raise IsGone from refused
    words = {"name": newcomer.display_name, "other": guest.display_name}
    if before:
        words["before"] = before.display_name
        text = _("%(name)s lives with %(other)s now, no longer with %(before)s.")
        back = _address("household_join", before, newcomer)
    else:
        text = _("%(name)s lives with %(other)s.")
        back = _address("household_leave", guest, newcomer)
    undo_url = f"{back}?next={next_page_of(request, _page_of(guest))}"
    toast(request, text % words, undo_url=undo_url)


def _changed(request: StaffRequest, guest: Guest) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        # Somebody else's move may have changed it as well.
        guest.refresh_from_db(fields=["household"])
        return changed_in_place(request, guest, "household", now=timezone.now())
    return redirect(next_page_of(request, _page_of(guest)))


def _page_of(guest: Guest) -> str:
    return reverse("frontdesk:guest_detail", args=[guest.business.slug, guest.uuid])


def _address(name: str, guest: Guest, other: Guest) -> str:
    return reverse(
        f"customers:{name}", args=[guest.business.slug, guest.uuid, other.uuid]
    )
