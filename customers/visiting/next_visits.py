"""Coming again: what was said about it at departure, and whom to remind when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.periods import Period
from crm.core.statistics import Share
from crm.tenancy.models import Business, Venue
from customers.holding import hold_visit
from customers.models import NextVisit, Visit, known

Answer = NextVisit.Answer
State = Visit.State

# A reminder that nobody sent for this long is no longer about that week.
REMIND_WITHIN = timedelta(days=28)
MOST_YEARS_AHEAD = 5


class WeekCannotBe(ValueError):
    """The week is over, too far away, or the year has no such week."""


def monday_of(year: int, week: int, *, today: date) -> date:
    """Return the Monday of an ISO week. Raise WeekCannotBe, with the reason in words."""
    if not today.year - 1 <= year <= today.year + MOST_YEARS_AHEAD:
        raise WeekCannotBe(_("Is the year right?"))
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError as error:
        words = {"year": year, "week": week}
        raise WeekCannotBe(_("%(year)s has no week %(week)s.") % words) from error
    if monday <= today:
        raise WeekCannotBe(_("That week has begun or is over already."))
    return monday


def same_week_next_year(day: date) -> date:
    """Return the Monday of the same ISO week a year on; after a week 53, of the last."""
    year, week, _weekday = day.isocalendar()
    try:
        return date.fromisocalendar(year + 1, week, 1)
    except ValueError:
        return date.fromisocalendar(year + 1, week - 1, 1)


def answer_rebooked(
    visit: Visit, later: Visit | None, *, actor: User | None, now: datetime
) -> NextVisit:
    """Note that the guest booked again: ``later``, else the next booking there is."""
    later = later or later_booking(visit)
    return _note(visit, Answer.REBOOKED, rebooked_visit=later, actor=actor, now=now)


def answer_reminder(
    visit: Visit, monday: date, *, actor: User | None, now: datetime
) -> NextVisit:
    """Note that the guest wants to hear from us in the week that begins on ``monday``."""
    return _note(visit, Answer.REMINDER, remind_on=monday, actor=actor, now=now)


def answer_no(visit: Visit, *, actor: User | None, now: datetime) -> NextVisit:
    """Note that the guest was asked and does not know or want it now."""
    return _note(visit, Answer.NO, actor=actor, now=now)


@transaction.atomic
def take_back_answer(visit: Visit, *, actor: User | None, now: datetime) -> bool:
    """Forget what was noted, and return whether anything was. Raise GuestIsForgotten."""
    visit = hold_visit(visit)
    deleted, _by_model = NextVisit.objects.filter(visit=visit).delete()
    if deleted:
        record_event(
            business=visit.business,
            actor=actor,
            action="next_visit_taken_back",
            subject=visit,
            now=now,
        )
    return bool(deleted)


@transaction.atomic
def _note(
    visit: Visit,
    answer: str,
    *,
    remind_on: date | None = None,
    rebooked_visit: Visit | None = None,
    actor: User | None,
    now: datetime,
) -> NextVisit:
    """Note an answer in the place of an earlier one. Raise GuestIsForgotten."""
    visit = hold_visit(visit)
    noted, _is_new = NextVisit.objects.update_or_create(
        visit=visit,
        defaults={
            "answer": answer,
            "remind_on": remind_on,
            "rebooked_visit": rebooked_visit,
            "asked_by": actor,
            "asked_at": now,
        },
        create_defaults={
            "business": visit.business,
            "answer": answer,
            "remind_on": remind_on,
            "rebooked_visit": rebooked_visit,
            "asked_by": actor,
            "asked_at": now,
        },
    )
    record_event(
        business=visit.business,
        actor=actor,
        action="next_visit_noted",
        subject=visit,
        now=now,
    )
    return noted


def later_booking(visit: Visit) -> Visit | None:
    """Return the guest's next booking after this visit; None without one."""
    return (
        Visit.objects.filter(
            business=visit.business_id,
            guest=visit.guest_id,
            state=State.BOOKED,
            arrival_date__gte=visit.departure_date,
        )
        .exclude(pk=visit.pk)
        .order_by("arrival_date", "pk")
        .first()
    )


def due_reminders(business: Business, *, today: date) -> QuerySet[NextVisit]:
    """Return whom to remind on ``today``, the longest due first.

    Those whose week has come, up to four weeks ago, whose visit stands as completed, who
    were not forgotten, and who have neither booked nor come again since.
    """
    came_again = Visit.objects.filter(
        business=business,
        guest=OuterRef("visit__guest"),
        state__in=(State.BOOKED, State.IN_HOUSE, State.COMPLETED),
        arrival_date__gte=OuterRef("visit__departure_date"),
    ).exclude(pk=OuterRef("visit"))
    return (
        business.next_visits.filter(
            known("visit__guest"),
            answer=Answer.REMINDER,
            remind_on__lte=today,
            remind_on__gt=today - REMIND_WITHIN,
            visit__state=State.COMPLETED,
        )
        .exclude(Exists(came_again))
        .select_related("visit__guest", "visit__venue")
        .order_by("remind_on", "pk")
    )


@dataclass(frozen=True, slots=True)
class Offers:
    """Of departures, how many guests were asked, and what they said."""

    departures: int
    rebooked: int
    reminders: int
    nos: int

    def __add__(self, other: "Offers") -> "Offers":
        return Offers(
            self.departures + other.departures,
            self.rebooked + other.rebooked,
            self.reminders + other.reminders,
            self.nos + other.nos,
        )

    @property
    def asked(self) -> Share:
        """Return of how many departures it is known what was said about coming again."""
        return Share(self.rebooked + self.reminders + self.nos, self.departures)


def offers_by_week(
    business: Business, period: Period, *, venue: Venue | None = None
) -> dict[date, Offers]:
    """Return what became of departures, by the Monday of their week, newest first.

    Departures are completed visits by day of departure. One query.
    """
    visits = _departures(business, period)
    visits = visits.filter(venue=venue) if venue else visits
    rows = (
        visits.annotate(week=TruncWeek("departure_date"))
        .values_list("week")
        .annotate(**_COUNTS)
        .order_by("-week")
    )
    return {week: Offers(*counts) for week, *counts in rows}


def offers_by_venue(business: Business, period: Period) -> dict[int, Offers]:
    """Return what became of departures, by the id of the venue. One query."""
    rows = _departures(business, period).values_list("venue").annotate(**_COUNTS)
    return {venue_id: Offers(*counts) for venue_id, *counts in rows}


def _departures(business: Business, period: Period) -> QuerySet[Visit]:
    return business.visits.filter(
        state=State.COMPLETED,
        departure_date__gte=period.start,
        departure_date__lte=period.end,
    )


def _answered(answer: str) -> Count:
    return Count("pk", filter=Q(next_visit__answer=answer))


_COUNTS = {
    "departures": Count("pk"),
    "rebooked": _answered(Answer.REBOOKED),
    "reminders": _answered(Answer.REMINDER),
    "nos": _answered(Answer.NO),
}
