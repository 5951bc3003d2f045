"""The page on which a person says what the columns of a file mean."""

from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from crm.core.toasts import toast
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff, Venue
from customers.imports.columns import (
    LOOKED_AT,
    Chosen,
    chosen_columns,
    options_for,
    rows_of,
)
from customers.imports.problems import NotNow
from customers.imports.reading import UnreadableFile
from customers.imports.receiving import (
    house_for,
    meanings_of,
    open_upload,
    set_columns,
)
from customers.imports.staging import start_reading
from customers.imports.standing import caught_up
from customers.imports.tables import Line
from customers.imports.upload_form import venue_field
from customers.models import Import

_KINDS = (Import.Kind.BOTH, Import.Kind.GUESTS, Import.Kind.VISITS)


@staff_view(Staff.Role.MANAGER)
def import_columns(request: StaffRequest, import_uuid: UUID) -> HttpResponse:
    batch = get_object_or_404(
        request.business.imports.select_related("file", "job", "venue"),
        uuid=import_uuid,
    )
    try:
        sample = _sample(batch)
    except UnreadableFile as gone:
        toast(request, str(gone), level=messages.ERROR)
        return redirect("customers:imports", request.business.slug)
    house = house_for(batch.business, now=timezone.now())
    if request.method != "POST":
        rows = rows_of(meanings_of(batch), sample, house)
        return _page(request, batch, Chosen(rows), batch.kind, batch.venue)
    kind = request.POST.get("kind", "")
    kind = kind if kind in _KINDS else batch.kind
    venue = _venue(request, batch)
    chosen = chosen_columns(
        batch,
        request.POST.dict(),
        meanings_of(batch),
        sample,
        house,
        kind=kind,
        has_venue=venue is not None,
    )
    if not chosen.is_good:
        return _page(request, batch, chosen, kind, venue)
    return _read(request, batch, chosen, kind, venue)


def _read(
    request: StaffRequest, batch: Import, chosen: Chosen, kind: str, venue: Venue | None
) -> HttpResponse:
    now = timezone.now()
    batch = caught_up(batch)
    try:
        set_columns(batch, chosen.meanings, now=now, kind=kind, venue=venue)
        start_reading(batch, actor=request.user, now=now)
    except NotNow as refused:
        toast(request, str(refused), level=messages.ERROR)
    return redirect("customers:import_detail", request.business.slug, batch.uuid)


def _page(
    request: StaffRequest,
    batch: Import,
    chosen: Chosen,
    kind: str,
    venue: Venue | None,
) -> HttpResponse:
    house = house_for(batch.business, now=timezone.now())
    context: dict[str, Any] = {
        "batch": batch,
        "chosen": chosen,
        "groups": [
            (name, [(key, each.label) for key, each in options.items()])
            for name, options in options_for(house, kind)
        ],
        "kind": kind,
        "kinds": [(value, Import.Kind(value).label) for value in _KINDS],
        "venue": venue,
        "venues": list(venue_field(request.business).queryset or ()),
        "unsure": sum(
            bool(row.meaning.field) and not row.meaning.sure for row in chosen.rows
        ),
    }
    return render(request, "customers/imports/columns.html", context)


def _sample(batch: Import) -> list[Line]:
    with open_upload(batch) as table:
        return list(islice(table.lines(), LOOKED_AT))


def _venue(request: StaffRequest, batch: Import) -> Venue | None:
    """Return the venue that was chosen; the one there is where there was no choice."""
    said = request.POST.get("venue")
    if said is None:
        return batch.venue
    field = venue_field(request.business)
    venues = {str(venue.uuid): venue for venue in field.queryset or ()}
    return venues.get(said)
