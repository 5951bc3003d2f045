"""Change one part of a guest page where it stands; without scripts, on a page of its own."""

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from crm.tenancy.decorators import StaffRequest
from customers.models import Guest
from customers.panels import panel_of


def ask_in_place(
    request: StaffRequest, template: str, context: dict[str, object]
) -> HttpResponse:
    """Answer with a form: htmx gets the part ``form`` of the template, others the page.

    The part is a section that takes the panel's place; see any ``*_panel.html``.
    """
    part = "#form" if request.htmx else ""  # type: ignore[attr-defined]
    return render(request, template + part, context)


def changed_in_place(
    request: StaffRequest, guest: Guest, panel: str, *, now: datetime
) -> HttpResponse:
    """Answer what was saved: htmx gets the panel as it is now and what there is to say.

    ``panel`` is the name under which it is registered. Others go to the guest page.
    """
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("frontdesk:guest_detail", request.business.slug, guest.uuid)
    shown = panel_of(guest, panel, now=now)
    context = {"guest": guest, **(shown.context if shown else {})}
    body = render_to_string(shown.template, context, request) if shown else ""
    return HttpResponse(
        body + render_to_string("components/toasts_beside.html", {}, request)
    )
