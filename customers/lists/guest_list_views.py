"""The whole register as a list: narrowed, in order, in the columns one wants."""

from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from crm.core.locales import active_locale
from crm.core.numbers import format_number
from crm.core.paging import page_number
from crm.core.toasts import toast
from crm.tenancy.columns import choose_columns, shown_columns
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.lists.asked_guests import Count
from customers.lists.asking_guests import Asking
from customers.lists.columns import cells_of
from customers.lists.guest_columns import GUEST_COLUMNS, USUAL_GUEST_COLUMNS
from customers.lists.paging import ORDERS, rows_of
from customers.models import Guest
from customers.profile.tags import tags_by_hand
from customers.searching.found_guests import Found, found_guests
from customers.searching.search import MOST

LIST = "guests"
FOUND = 20
# These stand in the row above the list; the others are in its fold.
FIRST_ROW = ("tag", "arriving")


# Without this a browser going back may show the part alone.
@vary_on_headers("HX-Request", "HX-Target")
@require_safe
@staff_view(Staff.Role.STAFF)
def guest_list(request: StaffRequest) -> HttpResponse:
    # "found" is the list that drops from the search box on every page.
    asked_by = request.htmx.target  # type: ignore[attr-defined]
    if asked_by == "found":
        return render(request, "customers/found.html", _dropped(request))
    asking = Asking.of(request.business, request.GET, today=timezone.localdate())
    if not asked_by and _has_empty_words(request, asking):
        return redirect(asking.address())
    context = {
        "asking": asking,
        "query": asking.asked.typed,
        "new_url": _new_url(request, asking.asked.typed),
        "search_target": "results",
        **_form(asking),
        **_list(request, asking),
        **_tools(request),
        **_purpose(request),
    }
    if asked_by not in {"results", "list"}:
        return render(request, "customers/guest_list.html", context)
    response = render(request, f"customers/guest_list.html#{asked_by}", context)
    # Each letter of a search would be a step back otherwise.
    is_typing = request.htmx.trigger_name == "q"  # type: ignore[attr-defined]
    response["HX-Replace-Url" if is_typing else "HX-Push-Url"] = asking.address()
    return response


@require_POST
@staff_view(Staff.Role.STAFF)
def guest_columns(request: StaffRequest) -> HttpResponse:
    chosen = set(request.POST.getlist("column"))
    choose_columns(request.staff, LIST, [key for key in GUEST_COLUMNS if key in chosen])
    toast(request, _("Your columns are remembered."))
    return redirect(asking_again(request).address())


def asking_again(request: StaffRequest) -> Asking:
    """Return the question that a form on the list was about."""
    words = QueryDict(request.POST.get("asked", ""))
    return Asking.of(request.business, words, today=timezone.localdate())


def columns_for(staff: Staff) -> list[str]:
    """Return the columns that this person wants to see."""
    known, usual = list(GUEST_COLUMNS), USUAL_GUEST_COLUMNS
    return shown_columns(staff, LIST, known=known, usual=usual)


def say_count(count: Count) -> str:
    """Return ``312 guests`` or ``More than 1 000 guests``."""
    number = format_number(count.number, active_locale())
    if count.is_more:
        return _("More than %(count)s guests") % {"count": number}
    words = ngettext("%(count)s guest", "%(count)s guests", count.number)
    return words % {"count": number}


def _dropped(request: StaffRequest) -> dict[str, Any]:
    typed = request.GET.get("q", "").strip()
    purpose = _purpose(request)
    if not typed:
        return purpose
    found = found_guests(request.business, typed)
    return {
        "query": typed,
        "found": found,
        "new_url": _new_url(request, typed),
        "status": _say_found(found),
        **purpose,
    }


def _new_url(request: StaffRequest, typed: str) -> str:
    """Return the form for somebody new, which goes on with what was typed."""
    page, word = "customers:guest_create", "typed"
    if request.GET.get("for") == "visit":
        page, word = "customers:visit_new", "name"
    return f"{reverse(page, args=[request.business.slug])}?{urlencode({word: typed})}"


def _say_found(found: Found) -> str:
    """Return what is said to who cannot see the list."""
    count = len(found.guests)
    if found.is_more:
        return _("Many guests fit. Arrow down leads to the likeliest.")
    if not count:
        return _("Nobody fits that.")
    words = ngettext(
        "%(count)d guest fits. Arrow down leads there.",
        "%(count)d guests fit. Arrow down leads to them.",
        count,
    )
    return words % {"count": count}


def _has_empty_words(request: StaffRequest, asking: Asking) -> bool:
    return any(request.GET.get(name) == "" for name in asking.form.fields)


def _form(asking: Asking) -> dict[str, Any]:
    fold = [asking.form[name] for name in asking.form.fields if name not in FIRST_ROW]
    return {
        "first_row": [asking.form[name] for name in FIRST_ROW],
        "fold": [field for field in fold if field.widget_type != "checkbox"],
        "ticks": [field for field in fold if field.widget_type == "checkbox"],
        # What is in force stands below in words; the fold opens for what is wrong.
        "is_fold_open": any(field.errors for field in fold),
        "orders": [(key, order.label) for key, order in ORDERS.items()],
        "chips": [
            (chip.text, asking.address(**{chip.name: None})) for chip in asking.chips
        ],
    }


def _list(request: StaffRequest, asking: Asking) -> dict[str, Any]:
    asked, keys = asking.asked, columns_for(request.staff)
    page = _ranked(request, asking) if asked.is_ranked else _ordered(request, asking)
    rows = rows_of(request.business, page.guests)
    return {
        "lines": [
            (row, cells_of(row, GUEST_COLUMNS, keys, asked.today)) for row in rows
        ],
        "columns": [GUEST_COLUMNS[key] for key in keys],
        "next_url": page.next_url,
        "start_url": page.start_url,
        "count": say_count(page.how_many or asked.count()) if rows else "",
        "loosened": [] if rows else _loosened(asking),
    }


class Page(NamedTuple):
    """A page of the list, and where the others are."""

    guests: list[Guest]
    next_url: str
    start_url: str
    how_many: Count | None = None


def _ranked(request: StaffRequest, asking: Asking) -> Page:
    number = page_number(request.GET.get("page", ""))
    end = number * FOUND
    most = min(MOST, end + 1)
    guests = asking.asked.ranked(most=most)
    return Page(
        guests=guests[end - FOUND : end],
        next_url=asking.address(page=number + 1) if len(guests) > end else "",
        start_url=asking.address() if number > 1 else "",
        # With more than were asked for, they are counted on their own.
        how_many=None if len(guests) >= most else Count(len(guests), False),
    )


def _ordered(request: StaffRequest, asking: Asking) -> Page:
    after = request.GET.get("after", "")
    guests, next_after = asking.asked.page(after=_uuid(after))
    return Page(
        guests=guests,
        next_url=asking.address(after=next_after) if next_after else "",
        start_url=asking.address() if after else "",
    )


def _loosened(asking: Asking) -> list[tuple[str, str, str]]:
    """Return the filters without which somebody would fit: how many, and where."""
    if len(asking.chips) + bool(asking.asked.typed) < 2:
        return []
    found = []
    for chip, asked in asking.loosened():
        if (count := asked.count()).number:
            url = asking.address(**{chip.name: None})
            found.append((chip.text, say_count(count), url))
    return found


def _tools(request: StaffRequest) -> dict[str, Any]:
    shown = columns_for(request.staff)
    is_manager = request.staff.is_manager
    return {
        "all_columns": [
            (key, column.label, key in shown) for key, column in GUEST_COLUMNS.items()
        ],
        "bulk_tags": tags_by_hand(request.business) if is_manager else [],
    }


def _purpose(request: StaffRequest) -> dict[str, Any]:
    """Return where a chosen guest leads: to their page, or on to a visit of theirs."""
    for_visit = request.GET.get("for") == "visit"
    page = "customers:visit_create" if for_visit else "frontdesk:guest_detail"
    return {"for_visit": for_visit, "guest_page": page}


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
