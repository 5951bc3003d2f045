"""What this app tells in a guest's story: visits, and what they said yes and no to."""

from datetime import datetime, time
from itertools import groupby

from django.db.models import DateTimeField, F, Func, Value
from django.db.models.functions import Coalesce

from customers.models import Agreement, ConsentEvent, Guest, Purpose, Visit
from customers.timeline import TimelineEntry
from customers.visiting.lines import had_in_short

# A yes or no can be given for each purpose on each channel at once.
_MOST_AT_ONCE = len(Purpose) * 2

_TONES = {
    Visit.State.BOOKED: "hollow",
    Visit.State.IN_HOUSE: "leaf",
    Visit.State.CANCELLED: "quiet",
    Visit.State.NO_SHOW: "quiet",
}

_WALL_TIME = Func(
    F("arrival_date"),
    Coalesce(F("arrival_time"), Value(time(12))),
    template="(%(expressions)s)",
    arg_joiner=" + ",
    output_field=DateTimeField(),
)
_ARRIVES_AT = Func(
    _WALL_TIME,
    F("venue__time_zone"),
    template="(%(expressions)s)",
    arg_joiner=" AT TIME ZONE ",
    output_field=DateTimeField(),
)


def visit_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return the guest's visits, placed at their arrival, with what they had. Two queries."""
    visits = guest.visits.select_related("venue", "booker").annotate(
        arrives_at=_ARRIVES_AT
    )
    if before:
        visits = visits.filter(arrives_at__lt=before)
    newest = list(visits.order_by("-arrives_at", "-pk")[:limit])
    had = had_in_short(guest.business, [visit.pk for visit in newest])
    return [
        TimelineEntry(
            at=visit.arrives_at,
            key=f"visit:{visit.pk:020}",
            template="customers/timeline_visit.html",
            subject=visit,
            tone=_TONES.get(Visit.State(visit.state), "fjord"),
            extra={"had": had.get(visit.pk, "")},
        )
        for visit in newest
    ]


def consent_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return what the guest said yes and no to; said at once is one entry. One query."""
    events = guest.consent_events.select_related("noted_by")
    if before:
        events = events.filter(at__lt=before)
    newest = events.order_by("-at", "-is_granted", "-pk")[: limit * _MOST_AT_ONCE]
    together = groupby(newest, key=lambda event: (event.at, event.is_granted))
    return [_said_at_once(list(said)) for _key, said in together][:limit]


def agreement_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return what else the guest agreed to, or no longer does. One query.

    Not that health needs may be remembered: few are to know that there are any.
    """
    rows = guest.agreements.exclude(subject=Agreement.Subject.HEALTH).select_related(
        "noted_by"
    )
    if before:
        rows = rows.filter(at__lt=before)
    return [
        TimelineEntry(
            at=agreement.at,
            key=f"agreement:{agreement.pk:020}",
            template="customers/timeline_agreement.html",
            subject=agreement,
            tone="leaf" if agreement.is_granted else "quiet",
        )
        for agreement in rows.order_by("-at", "-pk")[:limit]
    ]


def _said_at_once(events: list[ConsentEvent]) -> TimelineEntry:
    first = events[0]
    purposes = [p for p in Purpose if p in {event.purpose for event in events}]
    return TimelineEntry(
        at=first.at,
        key=f"consent:{first.pk:020}",
        template="customers/timeline_consent.html",
        subject=first,
        tone="leaf" if first.is_granted else "quiet",
        extra={
            "purposes": [purpose.label for purpose in purposes],
            "channels": sorted({event.get_channel_display() for event in events}),
        },
    )
