"""Turn facts into messages: a visit's in its own transaction, the year's by a tick.

Everything here can be repeated: the same fact and automation give the same occasion,
and the database takes an occasion once.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from crm.core.clock import local_date
from crm.tenancy.models import Business
from customers.models import Guest, Visit
from outreach.automations.audience import NobodyIsMeant, people_of
from outreach.automations.candidates import candidates
from outreach.automations.schedules import Schedule, schedule_of
from outreach.automations.triggers import (
    STATE_OF,
    Candidate,
    Window,
    came_completed,
    visit_candidate,
    visits_of,
)
from outreach.automations.writing_down import Planned, occasion_of, queue, queue_new
from outreach.deciding.decision import Reason
from outreach.models import Automation, Message
from outreach.sending.doorbell import ring

Status = Message.Status
Trigger = Automation.Trigger
State = Visit.State

# How far back the sweeper looks for visits whose messages a crash left out.
SWEEP_BACK = timedelta(days=3)
# How far ahead bookings are looked through again, for who came into a segment since.
AHEAD = timedelta(days=30)
# How many are written down at a time.
BATCH = 2000
# Set off by a visit that is not over.
_UNFINISHED = [one for one, state in STATE_OF.items() if state != State.COMPLETED]
_FINISHED = [one for one, state in STATE_OF.items() if state == State.COMPLETED]
# What is called off because the visit became another may wait again.
_CALLED_OFF = (Reason.VISIT_NOT_COMPLETED, Reason.VISIT_CHANGED)


@transaction.atomic
def plan_visit(visit: Visit, *, now: datetime) -> int:
    """Write the messages that ``visit`` calls for; return how many wait now.

    Call it in the transaction that changed the visit.
    """
    planned = 0
    for automation in automations_for(visit):
        candidate = visit_candidate(automation, visit)
        if candidate and _is_for(automation, candidate, visit, now=now):
            planned += _plan(automation, candidate, now=now)
    if planned:
        ring()
    return planned


def automations_for(visit: Visit) -> list[Automation]:
    """Return the switched-on automations that a visit sets off as it is now."""
    triggers = [trigger for trigger, state in STATE_OF.items() if state == visit.state]
    matching = (
        visit.business.automations.filter(is_active=True, trigger__in=triggers)
        .filter(Q(visit_kinds=[]) | Q(visit_kinds__contains=[visit.kind]))
        .filter(Q(survey=None) | Q(survey__is_active=True))
    )
    has_venues = Automation.venues.through.objects.filter(automation=OuterRef("pk"))
    return list(
        matching.filter(
            ~Exists(has_venues) | Exists(has_venues.filter(venue=visit.venue_id))
        )
        .select_related("business", "survey", "template", "segment")
        .order_by("pk")
    )


def _is_for(
    automation: Automation, candidate: Candidate, visit: Visit, *, now: datetime
) -> bool:
    """Return whether the guest, and the number of the visit, are those it is for."""
    if candidate.guest.is_erased:
        return False
    counted = {Trigger.FIRST_VISIT, Trigger.NTH_VISIT}
    is_counted = automation.trigger in counted
    if is_counted and not visits_of(automation).filter(pk=visit.pk).exists():
        return False
    try:
        people = people_of(automation, today=candidate.day)
    except NobodyIsMeant:
        return False
    return people is None or people.filter(pk=candidate.guest.pk).exists()


def _plan(automation: Automation, candidate: Candidate, *, now: datetime) -> int:
    schedule = schedule_of(automation, candidate)
    if schedule.counts_from < (automation.activated_at or now):
        return 0
    if schedule.expires_at <= now:
        _let_expire(automation, candidate)
        return 0
    if not queue(automation, [(candidate, schedule)], now=now):
        return 0
    return _renew(automation, candidate, schedule)


def _never_tried(automation: Automation, candidate: Candidate) -> QuerySet[Message]:
    return Message.objects.filter(
        business=automation.business,
        occasion=occasion_of(automation, candidate),
        attempt_count=0,
    )


def _let_expire(automation: Automation, candidate: Candidate) -> None:
    """Close what waits for a visit that was moved so far back that it is too late."""
    _never_tried(automation, candidate).filter(status=Status.QUEUED).update(
        status=Status.EXPIRED, reason=Reason.EXPIRED, updated_at=Now()
    )


def _renew(automation: Automation, candidate: Candidate, schedule: Schedule) -> int:
    """Put a row that was never tried on the schedule, also one that was called off."""
    may_wait = Q(status=Status.QUEUED) | Q(
        status=Status.CANCELLED, reason__in=_CALLED_OFF
    )
    return (
        _never_tried(automation, candidate)
        .filter(may_wait)
        .update(
            status=Status.QUEUED,
            reason="",
            guest=candidate.guest,
            send_at=schedule.send_at,
            expires_at=schedule.expires_at,
            updated_at=Now(),
            **schedule.columns,
        )
    )


def call_off_visit(visit: Visit) -> int:
    """Call off what waits for the visit to be what it no longer is."""
    fits = {trigger for trigger, state in STATE_OF.items() if state == visit.state}
    if visit.is_in_house or visit.is_completed:
        fits |= {Trigger.BOOKED, Trigger.ARRIVED}
    misfits = [trigger for trigger in _UNFINISHED if trigger not in fits]
    theirs = Message.objects.filter(visit=visit, status=Status.QUEUED)
    called_off = theirs.filter(automation__trigger__in=misfits).update(
        status=Status.CANCELLED, reason=Reason.VISIT_CHANGED, updated_at=Now()
    )
    if not visit.is_completed:
        others = theirs.exclude(automation__trigger__in=_UNFINISHED)
        called_off += others.update(
            status=Status.CANCELLED, reason=Reason.VISIT_NOT_COMPLETED, updated_at=Now()
        )
    return called_off


def call_off_guest(guest: Guest) -> int:
    """Call off what waits for a guest who is forgotten, and blank what was written."""
    theirs = Message.objects.filter(guest=guest)
    cancelled = theirs.filter(status=Status.QUEUED).update(
        status=Status.CANCELLED, reason=Reason.ERASED, updated_at=Now()
    )
    theirs.update(to_address="", subject="", body_text="", body_html="")
    return cancelled


def plan_missing(*, now: datetime) -> int:
    """Plan what completed visits of the last days call for and nobody wrote down.

    Finds nothing when all is well: planning happens with the visit itself.
    """
    planned = 0
    automations = Automation.objects.filter(is_active=True, trigger__in=_FINISHED)
    for automation in automations.select_related("business", "segment").order_by("pk"):
        since = max(now - SWEEP_BACK, automation.activated_at or now)
        for visit in _unplanned(automation, since):
            planned += plan_visit(visit, now=now)
    return planned


def _unplanned(automation: Automation, since: datetime) -> list[Visit]:
    has_message = Message.objects.filter(automation=automation, visit=OuterRef("pk"))
    # Visits entered long after they ended have expired and stay without a message.
    patience = timedelta(
        days=automation.delay_days + 2, hours=automation.expires_after_hours
    )
    visits = visits_of(automation).filter(
        ~Exists(has_message),
        ~came_completed(),
        completed_at__gte=since,
        departure_date__gte=(since - patience).date(),
    )
    try:
        people = people_of(automation, today=since.date())
    except NobodyIsMeant:
        return []
    if people is not None:
        visits = visits.filter(guest__in=people.values("pk"))
    return list(
        visits.select_related("business", "guest", "booker", "venue").order_by(
            "completed_at", "pk"
        )[:500]
    )


def plan_due(*, now: datetime, business: Business | None = None) -> int:
    """Plan what the day brings and nobody wrote down, once a day for each automation;
    return how many are new.

    Any number may do it at once. What happened before an automation was switched on
    sets nothing off.
    """
    automations = Automation.objects.filter(is_active=True)
    if business:
        automations = automations.filter(business=business)
    planned = 0
    for automation in automations.select_related(
        "business", "survey", "template", "segment"
    ).order_by("pk"):
        today = local_date(now, automation.business.time_zone)
        if automation.planned_on is None or automation.planned_on < today:
            planned += _plan_until(automation, today, now=now)
    if planned:
        ring()
    return planned


def _plan_until(automation: Automation, today: date, *, now: datetime) -> int:
    planned_on = automation.planned_on
    planned = 0
    batch: list[Planned] = []
    try:
        for candidate in candidates(automation, _window(automation, today, now=now)):
            schedule = schedule_of(automation, candidate)
            if _is_new(automation, schedule, now=now):
                batch.append((candidate, schedule))
            if len(batch) == BATCH:
                planned += queue_new(automation, batch, now=now)
                batch = []
        planned += queue_new(automation, batch, now=now)
    except NobodyIsMeant:
        # Asked again once somebody has put the rules right.
        return 0
    # Not if it was changed meanwhile, and has to be gone through again.
    Automation.objects.filter(
        pk=automation.pk,
        planned_on=planned_on,
        activated_at=automation.activated_at,
    ).update(planned_on=today)
    return planned


def _window(automation: Automation, today: date, *, now: datetime) -> Window:
    """Return the days to look at: those since the last time, and those to come where a
    day to come is known already."""
    since = local_date(automation.activated_at or now, automation.business.time_zone)
    patience = timedelta(hours=automation.expires_after_hours, days=2)
    if automation.trigger in STATE_OF:
        first = max(since - timedelta(days=60), today - patience)
    else:
        after = automation.planned_on or since - timedelta(days=1)
        late = patience + timedelta(days=automation.delay_days)
        first = max(after + timedelta(days=1), today - late)
    is_ahead = automation.trigger == Trigger.BEFORE_ARRIVAL
    return Window(first, today + AHEAD if is_ahead else today)


def _is_new(automation: Automation, schedule: Schedule, *, now: datetime) -> bool:
    since = automation.activated_at or now
    return schedule.counts_from >= since and schedule.expires_at > now
