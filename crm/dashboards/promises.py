"""Were promises kept? Extras and the checklist, per week and venue.

Counted over completed visits by their day of arrival, like all figures. What was due on
a visit that is called off or going on is not counted. Worked example: docs/domain.md.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncWeek

from crm.core.periods import Period
from crm.core.statistics import Share
from crm.tenancy.models import Business, Venue
from customers.models import PolicyTick, Promise, Visit, known

Kind, Outcome = Promise.Kind, Promise.Outcome

# A week is named by its Monday. None as the venue is not used: visits have one.
Place = tuple[date, int]


@dataclass(slots=True)
class Kept:
    """Counts of promises and wishes, of extras, and of steps of the checklist.

    ``cost`` is that of everything kept, in minor units.
    """

    kept: int = 0
    not_kept: int = 0
    unsaid: int = 0
    extras_done: int = 0
    extras_not_done: int = 0
    extras_unsaid: int = 0
    cost: int = 0
    steps_done: int = 0
    steps_due: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(
            *(
                getattr(self, name) + getattr(other, name)
                for name in self.__dataclass_fields__
            )
        )

    @property
    def due(self) -> int:
        return self.kept + self.not_kept + self.unsaid

    @property
    def extras(self) -> int:
        return self.extras_done + self.extras_not_done + self.extras_unsaid

    @property
    def kept_share(self) -> Share:
        """Return what is known to be kept of all that was due."""
        return Share(self.kept, self.due)

    @property
    def extras_share(self) -> Share:
        return Share(self.extras_done, self.extras)

    @property
    def steps_share(self) -> Share:
        return Share(self.steps_done, self.steps_due)

    @property
    def is_empty(self) -> bool:
        return not (self.due or self.extras or self.steps_done)


@dataclass(frozen=True, slots=True)
class KeptReport:
    """Counts by week, newest first, and by venue, and all of them together."""

    weeks: list[tuple[date, Kept]] = field(default_factory=list)
    venues: list[tuple[Venue, Kept]] = field(default_factory=list)
    total: Kept = field(default_factory=Kept)


def build_kept(
    business: Business, period: Period, *, venue: Venue | None = None
) -> KeptReport:
    """Return what was due, kept and done in a period. Costs five queries."""
    counts: dict[Place, Kept] = defaultdict(Kept)
    _count_promises(business, period, venue, counts)
    _count_steps(business, period, venue, counts)
    by_week: dict[date, Kept] = defaultdict(Kept)
    by_venue: dict[int, Kept] = defaultdict(Kept)
    for (week, venue_id), kept in counts.items():
        by_week[week] += kept
        by_venue[venue_id] += kept
    venues = business.venues.filter(pk__in=by_venue).order_by("name", "pk")
    return KeptReport(
        weeks=sorted(by_week.items(), reverse=True),
        venues=[(place, by_venue[place.pk]) for place in venues],
        total=_together(counts.values()),
    )


def not_kept(
    business: Business, period: Period, *, venue: Venue | None = None
) -> QuerySet[Promise]:
    """Return what was promised and not kept, the newest visit first."""
    rows = _promises(business, period, venue).filter(
        known("guest"), outcome=Outcome.NOT_KEPT
    )
    return rows.select_related("guest", "visit__venue").order_by(
        "-visit__arrival_date", "-pk"
    )


def _together(counts: Iterable[Kept]) -> Kept:
    return sum(counts, Kept())


def _promises(
    business: Business, period: Period, venue: Venue | None
) -> QuerySet[Promise]:
    rows = business.promises.filter(
        visit__state=Visit.State.COMPLETED,
        visit__arrival_date__gte=period.start,
        visit__arrival_date__lte=period.end,
    )
    return rows.filter(visit__venue=venue) if venue else rows


def _count_promises(
    business: Business,
    period: Period,
    venue: Venue | None,
    counts: dict[Place, Kept],
) -> None:
    kept = Q(outcome=Outcome.KEPT)
    missed = Q(outcome=Outcome.NOT_KEPT)
    unsaid = Q(outcome=Outcome.OPEN)
    extra = Q(kind=Kind.EXTRA)
    rows = (
        _promises(business, period, venue)
        .annotate(week=TruncWeek("visit__arrival_date"), place=F("visit__venue"))
        .values("week", "place")
        .annotate(
            n_kept=Count("pk", filter=kept & ~extra),
            n_not_kept=Count("pk", filter=missed & ~extra),
            n_unsaid=Count("pk", filter=unsaid & ~extra),
            n_extras_done=Count("pk", filter=kept & extra),
            n_extras_not_done=Count("pk", filter=missed & extra),
            n_extras_unsaid=Count("pk", filter=unsaid & extra),
            n_cost=Sum("cost", filter=kept, default=0),
        )
    )
    for row in rows:
        numbers: dict[str, Any] = {
            name.removeprefix("n_"): number
            for name, number in row.items()
            if name.startswith("n_")
        }
        counts[row["week"], row["place"]] += Kept(**numbers)


def _count_steps(
    business: Business,
    period: Period,
    venue: Venue | None,
    counts: dict[Place, Kept],
) -> None:
    """Count steps done, and due: of each visit those on its checklist when it began.

    One put away since is due where it was ticked, and nowhere else.
    """
    steps: dict[str, list[date]] = defaultdict(list)
    zone = ZoneInfo(business.time_zone)
    for kind, created_at in business.policy_steps.filter(is_archived=False).values_list(
        "visit_kind", "created_at"
    ):
        steps[kind].append(created_at.astimezone(zone).date())
    for day, place, kind, visits in _visits_by_day(business, period, venue):
        due = visits * sum(created <= day for created in steps[kind])
        if due:
            counts[_monday(day), place] += Kept(steps_due=due)
    for week, place, done, outside in _ticks(business, period, venue):
        counts[week, place] += Kept(steps_done=done, steps_due=outside)


def _visits_by_day(
    business: Business, period: Period, venue: Venue | None
) -> Iterable[tuple[date, int, str, int]]:
    visits = business.visits.completed().filter(
        arrival_date__gte=period.start, arrival_date__lte=period.end
    )
    if venue:
        visits = visits.filter(venue=venue)
    return visits.values_list("arrival_date", "venue", "kind").annotate(Count("pk"))


def _ticks(
    business: Business, period: Period, venue: Venue | None
) -> Iterable[tuple[date, int, int, int]]:
    ticks = PolicyTick.objects.filter(
        business=business,
        visit__state=Visit.State.COMPLETED,
        visit__arrival_date__gte=period.start,
        visit__arrival_date__lte=period.end,
    )
    if venue:
        ticks = ticks.filter(visit__venue=venue)
    began = TruncDate("step__created_at", tzinfo=ZoneInfo(business.time_zone))
    not_due = (
        Q(step__is_archived=True)
        | Q(began__gt=F("visit__arrival_date"))
        | ~Q(step__visit_kind=F("visit__kind"))
    )
    return (
        ticks.annotate(began=began, week=TruncWeek("visit__arrival_date"))
        .values_list("week", "visit__venue")
        .annotate(Count("pk"), outside=Count("pk", filter=not_due))
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
