"""What the year and the silence bring: birthdays, anniversaries, who stays away."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import ceil, cos, hypot, pi, sin

from django.db.models import (
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Ceil, ExtractDay, ExtractMonth, Greatest

from customers.models import Guest, NextVisit, Visit, known
from outreach.automations.audience import people_of
from outreach.automations.triggers import Candidate, Window
from outreach.models import Automation

Trigger = Automation.Trigger
State = Visit.State

# Longer than usual is this many tenths of the usual, where the automation names none.
USUAL_TENTHS = 15
# Who comes every other day is not missed after three.
LEAST_GAP = 14
# After how many days a guest of one or two visits is missed, by what they came for.
MISSED_AFTER: dict[str, int] = {
    Visit.Kind.STAY: 182,
    Visit.Kind.TABLE: 45,
    Visit.Kind.TOUR: 182,
    Visit.Kind.EVENT: 182,
}
# How close together in the year all visits are that have a season; 1 is one day.
_SEASON = 0.85
_YEAR = timedelta(days=365)


def guest_candidates(automation: Automation, window: Window) -> Iterator[Candidate]:
    """Yield what the days of ``window`` call for, of guests the automation is for."""
    if automation.trigger == Trigger.BIRTHDAY:
        return _birthdays(automation, window)
    if automation.trigger == Trigger.ANNIVERSARY:
        return _anniversaries(automation, window)
    if automation.trigger == Trigger.REMINDER:
        return _reminders(automation, window)
    return _quiet(automation, window)


def _guests(automation: Automation, window: Window) -> QuerySet[Guest]:
    guests = people_of(automation, today=window.last)
    if guests is None:
        guests = automation.business.guests.filter(known())
    been = Visit.objects.filter(guest=OuterRef("pk"), state=State.COMPLETED)
    venues = [venue.pk for venue in automation.venues.all()]
    if venues:
        been = been.filter(venue__in=venues)
    if automation.visit_kinds:
        been = been.filter(kind__in=automation.visit_kinds)
    if venues or automation.visit_kinds:
        guests = guests.filter(Exists(been))
    return guests


def days_of_year(window: Window) -> dict[int, list[date]]:
    """Return the days of ``window`` by month and day, as 1224 for 24 December.

    Who was born on 29 February has the 28th in the years without one.
    """
    days: dict[int, list[date]] = defaultdict(list)
    for day in window.days():
        days[day.month * 100 + day.day].append(day)
        if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).day == 1:
            days[229].append(day)
    return days


def _birthdays(automation: Automation, window: Window) -> Iterator[Candidate]:
    days = days_of_year(window)
    guests = _guests(automation, window).alias(
        turns=F("birthday_month") * 100 + F("birthday_day")
    )
    for guest in guests.filter(turns__in=list(days)).order_by("pk").iterator():
        code = (guest.birthday_month or 0) * 100 + (guest.birthday_day or 0)
        for day in days[code]:
            yield _of_guest(automation, guest, day, str(day.year))


def _anniversaries(automation: Automation, window: Window) -> Iterator[Candidate]:
    days = days_of_year(window)
    first = "summary__first_visit_on"
    guests = _guests(automation, window).annotate(first_on=F(first))
    turns = ExtractMonth(first) * 100 + ExtractDay(first)
    for guest in guests.alias(turns=turns).filter(turns__in=list(days)).order_by("pk"):
        first_on = vars(guest)["first_on"]
        for day in days[first_on.month * 100 + first_on.day]:
            if day.year > first_on.year:
                yield _of_guest(automation, guest, day, str(day.year))


def _reminders(automation: Automation, window: Window) -> Iterator[Candidate]:
    asked = automation.business.next_visits.filter(
        answer=NextVisit.Answer.REMINDER,
        remind_on__range=(window.first, window.last),
        visit__guest__in=_guests(automation, window).values("pk"),
    )
    if not window.is_past:
        # Who booked meanwhile needs none.
        asked = asked.filter(visit__guest__summary__next_arrival_on=None)
    for answer in asked.select_related("visit__guest", "visit__venue").order_by("pk"):
        visit, day = answer.visit, answer.remind_on
        if day:
            yield Candidate(
                guest=visit.guest,
                visit=visit,
                day=day,
                zone=visit.venue.time_zone,
                key=f"guest:{visit.guest.uuid}:{day:%G-%V}",
            )


def _quiet(automation: Automation, window: Window) -> Iterator[Candidate]:
    """Yield who is away for longer than usual from a day in ``window`` on."""
    tenths = automation.number or USUAL_TENTHS
    guests = _guests(automation, window).annotate(
        last_on=F("summary__last_visit_on"),
        first_on=F("summary__first_visit_on"),
        usual=F("summary__usual_gap_days"),
    )
    if not window.is_past:
        here = Visit.objects.filter(guest=OuterRef("pk"), state=State.IN_HOUSE)
        guests = guests.filter(~Exists(here), summary__next_arrival_on=None)
    missed = list(
        guests.alias(rhythm_ends=_rhythm_ends(tenths))
        .filter(_may_be_missed(window, tenths))
        .order_by("pk")
    )
    for start in range(0, len(missed), 2000):
        yield from _missed(automation, window, missed[start : start + 2000], tenths)


def _rhythm_ends(tenths: int) -> ExpressionWrapper:
    """Return the day on which a guest with a rhythm is away for longer than usual."""
    gap = Greatest(F("summary__usual_gap_days"), Value(LEAST_GAP))
    days = Cast(Ceil(gap * Value(tenths) / Value(10.0)), IntegerField())
    return ExpressionWrapper(
        F("summary__last_visit_on") + days, output_field=DateField()
    )


def _may_be_missed(window: Window, tenths: int) -> Q:
    """Return who may be missed from a day in ``window`` on, by what is summed up."""
    by_kind = Q()
    for limit in set(MISSED_AFTER.values()):
        after = timedelta(days=ceil(limit * tenths / USUAL_TENTHS))
        by_kind |= _last_seen(window, after)
    return (
        Q(rhythm_ends__range=(window.first, window.last))
        | by_kind & Q(summary__usual_gap_days=None)
        # Who has a season is compared with the same day last year.
        | _last_seen(window, _YEAR)
    )


def _last_seen(window: Window, before: timedelta) -> Q:
    return Q(
        summary__last_visit_on__range=(window.first - before, window.last - before)
    )


def _missed(
    automation: Automation, window: Window, guests: Sequence[Guest], tenths: int
) -> Iterator[Candidate]:
    came = defaultdict(list)
    visits = Visit.objects.filter(guest__in=guests, state=State.COMPLETED)
    for guest_id, arrival, kind in visits.order_by("departure_date", "pk").values_list(
        "guest", "arrival_date", "kind"
    ):
        came[guest_id].append((arrival, kind))
    for guest in guests:
        facts = vars(guest)
        visits_of = came[guest.pk]
        if not visits_of:
            continue
        day = missed_on(
            facts["last_on"],
            usual=facts["usual"],
            kind=visits_of[-1][1],
            arrivals=[arrival for arrival, _kind in visits_of],
            tenths=tenths,
        )
        if day in window:
            yield _of_guest(automation, guest, day, facts["last_on"].isoformat())


def missed_on(
    last_on: date,
    *,
    usual: int | None,
    kind: str,
    arrivals: list[date],
    tenths: int = USUAL_TENTHS,
) -> date:
    """Return from when on a guest is missed who was last here on ``last_on``.

    By their own rhythm from the third visit on, else by what they came for. Who comes
    in one season only is missed when it is there again and they are not.
    """
    if usual is None:
        limit = ceil(MISSED_AFTER[kind] * tenths / USUAL_TENTHS)
    else:
        limit = ceil(max(usual, LEAST_GAP) * tenths / 10)
    missed = last_on + timedelta(days=limit)
    return max(missed, last_on + _YEAR) if has_season(arrivals) else missed


def has_season(arrivals: list[date]) -> bool:
    """Return whether three visits or more, over two years or more, were all at about
    the same time of the year.
    """
    if len(arrivals) < 3 or (max(arrivals) - min(arrivals)).days < 300:
        return False
    angles = [2 * pi * day.timetuple().tm_yday / 365.25 for day in arrivals]
    return hypot(sum(map(cos, angles)), sum(map(sin, angles))) / len(angles) >= _SEASON


def _of_guest(automation: Automation, guest: Guest, day: date, what: str) -> Candidate:
    return Candidate(
        guest=guest,
        visit=None,
        day=day,
        zone=automation.business.time_zone,
        key=f"guest:{guest.uuid}:{what}",
    )
