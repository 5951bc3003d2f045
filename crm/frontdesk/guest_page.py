"""One guest's page: who this is, what is promised, and the whole story."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from crm.audit.events import record_view
from crm.frontdesk.day import CARD_NEEDS, Card, Day
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.arrival_cards import CardNotes, notes_for
from customers.badges import Badge, badges_of
from customers.models import ContactPoint, Guest, Visit
from customers.panels import Panel, panels_of
from customers.recognition import birthday_badge, birthday_near
from customers.timeline import timeline_of
from customers.views import known_guest
from customers.visiting.visit_views import own_venue_ids

State = Visit.State

# More than this are not coming up for anybody at the desk.
OPEN_VISITS = 5

# A birthday in so many days is soon enough to say something.
BIRTHDAY_SOON = 14

# Panels up to this order are what the desk needs before anything else.
NEEDED_FIRST = 20


@require_safe
@staff_view(Staff.Role.STAFF)
def guest_detail(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest, now = known_guest(request, guest_uuid), timezone.now()
    record_view(business=request.business, actor=request.user, subject=guest, now=now)
    today, own_ids = timezone.localdate(now), own_venue_ids(request)
    badges = _badges(guest, today)
    panels = panels_of(guest, now=now)
    first = [panel for panel in panels if panel.order <= NEEDED_FIRST]
    context = {
        "guest": guest,
        **_reach(guest),
        "badges": badges,
        "cards": _open_cards(guest, own_ids, badges, today),
        "first_panels": _drawn(request, guest, first),
        "panels": _drawn(request, guest, panels[len(first) :]),
        "story": timeline_of(guest, venue_ids=own_ids),
        "next_page": request.path,
    }
    return render(request, "frontdesk/guest_detail.html", context)


def _reach(guest: Guest) -> dict[str, ContactPoint | None]:
    """Return what to tap to call or write: the primary ones, else the oldest."""
    points = guest.contact_points.order_by("-is_primary", "created_at", "pk")
    found: dict[str, ContactPoint | None] = {"phone": None, "email": None}
    for point in points:
        found[point.kind] = found[point.kind] or point
    return found


def _badges(guest: Guest, today: date) -> list[Badge]:
    badges = badges_of(guest.business, [guest.pk])[guest.pk]
    birthday = birthday_near(guest, today, today + timedelta(days=BIRTHDAY_SOON))
    return [*badges, birthday_badge(birthday)] if birthday else badges


@vary_on_headers("HX-Request")
@require_safe
@staff_view(Staff.Role.STAFF)
def timeline(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    before = _moment(request.GET.get("before", ""))
    part = "#entries" if request.htmx else ""  # type: ignore[attr-defined]
    story = timeline_of(guest, venue_ids=own_venue_ids(request), before=before)
    context = {"guest": guest, "story": story, "is_older": before is not None}
    return render(request, f"frontdesk/timeline.html{part}", context)


def _open_cards(
    guest: Guest, own_ids: list[int], badges: list[Badge], today: date
) -> list[Card]:
    """Return what is booked and what is going on, the soonest first.

    ``badges`` stand beside the guest's name already, and are left out.
    """
    visits = guest.visits.filter(state__in=(State.BOOKED, State.IN_HOUSE))
    if own_ids:
        visits = visits.filter(venue__in=own_ids)
    soonest = visits.select_related(*CARD_NEEDS).order_by(
        "arrival_date", "arrival_time", "pk"
    )[:OPEN_VISITS]
    notes = notes_for(guest.business, list(soonest), is_guest_known=True)
    day = Day(day=today, is_today=True)
    return [Card(visit, _without(notes[visit.pk], badges), day) for visit in soonest]


def _without(notes: CardNotes, badges: list[Badge]) -> CardNotes:
    kept = [badge for badge in notes.badges if badge not in badges]
    return CardNotes(badges=kept, reminders=notes.reminders, parts=notes.parts)


def _drawn(
    request: StaffRequest, guest: Guest, panels: list[Panel]
) -> list[SafeString]:
    return [
        render_to_string(panel.template, {"guest": guest, **panel.context}, request)
        for panel in panels
    ]


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
        # PostgreSQL knows fewer offsets than Python.
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
