"""One day at the desk: who comes, who is here, who leaves, who has left."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.core.clock import day_bounds
from crm.core.dates import say_day
from crm.core.locales import active_locale
from crm.tenancy.models import Business
from customers.arrival_cards import CardNotes, CardPart, notes_for
from customers.models import Visit, known

State, Kind = Visit.State, Visit.Kind

# A booking that nobody has said anything about stays on Today this long.
OPEN_DAYS = 7

# How far back a visit that is still going on a day other than today may have begun.
LONGEST_LOOK_BACK = 31

# Parts of a card with a lower order need no line of their own.
BESIDE = 5

# What a card shows of a visit.
CARD_NEEDS = ("guest__company", "guest__summary", "venue", "booker")


@dataclass(slots=True)
class Day:
    """The visits that concern one day, each in one place, in the order of the desk."""

    day: date
    is_today: bool
    forgotten: list[Visit] = field(default_factory=list)
    arriving: list[Visit] = field(default_factory=list)
    tables: list[Visit] = field(default_factory=list)
    leaving: list[Visit] = field(default_factory=list)
    staying: list[Visit] = field(default_factory=list)
    closed: list[Visit] = field(default_factory=list)

    @property
    def in_house(self) -> int:
        return len(self.leaving) + len(self.staying)

    @property
    def everything(self) -> list[Visit]:
        return [
            *self.forgotten,
            *self.arriving,
            *self.leaving,
            *self.staying,
            *self.tables,
            *self.closed,
        ]


@dataclass(frozen=True, slots=True)
class Card:
    """A visit with what all apps say about it, and what may be done from here."""

    visit: Visit
    notes: CardNotes
    day: Day

    @property
    def to_do(self) -> int:
        """Return how much was promised for this visit and is not done yet."""
        return sum(part.to_do for part in self.notes.parts)

    @property
    def parts_beside(self) -> list[CardPart]:
        """Return the parts that are a few words beside the facts of the visit."""
        return [part for part in self.notes.parts if part.order < BESIDE]

    @property
    def parts_below(self) -> list[CardPart]:
        return [part for part in self.notes.parts if part.order >= BESIDE]

    @property
    def is_first(self) -> bool:
        """Return whether the guest has not been here before."""
        earlier = self.visit.guest.summary.visits - self.visit.is_completed
        return earlier <= 0

    @property
    def leaves(self) -> bool:
        """Return whether this is a guest in house whose day of departure has come."""
        return self.visit.is_in_house and self.visit.departure_date <= self.day.day

    @property
    def is_late(self) -> bool:
        """Return whether the guest was expected on an earlier day."""
        return self.visit.is_booked and self.visit.arrival_date < self.day.day

    @property
    def headline(self) -> str:
        """Return what to call the visit on its own guest's page."""
        day = say_day(self.visit.arrival_date, self.day.day, active_locale())
        if self.visit.is_in_house:
            return _("Here now")
        if self.is_late:
            return _("Not here yet")
        return _("Coming %(day)s") % {"day": day}

    @property
    def is_closed(self) -> bool:
        return not (self.visit.is_booked or self.visit.is_in_house)

    @property
    def may_act(self) -> bool:
        """Return whether it is time for taps: not for days still to come."""
        return self.day.is_today or self.visit.is_in_house


def build_day(
    business: Business, *, day: date, today: date, venue_ids: Sequence[int]
) -> Day:
    """Return the visits of ``day`` at these venues, or at all when none are named.

    For ``today`` that is what is so now; for other days what was or will be. Costs one
    query.
    """
    sorted_out = Day(day=day, is_today=day == today)
    concerns = _now(business, day) if sorted_out.is_today else _then(day)
    visits = Visit.objects.filter(known("guest"), concerns, business=business)
    if venue_ids:
        visits = visits.filter(venue__in=venue_ids)
    visits = visits.select_related(*CARD_NEEDS).order_by(
        "arrival_date", "arrival_time", "guest__name_sort_key", "pk"
    )
    for visit in visits:
        _place(sorted_out, visit).append(visit)
    sorted_out.leaving.sort(key=lambda visit: (visit.departure_date, visit.label))
    return sorted_out


def cards_of(business: Business, day: Day) -> dict[int, Card]:
    """Return the cards of the day by visit id, in a fixed number of queries."""
    visits = day.everything
    notes = notes_for(business, visits)
    return {visit.pk: Card(visit, notes[visit.pk], day) for visit in visits}


def _now(business: Business, day: date) -> Q:
    recent = Q(arrival_date__range=(day - timedelta(days=OPEN_DAYS), day))
    start, end = day_bounds(day, business.time_zone)
    # A visit of last month that is written down today has not left today.
    left = Q(
        state=State.COMPLETED,
        completed_at__range=(start, end),
        departure_date__gte=day - timedelta(days=OPEN_DAYS),
    )
    missed = recent & Q(state=State.NO_SHOW, closed_at__range=(start, end))
    return (recent & Q(state=State.BOOKED)) | Q(state=State.IN_HOUSE) | left | missed


def _then(day: date) -> Q:
    began = Q(arrival_date__range=(day - timedelta(days=LONGEST_LOOK_BACK), day))
    return began & Q(departure_date__gte=day) & ~Q(state=State.CANCELLED)


def _place(day: Day, visit: Visit) -> list[Visit]:
    if day.is_today and visit.state in {State.COMPLETED, State.NO_SHOW}:
        return day.closed
    if day.is_today and visit.is_booked and visit.arrival_date < day.day:
        return day.forgotten
    if visit.kind == Kind.TABLE:
        return day.tables
    if visit.is_booked and visit.arrival_date == day.day:
        return day.arriving
    if not day.is_today and visit.arrival_date == day.day:
        return day.arriving
    return day.leaving if visit.departure_date <= day.day else day.staying
