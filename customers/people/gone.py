"""Somebody sends a form about a guest who is not there any more: nothing typed is lost."""

from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.defaults import page_not_found

from customers.models import Guest

Row = TypeVar("Row", bound=models.Model)

# What people write, by the name of its field in the forms of this app.
_WRITTEN: dict[str, str | Promise] = {
    "given_name": _("First name"),
    "family_name": _("Family name"),
    "display_name": _("Name"),
    "company": _("Company"),
    "emails": _("Email"),
    "phones": _("Phone"),
    "street": _("Street"),
    "postal_code": _("Postal code"),
    "city": _("Town"),
    "source": _("How they came to us"),
    "member_number": _("Member number"),
    "text": _("Note"),
    "wish": _("Wish"),
    "words": _("What they need"),
    "label": _("Room or table"),
    "website": _("Website"),
    "remark": _("Remark"),
}


class IsGone(Http404):
    """The thing a form was about is not there, or not any more."""


def still_here(request: HttpRequest, rows: "models.QuerySet[Row]", uuid: UUID) -> Row:
    """Return the row, or answer 404; to a form, with what was typed to copy."""
    try:
        return get_object_or_404(rows, uuid=uuid)
    except Http404 as missing:
        raise (IsGone if request.method == "POST" else Http404) from missing


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer whatever is not there; the project's page for 404.

    The pages of a guest who was made one with another are those of that other.
    """
    now = _who_it_is_now(request)
    if now and request.method in {"GET", "HEAD"}:
        return redirect(_page_with(request, now))
    if not isinstance(exception, IsGone):
        return page_not_found(request, exception)
    context = {"typed": typed_words(request.POST), "now": now}
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "customers/gone.html", context, status=404)
    # htmx shows nothing of a 404, and the form must not be swapped for a whole page.
    response = render(request, "customers/gone.html#sorry", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#main", "innerHTML"
    return response


def _who_it_is_now(request: HttpRequest) -> Guest | None:
    """Return whom the guest of this page was made one with; None for everybody else."""
    business = getattr(request, "business", None)
    match = request.resolver_match
    # Who is no colleague of this house has not come past its door.
    if business is None or match is None or "guest_uuid" not in match.kwargs:
        return None
    guests = business.guests.filter(uuid=match.kwargs["guest_uuid"], erased_at=None)
    guest = guests.select_related("merged_into").first()
    return guest.merged_into if guest else None


def _page_with(request: HttpRequest, guest: Guest) -> str:
    match = request.resolver_match
    assert match is not None
    kwargs = match.kwargs | {"guest_uuid": guest.uuid}
    query = request.META.get("QUERY_STRING", "")
    return reverse(match.view_name, kwargs=kwargs) + (f"?{query}" if query else "")


def typed_words(posted: QueryDict) -> list[tuple[Any, str]]:
    """Return the label and the text of what a person wrote, in the order of the form."""
    return [
        (_WRITTEN.get(name, ""), text)
        for name, texts in posted.lists()
        if name in _WRITTEN or name.startswith("custom_")
        for text in (str(text).strip() for text in texts)
        if text
    ]
