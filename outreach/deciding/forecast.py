"""What the next days will bring, by the same decision that the sender takes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date, datetime

from crm.core.clock import local_date
from crm.tenancy.models import Business
from customers.models import Guest
from outreach.automations.audience import NobodyIsMeant, people_of
from outreach.deciding.coming import DAYS as DAYS
from outreach.deciding.coming import coming
from outreach.deciding.decision import Block, Hold, Verdict, decide
from outreach.deciding.facts import facts_about, load_facts
from outreach.deciding.hours import ALWAYS
from outreach.deciding.sales import announced_purposes, once_paid
from outreach.effect.assigning import is_left_out
from outreach.models import Automation, Message


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
    result = Forecast()
    for line in coming(business, today=today, now=now, automations=automations):
        result.add(line.verdict)
    return result


def verdicts_of(messages: list[Message], *, now: datetime) -> dict[int, Verdict]:
    """Return what will be decided about each message when its time comes, by id."""
    facts = load_facts(messages)
    return {
        message.pk: decide(facts[message.pk], max(message.send_at, now))
        for message in messages
    }


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
    chosen = list(automations.select_related("template", "segment").order_by("pk"))
    announced = announced_purposes(guest.business)
    return [
        Prospect(one, Outlook(_verdict_once_paid(guest, one, announced, now=now)))
        for one in chosen
    ]


def _verdict_once_paid(
    guest: Guest, automation: Automation, announced: set[str], *, now: datetime
) -> Verdict:
    [facts] = facts_about(
        guest.business,
        [guest],
        kind=automation.template.purpose,
        rank=automation.rank,
    ).values()
    theirs = changed(
        facts,
        hours=ALWAYS,
        is_in_segment=_is_meant(guest, automation, now=now),
        is_left_out=_is_left_out(guest, automation),
    )
    return decide(once_paid(theirs, announced), now)


def _is_meant(guest: Guest, automation: Automation, *, now: datetime) -> bool | None:
    today = local_date(now, guest.business.time_zone)
    try:
        people = people_of(automation, today=today)
    except NobodyIsMeant:
        return False
    return None if people is None else people.filter(pk=guest.pk).exists()


def _is_left_out(guest: Guest, automation: Automation) -> bool:
    """Return what the lot said when it was drawn, or will say."""
    drawn = automation.exposures.filter(guest=guest).first()
    if drawn:
        return drawn.is_control
    return is_left_out(automation.uuid, guest.uuid, automation.control_percent)
