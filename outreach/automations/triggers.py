"""What each trigger means: whom it names, for which day, and from when on it counts.

A candidate is a fact that an automation may write about. The planner, the backtest and
the forecast ask here, so that they cannot disagree.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from crm.core.clock import day_bounds, local_date
from customers.models import Guest, ImportChange, Visit, known
from outreach.automations.audience import people_of
from outreach.models import Automation

Trigger = Automation.Trigger
State = Visit.State

# What a visit must be for its trigger now.
STATE_OF: dict[str, str] = {
    Trigger.BOOKED: State.BOOKED,
    Trigger.BEFORE_ARRIVAL: State.BOOKED,
    Trigger.ARRIVED: State.IN_HOUSE,
    Trigger.IN_HOUSE: State.IN_HOUSE,
    Trigger.COMPLETED: State.COMPLETED,
    Trigger.FIRST_VISIT: State.COMPLETED,
    Trigger.NTH_VISIT: State.COMPLETED,
    Trigger.CANCELLED: State.CANCELLED,
    Trigger.NO_SHOW: State.NO_SHOW,
}
# What a visit may have become since, where one looks back.
_BECAME: dict[str, frozenset[str]] = {
    Trigger.BOOKED: frozenset(State.values),
    Trigger.BEFORE_ARRIVAL: frozenset(
        {State.BOOKED, State.IN_HOUSE, State.COMPLETED, State.NO_SHOW}
    ),
    Trigger.ARRIVED: frozenset({State.IN_HOUSE, State.COMPLETED}),
    Trigger.IN_HOUSE: frozenset({State.IN_HOUSE, State.COMPLETED}),
}
# Written to whoever booked; the others to whoever came.
TO_THE_BOOKER = frozenset({Trigger.BOOKED, Trigger.BEFORE_ARRIVAL, Trigger.CANCELLED})
# Bookings are changed in pieces: they count once nobody has touched them for a while.
_CALM = frozenset({*TO_THE_BOOKER, Trigger.NO_SHOW})
CALM = timedelta(minutes=30)
# Named by their number; days after it do not come on top.
NAMES_ITS_DAY = frozenset({Trigger.BEFORE_ARRIVAL, Trigger.IN_HOUSE})


@dataclass(frozen=True, slots=True)
class Window:
    """The days, both included, that triggers may name. ``is_past`` looks back at what
    has been, whatever became of it since.
    """

    first: date
    last: date
    is_past: bool = False

    def days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When something is to be written about.

    ``day`` is the one the trigger names, in ``zone``. ``happened_at`` is the instant of
    what happens at one; ``known_at`` is when the house knew of what is named by a day.
    ``calm_at`` is the earliest that it may go, ``until`` the latest.
    """

    day: date
    zone: str
    happened_at: datetime | None = None
    known_at: datetime | None = None
    calm_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Moment):
    """A fact to write about, and to whom. ``key`` ends the occasion."""

    guest: Guest
    visit: Visit | None
    key: str


def visit_candidate(
    automation: Automation, visit: Visit, *, is_past: bool = False
) -> Candidate | None:
    """Return what ``automation`` has to say about ``visit``, by its present facts;
    None when there is nothing, as for what an import brought.
    """
    trigger = automation.trigger
    if not is_past and visit.state != STATE_OF.get(trigger):
        return None
    if _came_so(automation, visit):
        return None
    zone = visit.venue.time_zone
    happened_at = _happened_at(trigger, visit)
    if happened_at is None:
        return None
    day = _day_of(automation, visit, local_date(happened_at, zone))
    if trigger == Trigger.IN_HOUSE and day >= visit.departure_date:
        return None
    is_calm = trigger in _CALM and not is_past
    return Candidate(
        guest=_recipient(automation, visit),
        visit=visit,
        day=day,
        zone=zone,
        key=f"visit:{visit.uuid}",
        happened_at=None if trigger in NAMES_ITS_DAY else happened_at,
        known_at=happened_at if trigger in NAMES_ITS_DAY else None,
        calm_at=visit.updated_at + CALM if is_calm else None,
        until=_until(trigger, visit),
    )


def _happened_at(trigger: str, visit: Visit) -> datetime | None:
    if trigger in {Trigger.BOOKED, Trigger.BEFORE_ARRIVAL}:
        return visit.created_at
    if trigger in {Trigger.ARRIVED, Trigger.IN_HOUSE}:
        return visit.arrived_at
    if trigger in {Trigger.CANCELLED, Trigger.NO_SHOW}:
        return visit.closed_at
    return visit.completed_at


def _day_of(automation: Automation, visit: Visit, happened_on: date) -> date:
    number = timedelta(days=automation.number or 1)
    if automation.trigger == Trigger.BEFORE_ARRIVAL:
        return visit.arrival_date - number
    if automation.trigger == Trigger.IN_HOUSE:
        return visit.arrival_date + number
    if STATE_OF[automation.trigger] == State.COMPLETED:
        return min(visit.departure_date, happened_on)
    return happened_on


def _until(trigger: str, visit: Visit) -> datetime | None:
    """Return when there is no sense in it any more."""
    if trigger in {Trigger.BOOKED, Trigger.BEFORE_ARRIVAL}:
        return day_bounds(visit.arrival_date, visit.venue.time_zone)[1]
    if trigger == Trigger.IN_HOUSE:
        return day_bounds(visit.departure_date, visit.venue.time_zone)[1]
    return None


def _recipient(automation: Automation, visit: Visit) -> Guest:
    # The questions of a survey are for who was there.
    if automation.trigger in TO_THE_BOOKER and not automation.survey_id:
        return visit.booker or visit.guest
    return visit.guest


def _came_so(automation: Automation, visit: Visit) -> bool:
    """Return whether an import brought the visit as it is."""
    if not visit.came_by_id:
        return False
    if automation.trigger in _CALM:
        return True
    happened_at = _happened_at(automation.trigger, visit)
    return happened_at is not None and happened_at <= visit.created_at


def visits_of(automation: Automation, *, is_past: bool = False) -> QuerySet[Visit]:
    """Return the visits of the kinds and venues, of those the automation is for."""
    trigger = automation.trigger
    states = _BECAME.get(trigger) if is_past else None
    visits = automation.business.visits.filter(
        known("guest"), state__in=states or {STATE_OF[trigger]}
    )
    if automation.visit_kinds:
        visits = visits.filter(kind__in=automation.visit_kinds)
    venues = [venue.pk for venue in automation.venues.all()]
    if venues:
        visits = visits.filter(venue__in=venues)
    return _of_number(automation, visits)


def _of_number(automation: Automation, visits: QuerySet[Visit]) -> QuerySet[Visit]:
    if automation.trigger == Trigger.FIRST_VISIT:
        return visits.filter(~Exists(_earlier()))
    if automation.trigger == Trigger.NTH_VISIT:
        number = _earlier().order_by().values("guest").annotate(count=Count("pk"))
        return visits.alias(
            earlier=Coalesce(Subquery(number.values("count")), 0)
        ).filter(earlier=(automation.number or 1) - 1)
    return visits


def _earlier() -> QuerySet[Visit]:
    """Return the completed visits of the same guest before that of the outer query."""
    return Visit.objects.filter(
        Q(arrival_date__lt=OuterRef("arrival_date"))
        | Q(arrival_date=OuterRef("arrival_date"), pk__lt=OuterRef("pk")),
        guest=OuterRef("guest"),
        state=State.COMPLETED,
    )


def visit_candidates(automation: Automation, window: Window) -> Iterator[Candidate]:
    """Yield what the visits call for whose day lies in ``window``."""
    visits = _around(automation, window).filter(~came_completed())
    people = people_of(automation, today=window.last)
    if people is not None:
        to_booker = automation.trigger in TO_THE_BOOKER
        whose = Coalesce("booker", "guest") if to_booker else F("guest")
        visits = visits.alias(whose=whose).filter(whose__in=people.values("pk"))
    rows = visits.select_related("business", "guest", "booker", "venue")
    for visit in rows.order_by("pk").iterator(chunk_size=2000):
        candidate = visit_candidate(automation, visit, is_past=window.is_past)
        if candidate and candidate.day in window:
            yield candidate


def _around(automation: Automation, window: Window) -> QuerySet[Visit]:
    """Return the visits whose day may lie in the window, and some days about it."""
    visits = visits_of(automation, is_past=window.is_past)
    number = timedelta(days=automation.number or 1)
    if automation.trigger == Trigger.BEFORE_ARRIVAL:
        return visits.filter(
            arrival_date__range=(window.first + number, window.last + number)
        )
    if automation.trigger == Trigger.IN_HOUSE:
        return visits.filter(
            arrival_date__range=(window.first - number, window.last - number)
        )
    zone = automation.business.time_zone
    since = day_bounds(window.first, zone)[0] - timedelta(days=1)
    until = day_bounds(window.last, zone)[1] + timedelta(days=1)
    if STATE_OF[automation.trigger] == State.COMPLETED:
        return visits.filter(
            Q(completed_at__lt=until) | Q(departure_date__lte=window.last),
            completed_at__gte=since,
            departure_date__gte=window.first,
        )
    column = {
        Trigger.BOOKED: "created_at",
        Trigger.ARRIVED: "arrived_at",
    }.get(Trigger(automation.trigger), "closed_at")
    return visits.filter((f"{column}__gte", since), (f"{column}__lt", until))


def came_completed() -> Q:
    """Return whether an import brought the visit, or the word that it was completed."""
    by_change = ImportChange.objects.filter(
        visit=OuterRef("pk"), after__state=Visit.State.COMPLETED
    )
    return Exists(by_change) | Q(
        came_by__isnull=False, completed_at__lte=F("created_at")
    )
