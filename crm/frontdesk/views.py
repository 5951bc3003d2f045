"""The front door, and Today: who comes, who is here, who leaves."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.frontdesk.asking import Asked
from crm.frontdesk.day import Card, Day, build_day, cards_of
from crm.frontdesk.narrowing import choices_of, is_shown
from crm.frontdesk.numbers import day_in_words, promises_in_words
from crm.frontdesk.seen import Prints, Seen
from crm.tenancy.decorators import StaffRequest, staff_view
from crm.tenancy.models import Staff

SEEN_HEADER = "X-Seen"


@require_safe
@staff_view(Staff.Role.VIEWER)
def front_door(request: StaffRequest) -> HttpResponse:
    page = "frontdesk:today" if request.staff.sees_guests else "dashboards:return"
    return redirect(page, request.business.slug)


@require_safe
@staff_view(Staff.Role.STAFF)
def today(request: StaffRequest) -> HttpResponse:
    seen = Seen.now(request.business, timezone.now())
    context = _whole_day(request, seen, Prints())
    return render(request, "frontdesk/today.html", context)


@require_safe
@staff_view(Staff.Role.STAFF)
def today_changes(request: StaffRequest) -> HttpResponse:
    """Answer an open page with its cards as they are now, or with 204 and no words.

    ``seen`` is what the page was given last; the header brings it up to date.
    """
    before = Seen.read(request.GET.get("seen", ""))
    seen = Seen.now(request.business, timezone.now())
    if before and before.has_no_news_for(seen):
        return HttpResponse(status=204)
    prints = Prints()
    context = _whole_day(request, seen, prints)
    body = render_to_string("frontdesk/today.html#day", context, request)
    seen = seen.with_cards(prints.together)
    if before and before.cards == seen.cards:
        return HttpResponse(status=204, headers={SEEN_HEADER: str(seen)})
    return HttpResponse(body, headers={SEEN_HEADER: str(seen)})


@dataclass(frozen=True, slots=True)
class Group:
    """The cards under one heading of Today. ``is_brief`` when they need few words."""

    key: str
    title: str
    cards: list[Card]
    is_brief: bool = False


def _whole_day(request: StaffRequest, seen: Seen, prints: Prints) -> dict[str, object]:
    now_day = timezone.localdate()
    asked = Asked.of(request, request.GET, today=now_day)
    day = build_day(
        request.business, day=asked.day, today=now_day, venue_ids=asked.venue_ids
    )
    cards = cards_of(request.business, day)
    groups = _groups(day, cards, asked)
    numbers = day_in_words(day)
    promises = promises_in_words(sum(card.to_do for card in cards.values()))
    choices = choices_of(cards.values(), asked)
    prints.add(repr((numbers, promises, choices, [group.title for group in groups])))
    return {
        "asked": asked,
        "day": day,
        "numbers": numbers,
        "promises": promises,
        "choices": choices,
        "groups": groups,
        "next_page": asked.page,
        "prints": prints,
        "seen": seen,
    }


def _groups(day: Day, cards: dict[int, Card], asked: Asked) -> list[Group]:
    leaving = _("Leaving today") if day.is_today else _("Leaving")
    everything = [
        ("open", _("Still open from the days before"), day.forgotten),
        ("arriving", _("Arriving"), day.arriving),
        ("leaving", leaving, day.leaving),
        ("tables", _("Tables"), day.tables),
        ("staying", _("In house"), day.staying),
        ("closed", _("Left today"), day.closed),
    ]
    groups = []
    for key, title, visits in everything:
        mine = [cards[visit.pk] for visit in visits]
        shown = [card for card in mine if is_shown(card, asked)]
        if shown:
            groups.append(Group(key, title, shown, key in {"staying", "closed"}))
    return groups
