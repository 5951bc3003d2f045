"""The front desk: the day, and one guest's whole story."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from babel.dates import format_skeleton
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from crm.audit.events import record_event
from crm.core.locales import active_locale
from crm.core.regions import country_name
from crm.frontdesk.asking import Asked
from crm.frontdesk.day import Card, Day, build_day, cards_of
from crm.frontdesk.numbers import day_in_words
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff
from customers.arrival_cards import CardNotes, notes_for
from customers.badges import Badge, badges_of
from customers.models import ContactPoint, Guest, Visit
from customers.panels import panels_of
from customers.timeline import timeline_of
from customers.views import known_guest
from customers.visit_views import own_venue_ids

Kind, State = ContactPoint.Kind, Visit.State

# More than this are not coming up for anybody at the desk.
OPEN_VISITS = 5


@require_safe
@staff_view(Staff.Role.VIEWER)
def front_door(request: StaffRequest) -> HttpResponse:
    page = "frontdesk:today" if request.staff.sees_guests else "dashboards:return"
    return redirect(page, request.business.slug)


@require_safe
@staff_view(Staff.Role.STAFF)
def today(request: StaffRequest) -> HttpResponse:
    now_day = timezone.localdate()
    asked = Asked.of(request, request.GET, today=now_day)
    day = build_day(
        request.business, day=asked.day, today=now_day, venue_ids=asked.venue_ids
    )
    context = {
        "asked": asked,
        "day": day,
        "numbers": day_in_words(day),
        "groups": _groups(day, cards_of(request.business, day)),
    }
    return render(request, "frontdesk/today.html", context)


@dataclass(frozen=True, slots=True)
class Group:
    """The cards under one heading of Today. ``is_brief`` when they need few words."""

    key: str
    title: str
    cards: list[Card]
    is_brief: bool = False


def _groups(day: Day, cards: dict[int, Card]) -> list[Group]:
    def group(key: str, title: str, visits: list[Visit], brief: bool = False) -> Group:
        return Group(key, title, [cards[visit.pk] for visit in visits], brief)

    leaving = _("Leaving today") if day.is_today else _("Leaving")
    everything = [
        group("open", _("Still open from the days before"), day.forgotten),
        group("arriving", _("Arriving"), day.arriving),
        group("leaving", leaving, day.leaving),
        group("tables", _("Tables"), day.tables),
        group("staying", _("In house"), day.staying, True),
        group("closed", _("Left today"), day.closed, True),
    ]
    return [group for group in everything if group.cards]


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
    context = {
        "guest": guest,
        "emails": [point for point in contacts if point.kind == Kind.EMAIL],
        "phones": [point for point in contacts if point.kind == Kind.PHONE],
        "badges": badges,
        "birthday": _birthday(guest),
        "country": country_name(guest.country, active_locale()),
        "cards": _open_cards(request, guest, badges, timezone.localdate(now)),
        "panels": _panels(request, guest, now),
        "story": timeline_of(guest),
    }
    return render(request, "frontdesk/guest_detail.html", context)


@vary_on_headers("HX-Request")
@require_safe
@staff_view(Staff.Role.STAFF)
def timeline(request: StaffRequest, guest_uuid: UUID) -> HttpResponse:
    guest = known_guest(request, guest_uuid)
    before = _moment(request.GET.get("before", ""))
    part = "#entries" if request.htmx else ""  # type: ignore[attr-defined]
    context = {"guest": guest, "story": timeline_of(guest, before=before)}
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
    soonest = visits.select_related("guest__company", "venue", "booker").order_by(
        "arrival_date", "arrival_time", "pk"
    )[:OPEN_VISITS]
    notes = notes_for(request.business, list(soonest))
    day = Day(day=today, is_today=True)
    return [Card(visit, _without(notes[visit.pk], badges), day) for visit in soonest]


def _without(notes: CardNotes, badges: list[Badge]) -> CardNotes:
    kept = [badge for badge in notes.badges if badge not in badges]
    return CardNotes(badges=kept, reminders=notes.reminders, parts=notes.parts)


def _panels(request: StaffRequest, guest: Guest, now: datetime) -> list[SafeString]:
    return [
        render_to_string(panel.template, {"guest": guest, **panel.context}, request)
        for panel in panels_of(guest, now=now)
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
