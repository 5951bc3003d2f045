"""What an automation would have sent in a period that is over, and what would have come
of it by today's facts.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.core.clock import local_date
from crm.tenancy.models import Business
from outreach.automations.candidates import candidates
from outreach.automations.schedules import schedule_of
from outreach.automations.triggers import Candidate, Window
from outreach.automations.writing_down import Planned, choose_channels
from outreach.deciding.decision import MessageFacts, decide
from outreach.deciding.facts import facts_about
from outreach.deciding.forecast import Outlook
from outreach.deciding.hours import ALWAYS
from outreach.effect.assigning import is_left_out
from outreach.models import Automation

# At most this many are shown, and no more are decided about.
MOST = 2000
LONGEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Would:
    """One message that would have been sent, or not."""

    candidate: Candidate
    send_at: datetime
    channel: str
    outlook: Outlook


@dataclass(slots=True)
class Backtest:
    """What would have been, the earliest first. ``has_more`` than is shown."""

    rows: list[Would] = field(default_factory=list)
    has_more: bool = False

    @property
    def goes(self) -> int:
        return sum(row.outlook.will_go for row in self.rows)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        wont = Counter(row.outlook.reason for row in self.rows if row.outlook.reason)
        return wont.most_common()


def backtest(automation: Automation, window: Window, *, now: datetime) -> Backtest:
    """Return what ``automation`` would have sent about the days of ``window``, as the
    guests, their visits and what they allowed stand today.

    Raise NobodyIsMeant where its segment makes no sense any more.
    """
    found = list(islice(candidates(automation, window), MOST + 1))
    planned = [(one, schedule_of(automation, one)) for one in found[:MOST]]
    channels = choose_channels(automation, planned, now=now)
    facts = _facts(automation, planned, channels)
    rows = [
        Would(
            candidate,
            schedule.send_at,
            channels[candidate.guest.pk],
            Outlook(decide(facts[candidate.guest.pk], now)),
        )
        for candidate, schedule in planned
    ]
    rows.sort(key=lambda row: (row.send_at, row.candidate.key))
    return Backtest(rows, has_more=len(found) > MOST)


def _facts(
    automation: Automation, planned: list[Planned], channels: dict[int, str]
) -> dict[int, MessageFacts]:
    facts: dict[int, MessageFacts] = {}
    guests = {candidate.guest.pk: candidate.guest for candidate, _at in planned}
    for channel in sorted(set(channels.values())):
        theirs = [guest for pk, guest in guests.items() if channels[pk] == channel]
        facts |= facts_about(
            automation.business,
            theirs,
            kind=automation.template.purpose,
            channel=channel,
        )
    percent = automation.control_percent
    return {
        pk: replace(
            about,
            # It is over: neither the hour nor what was heard since counts.
            hours=ALWAYS,
            budget=None,
            is_left_out=is_left_out(automation.uuid, guests[pk].uuid, percent),
        )
        for pk, about in facts.items()
    }


def usual_period(business: Business, *, now: datetime) -> dict[str, date]:
    today = local_date(now, business.time_zone)
    return {"first": today - timedelta(days=30), "last": today - timedelta(days=1)}


class PeriodForm(forms.Form):
    """Days that are over, a year at most."""

    first = forms.DateField(
        label=_("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(
        self, *args: Any, business: Business, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._today = local_date(now, business.time_zone)

    @property
    def window(self) -> Window:
        return Window(
            self.cleaned_data["first"], self.cleaned_data["last"], is_past=True
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if not first or not last:
            return cleaned
        if first > last:
            self.add_error("last", _("The end is before the beginning."))
        elif last >= self._today:
            self.add_error("last", _("Choose days that are over."))
        elif last - first > LONGEST:
            self.add_error("first", _("Choose a year at most."))
        return cleaned
