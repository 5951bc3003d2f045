"""What the next days will bring, by the same decision that the sender takes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date, datetime, timedelta

from crm.tenancy.models import Business
from customers.models import ConsentWording, Guest, Visit
from outreach.automations.schedules import schedule_for
from outreach.deciding.decision import (
    Block,
    Hold,
    MessageFacts,
    Permission,
    Verdict,
    decide,
)
from outreach.deciding.facts import facts_about, load_facts
from outreach.deciding.hours import ALWAYS
from outreach.models import Automation, Message

DAYS = 14
# A forecast is a glance; a house with more to come than this sees the first of it.
_MOST = 2000


@dataclass(slots=True)
class Forecast:
    """How many messages will go, wait and not go, and why."""

    go: int = 0
    wait: Counter[str] = field(default_factory=Counter)
    wont: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict) -> None:
        if isinstance(verdict, Block):
            self.wont[verdict.reason] += 1
        elif isinstance(verdict, Hold):
            self.wait[verdict.reason] += 1
        else:
            self.go += 1

    @property
    def is_empty(self) -> bool:
        return not (self.go or self.wait or self.wont)


def forecast(
    business: Business,
    *,
    today: date,
    now: datetime,
    automations: Iterable[Automation] | None = None,
) -> Forecast:
    """Return what is to come in the next 14 days, as things stand.

    Counts what waits already and what the visits that end in these days will set off,
    as if every one of them were completed. With ``automations`` only theirs.
    """
    chosen = list(
        business.automations.filter(is_active=True)
        if automations is None
        else automations
    )
    result = Forecast()
    waiting = business.messages.filter(
        status=Message.Status.QUEUED, send_at__lt=now + timedelta(days=DAYS)
    ).order_by("send_at", "pk")
    if automations is not None:
        waiting = waiting.filter(automation__in=[one.pk for one in chosen])
    for verdict in verdicts_of(list(waiting[:_MOST]), now=now).values():
        result.add(verdict)
    for automation in chosen:
        for verdict in _expected(automation, today=today, now=now):
            result.add(verdict)
    return result


def verdicts_of(messages: list[Message], *, now: datetime) -> dict[int, Verdict]:
    """Return what will be decided about each message when its time comes, by id."""
    facts = load_facts(messages)
    return {
        message.pk: decide(facts[message.pk], max(message.send_at, now))
        for message in messages
    }


def _expected(
    automation: Automation, *, today: date, now: datetime
) -> Iterable[Verdict]:
    visits = _ending_soon(automation, today)
    facts = facts_about(
        automation.business,
        {visit.guest_id: visit.guest for visit in visits}.values(),
        kind=automation.template.purpose,
    )
    horizon = now + timedelta(days=DAYS)
    announced = _announced_purposes(automation.business)
    for visit in visits:
        send_at, expires_at = expected_times(automation, visit, now=now)
        if send_at >= horizon:
            continue
        theirs = changed(
            facts[visit.guest_id], zone=visit.venue.time_zone, expires_at=expires_at
        )
        if visit.spend:
            theirs = _once_paid(theirs, announced)
        yield decide(theirs, max(send_at, now))


def _announced_purposes(business: Business) -> set[str]:
    """Return what guests are told at the sale, which a paid visit then allows."""
    notices = business.consent_wordings.filter(
        basis=ConsentWording.Basis.SOFT_OPT_IN, is_current=True
    )
    return set(notices.values_list("purpose", flat=True))


def _once_paid(facts: MessageFacts, announced: set[str]) -> MessageFacts:
    """Return the facts as a paid visit will leave them for a guest never asked.

    A sale that fell is made good by the next one.
    """
    said = facts.permission
    is_open = said is None or (said.is_granted and not said.has_sale)
    if is_open and facts.kind in announced:
        return changed(facts, permission=Permission(is_granted=True))
    return facts


def expected_times(
    automation: Automation, visit: Visit, *, now: datetime
) -> tuple[datetime, datetime]:
    """Return when a message would go, and expire, if ``visit`` ends as booked."""
    leaves_at = datetime.combine(visit.departure_date, now.timetz())
    ending = Visit(
        venue=visit.venue,
        departure_date=visit.departure_date,
        completed_at=max(leaves_at, now),
    )
    schedule = schedule_for(automation, ending)
    return schedule.send_at, schedule.expires_at


def _ending_soon(automation: Automation, today: date) -> list[Visit]:
    visits = automation.business.visits.filter(
        state__in=(Visit.State.BOOKED, Visit.State.IN_HOUSE),
        departure_date__range=(today, today + timedelta(days=DAYS)),
    )
    if automation.visit_kinds:
        visits = visits.filter(kind__in=automation.visit_kinds)
    venue_ids = [venue.pk for venue in automation.venues.all()]
    return list(
        visits.at_venues_of(venue_ids)
        .select_related("guest", "venue")
        .order_by("departure_date", "pk")[:_MOST]
    )


@dataclass(frozen=True, slots=True)
class Outlook:
    """A verdict as a page shows it."""

    verdict: Verdict

    @property
    def will_go(self) -> bool:
        return not isinstance(self.verdict, Block)

    @property
    def reason(self) -> str:
        if isinstance(self.verdict, Block | Hold):
            return str(self.verdict.reason.label)
        return ""


@dataclass(frozen=True, slots=True)
class Prospect:
    """One automation and what it would do for one guest."""

    automation: Automation
    outlook: Outlook


def prospects_of(guest: Guest, *, now: datetime) -> list[Prospect]:
    """Return what each switched-on automation would do after the next paid visit.

    The hour of the day does not count here: a visit ends when it ends.
    """
    automations = guest.business.automations.filter(is_active=True)
    chosen = list(automations.select_related("template").order_by("pk"))
    announced = _announced_purposes(guest.business)
    verdicts = {
        kind: _verdict_once_paid(guest, kind, announced, now=now)
        for kind in sorted({automation.template.purpose for automation in chosen})
    }
    return [Prospect(one, Outlook(verdicts[one.template.purpose])) for one in chosen]


def _verdict_once_paid(
    guest: Guest, kind: str, announced: set[str], *, now: datetime
) -> Verdict:
    facts = facts_about(guest.business, [guest], kind=kind)[guest.pk]
    always_open = changed(facts, hours=ALWAYS)
    return decide(_once_paid(always_open, announced), now)
