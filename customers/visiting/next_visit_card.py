"""The question at departure on the card, and its answer in the guest's story."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from crm.core.clock import local_date
from crm.tenancy.models import Business
from customers.arrival_cards import CardNotes, CardPart
from customers.models import Guest, NextVisit, Visit
from customers.timeline import TimelineEntry
from customers.visiting.next_visits import same_week_next_year

TEMPLATE = "customers/card_next_visit.html"
ORDER = 40
# Who left this long ago can still be asked on the phone, and an answer put right.
JUST_LEFT = timedelta(hours=24)

_TONES = {
    NextVisit.Answer.REBOOKED: "leaf",
    NextVisit.Answer.REMINDER: "fjord",
    NextVisit.Answer.NO: "quiet",
}


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week by its Monday."""

    monday: date

    @property
    def year(self) -> int:
        return self.monday.isocalendar().year

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week


def next_visit_notes(
    business: Business, visits: Sequence[Visit]
) -> dict[int, CardNotes]:
    """Ask about coming again on the cards of who leaves today or has just left.

    Two queries, however many visits; none when nobody leaves.
    """
    now = timezone.now()
    today = local_date(now, business.time_zone)
    leaving = [visit for visit in visits if is_leaving(visit, today=today, now=now)]
    if not leaving:
        return {}
    answers = {
        noted.visit_id: noted
        for noted in business.next_visits.filter(
            visit__in=[visit.pk for visit in leaving]
        ).select_related("rebooked_visit", "asked_by")
    }
    bookings = _bookings(business, leaving)
    return {
        visit.pk: CardNotes(
            parts=[part_of(visit, answers.get(visit.pk), bookings.get(visit.pk))]
        )
        for visit in leaving
    }


def is_leaving(visit: Visit, *, today: date, now: datetime) -> bool:
    """Return whether this is the moment to ask: the last day, or soon after leaving."""
    if visit.is_in_house:
        return visit.departure_date <= today
    return bool(visit.completed_at and visit.completed_at > now - JUST_LEFT)


def part_of(visit: Visit, noted: NextVisit | None, booking: Visit | None) -> CardPart:
    """Return the question with its answer so far. ``booking`` is there already."""
    context: dict[str, object] = {
        "noted": noted,
        "week": Week(noted.remind_on) if noted and noted.remind_on else None,
        "booking": booking,
        "offered": Week(same_week_next_year(visit.arrival_date)),
    }
    return CardPart(TEMPLATE, context, ORDER)


def _bookings(business: Business, visits: Sequence[Visit]) -> dict[int, Visit]:
    """Return the next booking of each visit's guest after it, by visit id."""
    booked = Visit.objects.filter(
        business=business,
        guest__in={visit.guest_id for visit in visits},
        state=Visit.State.BOOKED,
    ).order_by("-arrival_date", "-pk")
    later: dict[int, Visit] = {}
    for booking in booked:
        for visit in visits:
            if (
                booking.guest_id == visit.guest_id
                and booking.arrival_date >= visit.departure_date
            ):
                later[visit.pk] = booking
    return later


def next_visit_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return what the guest said about coming again. One query."""
    noted = NextVisit.objects.filter(
        business=guest.business_id, visit__guest=guest
    ).select_related("rebooked_visit", "asked_by")
    if before:
        noted = noted.filter(asked_at__lt=before)
    return [
        TimelineEntry(
            at=answer.asked_at,
            key=f"next:{answer.pk:020}",
            template="customers/timeline_next_visit.html",
            subject=answer,
            tone=_TONES[NextVisit.Answer(answer.answer)],
            extra={"week": Week(answer.remind_on) if answer.remind_on else None},
        )
        for answer in noted.order_by("-asked_at", "-pk")[:limit]
    ]
