"""All visits as a list: narrowed, in order, in the columns one wants."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from crm.core.locales import active_locale
from crm.core.numbers import format_number
from crm.core.toasts import toast
from crm.tenancy.columns import choose_columns, shown_columns
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.lists.asked_guests import Count
from customers.lists.asked_visits import VISIT_ORDERS
from customers.lists.asking_visits import AskingVisits
from customers.lists.columns import cells_of
from customers.lists.files import KEPT_FOR, ask_for_file
from customers.lists.visit_columns import USUAL_VISIT_COLUMNS, VISIT_COLUMNS
from customers.lists.visit_file import KIND, question_of
from customers.visiting.visit_views import own_venue_ids

LIST = "visits"
# These stand in the row above the list; the others are in its fold.
FIRST_ROW = ("period", "state", "venue")


# Without this a browser going back may show the part alone.
@vary_on_headers("HX-Request", "HX-Target")
@require_safe
@staff_view(Staff.Role.STAFF)
def visit_list(request: StaffRequest) -> HttpResponse:
    asked_by = request.htmx.target  # type: ignore[attr-defined]
    asking = _asking(request, request.GET)
    has_empty = any(request.GET.get(name) == "" for name in asking.form.fields)
    if not asked_by and has_empty:
        return redirect(asking.address())
    context = {"asking": asking, **_form(asking), **_list(request, asking)}
    if asked_by not in {"results", "list"}:
        return render(request, "customers/visit_list.html", context)
    response = render(request, f"customers/visit_list.html#{asked_by}", context)
    response["HX-Push-Url"] = asking.address()
    return response


@require_POST
@staff_view(Staff.Role.STAFF)
def visit_columns(request: StaffRequest) -> HttpResponse:
    chosen = set(request.POST.getlist("column"))
    choose_columns(request.staff, LIST, [key for key in VISIT_COLUMNS if key in chosen])
    toast(request, _("Your columns are remembered."))
    asking = _asking(request, QueryDict(request.POST.get("asked", "")))
    return redirect(asking.address())


@staff_view(Staff.Role.MANAGER)
def visit_export(request: StaffRequest) -> HttpResponse:
    asking = _asking(request, request.POST if request.method == "POST" else request.GET)
    chosen = set(request.POST.getlist("column") or _columns(request.staff))
    if request.method == "POST":
        job = ask_for_file(
            request.business,
            kind=KIND,
            columns=[key for key in VISIT_COLUMNS if key in chosen],
            question=question_of(asking, today=timezone.localdate()),
            actor=request.user,
            now=timezone.now(),
        )
        return redirect("jobs:job_detail", request.business.slug, job.uuid)
    context = {
        "title": _("Visits as a file"),
        "how_many": say_visits(asking.asked.count()),
        "chips": [chip.text for chip in asking.chips],
        "period": asking.period,
        "words": asking.words,
        "columns": [
            (key, column.label, key in chosen) for key, column in VISIT_COLUMNS.items()
        ],
        "days": KEPT_FOR.days,
        "back_url": asking.address(),
        "back_name": _("Visits"),
    }
    return render(request, "customers/list_export.html", context)


def say_visits(count: Count) -> str:
    """Return ``312 visits`` or ``More than 1 000 visits``."""
    number = format_number(count.number, active_locale())
    if count.is_more:
        return _("More than %(count)s visits") % {"count": number}
    words = ngettext("%(count)s visit", "%(count)s visits", count.number)
    return words % {"count": number}


def _asking(request: StaffRequest, words: Any) -> AskingVisits:
    own_ids = own_venue_ids(request)
    # Closed venues too: their visits are still there to be found.
    venues = request.business.venues.order_by("name", "pk")
    return AskingVisits.of(
        request.business,
        words,
        venues=list(venues.filter(pk__in=own_ids) if own_ids else venues),
        venue_ids=own_ids,
        today=timezone.localdate(),
    )


def _form(asking: AskingVisits) -> dict[str, Any]:
    fold = [asking.form[name] for name in asking.form.fields if name not in FIRST_ROW]
    # One house needs no choice of houses.
    first_row = [
        asking.form[name]
        for name in FIRST_ROW
        if name != "venue" or len(asking.form.venues) > 1
    ]
    return {
        "first_row": first_row,
        "fold": [field for field in fold if field.widget_type != "checkbox"],
        "ticks": [field for field in fold if field.widget_type == "checkbox"],
        # What is in force stands below in words; the fold opens for what is wrong.
        "is_fold_open": any(field.errors for field in fold),
        "orders": [(key, order.label) for key, order in VISIT_ORDERS.items()],
        "chips": [
            (chip.text, asking.address(**{chip.name: None})) for chip in asking.chips
        ],
        "period": asking.period,
    }


def _list(request: StaffRequest, asking: AskingVisits) -> dict[str, Any]:
    after, keys = request.GET.get("after", ""), _columns(request.staff)
    visits, next_after = asking.asked.page(after=_uuid(after))
    today = timezone.localdate()
    for visit in visits:
        visit.business = request.business
    return {
        "lines": [
            (visit, cells_of(visit, VISIT_COLUMNS, keys, today)) for visit in visits
        ],
        "columns": [VISIT_COLUMNS[key] for key in keys],
        "all_columns": [
            (key, column.label, key in keys) for key, column in VISIT_COLUMNS.items()
        ],
        "next_url": asking.address(after=next_after) if next_after else "",
        "start_url": asking.address() if after else "",
        "count": say_visits(asking.asked.count()) if visits else "",
        "any_time_url": asking.address(period="any", first_day=None, last_day=None),
        "loosened": [] if visits else _loosened(asking),
    }


def _loosened(asking: AskingVisits) -> list[tuple[str, str, str]]:
    """Return the filters without which something would be found: how much, and where."""
    found = []
    for chip, asked in asking.loosened():
        if (count := asked.count()).number:
            url = asking.address(**{chip.name: None})
            found.append((chip.text, say_visits(count), url))
    return found


def _columns(staff: Staff) -> list[str]:
    known, usual = list(VISIT_COLUMNS), USUAL_VISIT_COLUMNS
    return shown_columns(staff, LIST, known=known, usual=usual)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
