"""What the next days will bring, line by line: to whom, when, and whether it goes.

The lines are gone through in their order, so that one which goes takes the room of a
later one, as it will when they are sent.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date, datetime, timedelta
from itertools import islice

from django.db.models import Count, F, Q, QuerySet, Value

from crm.tenancy.models import Business
from customers.models import Channel, Guest, Visit
from outreach.automations.audience import NobodyIsMeant, people_of
from outreach.automations.candidates import candidates
from outreach.automations.schedules import Schedule, schedule_for, schedule_of
from outreach.automations.triggers import Candidate, Window
from outreach.automations.writing_down import occasion_of
from outreach.deciding.contacts import rank_of
from outreach.deciding.decision import Block, Hold, MessageFacts, Verdict, decide
from outreach.deciding.facts import facts_about, load_facts
from outreach.deciding.sales import announced_purposes, once_paid
from outreach.effect.assigning import is_left_out
from outreach.models import Automation, Campaign, Message

DAYS = 14
# A forecast is a glance; a house with more to come than this sees the first of it.
MOST = 2000

Trigger = Automation.Trigger
_AT_THE_END = frozenset({Trigger.COMPLETED, Trigger.FIRST_VISIT, Trigger.NTH_VISIT})
# Nobody can foresee what has no day of its own.
_SUDDEN = frozenset(
    {Trigger.BOOKED, Trigger.ARRIVED, Trigger.CANCELLED, Trigger.NO_SHOW}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message that waits, or will be written as things stand."""

    at: datetime
    guest: Guest | None
    automation: Automation | None
    verdict: Verdict
    campaign: Campaign | None = None
    message: Message | None = None

    @property
    def kind(self) -> str:
        """Return whether it goes, waits or will not."""
        if isinstance(self.verdict, Block):
            return "wont"
        return "wait" if isinstance(self.verdict, Hold) else "go"

    @property
    def reason(self) -> str:
        """Return why it waits or does not go, as a sentence."""
        if isinstance(self.verdict, Block | Hold):
            return str(self.verdict.reason.label)
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A line before the decision."""

    at: datetime
    rank: int
    facts: MessageFacts
    guest: Guest | None
    automation: Automation | None
    message: Message | None = None


def coming(
    business: Business,
    *,
    today: date,
    now: datetime,
    automations: Iterable[Automation] | None = None,
) -> list[Line]:
    """Return what is to come in the next 14 days, as things stand, by its time.

    What waits already, and what the days bring: visits that end as booked, birthdays,
    reminders. With ``automations`` only theirs.
    """
    chosen = list(
        business.automations.filter(is_active=True).select_related(
            "template", "segment"
        )
        if automations is None
        else automations
    )
    asked = list(_waiting(business, now, None if automations is None else chosen))
    for automation in chosen:
        asked += _expected(automation, today=today, now=now)
    return list(_decided(asked, now=now))


def _decided(asked: list[_Asked], *, now: datetime) -> Iterator[Line]:
    went: dict[tuple[int, str], list[datetime]] = defaultdict(list)
    for one in sorted(asked, key=lambda one: (one.at, one.rank)):
        at = max(one.at, now)
        key = (one.guest.pk if one.guest else 0, one.facts.kind)
        verdict = decide(_after(one.facts, went[key], at), at)
        if not isinstance(verdict, Block):
            went[key].append(verdict.until if isinstance(verdict, Hold) else at)
        yield Line(
            at=one.at,
            guest=one.guest,
            automation=one.automation,
            campaign=one.message.campaign if one.message else None,
            message=one.message,
            verdict=verdict,
        )


def _after(facts: MessageFacts, went: list[datetime], at: datetime) -> MessageFacts:
    """Return the facts as they will be once what goes before has gone."""
    budget = facts.budget
    if budget is None:
        return facts
    return changed(
        facts,
        budget=changed(
            budget,
            heard=(*budget.heard, *went),
            ahead=tuple(one for one in budget.ahead if one > at),
        ),
    )


def _waiting(
    business: Business, now: datetime, automations: list[Automation] | None
) -> Iterator[_Asked]:
    waiting = business.messages.filter(
        status=Message.Status.QUEUED, send_at__lt=now + timedelta(days=DAYS)
    )
    if automations is not None:
        waiting = waiting.filter(automation__in=[one.pk for one in automations])
    messages = list(
        waiting.select_related("guest", "automation", "campaign").order_by(
            "send_at", "pk"
        )[:MOST]
    )
    facts = load_facts(messages)
    for message in messages:
        if message.pk in facts:
            yield _Asked(
                at=message.send_at,
                rank=rank_of(message),
                facts=facts[message.pk],
                guest=message.guest,
                automation=message.automation,
                message=message,
            )


def _expected(
    automation: Automation, *, today: date, now: datetime
) -> Iterator[_Asked]:
    if automation.trigger in _SUDDEN:
        return
    try:
        found = list(islice(_planned(automation, today=today, now=now), MOST))
    except NobodyIsMeant:
        return
    facts = facts_about(
        automation.business,
        {guest.pk: guest for guest, _visit, _schedule in found}.values(),
        kind=automation.template.purpose,
        channel=_first_channel(automation),
        rank=automation.rank,
    )
    announced = announced_purposes(automation.business)
    for guest, visit, schedule in found:
        theirs = changed(
            facts[guest.pk],
            zone=str(schedule.columns["schedule_zone"]),
            expires_at=schedule.expires_at,
            is_left_out=is_left_out(
                automation.uuid, guest.uuid, automation.control_percent
            ),
        )
        if visit and visit.spend:
            theirs = once_paid(theirs, announced)
        yield _Asked(
            at=schedule.send_at,
            rank=automation.rank,
            facts=theirs,
            guest=guest,
            automation=automation,
        )


def _first_channel(automation: Automation) -> str:
    return automation.channels[0] if automation.channels else Channel.EMAIL


_Planned = tuple[Guest, Visit | None, Schedule]


def _planned(
    automation: Automation, *, today: date, now: datetime
) -> Iterator[_Planned]:
    """Yield what is not written down yet and falls into these days."""
    horizon = now + timedelta(days=DAYS)
    found = (
        _after_visits(automation, today=today, now=now)
        if automation.trigger in _AT_THE_END
        else _on_their_days(automation, today=today)
    )
    for guest, visit, schedule in found:
        if schedule.expires_at > now and schedule.send_at < horizon:
            yield guest, visit, schedule


def _after_visits(
    automation: Automation, *, today: date, now: datetime
) -> Iterator[_Planned]:
    visits = _ending_soon(automation, today)
    people = people_of(automation, today=today)
    if people is not None:
        guest_ids = [visit.guest_id for visit in visits]
        inside = set(people.filter(pk__in=guest_ids).values_list("pk", flat=True))
        visits = [visit for visit in visits if visit.guest_id in inside]
    for visit in visits:
        yield visit.guest, visit, expected_schedule(automation, visit, now=now)


def _on_their_days(automation: Automation, *, today: date) -> Iterator[_Planned]:
    window = Window(
        today - timedelta(days=automation.delay_days), today + timedelta(days=DAYS)
    )
    found = list(islice(candidates(automation, window), MOST))
    known = _written_down(automation, found)
    for candidate in found:
        schedule = schedule_of(automation, candidate)
        is_new = (
            automation.activated_at is None
            or schedule.counts_from >= automation.activated_at
        )
        if is_new and occasion_of(automation, candidate) not in known:
            yield candidate.guest, candidate.visit, schedule


def _written_down(automation: Automation, found: list[Candidate]) -> set[str]:
    written = automation.business.messages.filter(
        occasion__in=[occasion_of(automation, one) for one in found]
    )
    return set(written.values_list("occasion", flat=True))


def expected_schedule(
    automation: Automation, visit: Visit, *, now: datetime
) -> Schedule:
    """Return when a message would go, and expire, if ``visit`` ends as booked."""
    leaves_at = datetime.combine(visit.departure_date, now.timetz())
    ending = Visit(
        venue=visit.venue,
        departure_date=visit.departure_date,
        completed_at=max(leaves_at, now),
    )
    return schedule_for(automation, ending)


def _ending_soon(automation: Automation, today: date) -> list[Visit]:
    visits = automation.business.visits.filter(
        state__in=(Visit.State.BOOKED, Visit.State.IN_HOUSE),
        departure_date__range=(today, today + timedelta(days=DAYS)),
    )
    if automation.visit_kinds:
        visits = visits.filter(kind__in=automation.visit_kinds)
    venue_ids = [venue.pk for venue in automation.venues.all()]
    return list(
        _of_that_number(automation, visits.at_venues_of(venue_ids))
        .select_related("guest", "venue")
        .order_by("departure_date", "pk")[:MOST]
    )


def _of_that_number(
    automation: Automation, visits: "QuerySet[Visit]"
) -> "QuerySet[Visit]":
    """Return the visits that will be the first, or the one of the number."""
    if automation.trigger == Trigger.COMPLETED:
        return visits
    number = 1 if automation.trigger == Trigger.FIRST_VISIT else automation.number or 1
    done = Count("guest__visits", filter=Q(guest__visits__state=Visit.State.COMPLETED))
    return visits.annotate(done=done, before=Value(number - 1)).filter(done=F("before"))
