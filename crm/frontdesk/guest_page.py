"""One guest's page: who this is, what is promised, and the whole story."""

from datetime import UTC, date, datetime
from uuid import UUID

from babel.dates import format_skeleton
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from crm.audit.events import record_event
from crm.core.locales import active_locale
from crm.core.regions import country_name
from crm.frontdesk.day import CARD_NEEDS, Card, Day
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.arrival_cards import CardNotes, notes_for
from customers.badges import Badge, badges_of
from customers.models import ContactPoint, Guest, Visit
from customers.panels import Panel, panels_of
from customers.timeline import timeline_of
from customers.views import known_guest
from customers.visit_views import own_venue_ids

Kind, State = ContactPoint.Kind, Visit.State

# More than this are not coming up for anybody at the desk.
OPEN_VISITS = 5

# Panels up to this order are what the desk needs before anything else.
NEEDED_FIRST = 20


@require_safe
@staff_view(Staff.Role.STAFF)
def guest_detail(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest, now = known_guest(request, guest_uuid), timezone.now()
    record_event(
        business=request.business,
        actor=request.user,
        action="viewed",
        subject=guest,
        now=now,
    )
    badges = badges_of(request.business, [guest.pk])[guest.pk]
    contacts = list(guest.contact_points.order_by("-is_primary", "created_at", "pk"))
    panels = panels_of(guest, now=now)
    context = {
        "guest": guest,
        "emails": [point for point in contacts if point.kind == Kind.EMAIL],
        "phones": [point for point in contacts if point.kind == Kind.PHONE],
        "badges": badges,
        "birthday": _birthday(guest),
        "country": country_name(guest.country, active_locale()),
        "cards": _open_cards(request, guest, badges, timezone.localdate(now)),
        "first_panels": _drawn(
            request, guest, [one for one in panels if one.order <= NEEDED_FIRST]
        ),
        "panels": _drawn(
            request, guest, [one for one in panels if one.order > NEEDED_FIRST]
        ),
        "story": timeline_of(guest, venue_ids=own_venue_ids(request)),
    }
    return render(request, "frontdesk/guest_detail.html", context)


@vary_on_headers("HX-Request")
@require_safe
@staff_view(Staff.Role.STAFF)
def timeline(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    before = _moment(request.GET.get("before", ""))
    part = "#entries" if request.htmx else ""  # type: ignore[attr-defined]
    story = timeline_of(guest, venue_ids=own_venue_ids(request), before=before)
    context = {"guest": guest, "story": story}
    return render(request, f"frontdesk/timeline.html{part}", context)


def _open_cards(
    request: StaffRequest, guest: Guest, badges: list[Badge], today: date
) -> list[Card]:
    """Return what is booked and what is going on, the soonest first.

    ``badges`` stand beside the guest's name already, and are left out.
    """
    visits = guest.visits.filter(state__in=(State.BOOKED, State.IN_HOUSE))
    if own_ids := own_venue_ids(request):
        visits = visits.filter(venue__in=own_ids)
    soonest = visits.select_related(*CARD_NEEDS).order_by(
        "arrival_date", "arrival_time", "pk"
    )[:OPEN_VISITS]
    notes = notes_for(request.business, list(soonest))
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


def _birthday(guest: Guest) -> str:
    if not guest.birthday_month or not guest.birthday_day:
        return ""
    # A leap year, in which every birthday exists.
    day = date(2024, guest.birthday_month, guest.birthday_day)
    return str(format_skeleton("MMMMd", day, locale=active_locale()))


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
        # PostgreSQL knows fewer offsets than Python.
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
