"""The page of one visit: its facts, what they had, and who changed what."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from crm.audit.reading import LogLine, in_words
from crm.tenancy.decorators import StaffRequest
from crm.tenancy.models import Business, Venue
from customers.care.cards import dues_part, service_part
from customers.care.dues import CALLED_OFF
from customers.models import Visit
from customers.visiting.line_forms import BaseLineForms, line_forms
from customers.visiting.lines import sum_of_lines, usual_names
from customers.visiting.visit_forms import VisitForm

MOST_CHANGES = 20


def visit_page(
    request: StaffRequest,
    visit: Visit,
    *,
    form: VisitForm | None = None,
    lines: BaseLineForms | None = None,
    part: str = "",
) -> HttpResponse:
    """Show a visit, with what was typed and is not right yet.

    ``part`` names the part of the page that is asked for alone.
    """
    context = {
        **lines_context(visit, lines),
        "visit": visit,
        "guest": visit.guest,
        "form": form or visit_form(request, visit),
        "changes": changes_of(request.business, visit),
        **_care_of(visit),
    }
    return render(request, f"customers/visit_page.html{part}", context)


def _care_of(visit: Visit) -> dict[str, object]:
    """Return what was promised and done, unless the visit was called off."""
    if visit.state in CALLED_OFF:
        return {}
    today = timezone.localdate()
    parts = dues_part(visit, today=today), service_part(visit, today=today)
    return {"dues": parts[0], "service": parts[1]}


def lines_context(visit: Visit, lines: BaseLineForms | None) -> dict[str, object]:
    total = sum_of_lines(visit)
    return {
        "lines": lines or line_forms(visit),
        "total": total,
        "is_more_than_spend": total > visit.spend,
        "usual_names": usual_names(visit.business),
    }


def visit_form(
    request: StaffRequest, visit: Visit, typed: Mapping[str, str] | None = None
) -> VisitForm:
    return VisitForm(
        typed,
        business=request.business,
        guest=visit.guest,
        venues=venues_for(request.business, own_venue_ids(request)),
        today=timezone.localdate(),
        visit=visit,
    )


def changes_of(business: Business, visit: Visit) -> list[LogLine]:
    """Return who did what to a visit, the newest first, without any values."""
    events = business.audit_events.filter(
        object_type=visit._meta.label_lower, object_ref=str(visit.uuid)
    )
    newest = events.select_related("actor").order_by("-at", "-pk")[:MOST_CHANGES]
    return in_words(business, list(newest))


def own_venue_ids(request: StaffRequest) -> list[int]:
    """Return the venues that this person is limited to; empty means none of it."""
    return request.staff.venue_ids


def venues_for(business: Business, own_ids: list[int]) -> list[Venue]:
    """Return the venues in use among these, or all when none are named, by name."""
    venues = business.venues.filter(is_active=True).order_by("name")
    return list(venues.filter(pk__in=own_ids) if own_ids else venues)
