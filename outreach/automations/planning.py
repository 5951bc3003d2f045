"""Turn a completed visit into messages, once, in the visit's own transaction.

Everything here can be repeated: the same visit and automation give the same occasion,
and the database takes an occasion once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from crm.core.clock import day_bounds, local_date, resolve_local
from customers.models import Channel, Guest, ImportChange, Visit, known
from outreach.deciding.decision import Reason
from outreach.deciding.facts import primary_emails
from outreach.models import Automation, Message
from outreach.sending.doorbell import ring
from surveys.invitations import SurveyNotPublished, invite
from surveys.models import Invitation

Status = Message.Status

# How far back the sweeper looks for visits whose messages a crash left out.
SWEEP_BACK = timedelta(days=3)
# How long after the message the survey can still be answered.
SURVEY_OPEN_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a message goes: the instant, and the rule it came from."""

    send_at: datetime
    expires_at: datetime
    columns: dict[str, object]


def schedule_for(automation: Automation, visit: Visit) -> Schedule:
    """Return when ``automation`` writes about the completed ``visit``.

    Days count from the departure, or from the day the guest really left when that was
    earlier. Without a time of day the message goes as soon as the visit is completed.
    It expires ``expires_after_hours`` later; a visit entered long afterwards has
    expired before it begins.
    """
    completed_at = visit.completed_at
    if completed_at is None:
        raise ValueError("Only a completed visit has a schedule.")
    zone = visit.venue.time_zone
    left_on = min(visit.departure_date, local_date(completed_at, zone))
    day = left_on + timedelta(days=automation.delay_days)
    patience = timedelta(hours=automation.expires_after_hours)
    if automation.local_time is None:
        send_at = completed_at
        latest_start = day_bounds(day, zone)[1]
    else:
        send_at = latest_start = resolve_local(day, automation.local_time, zone)
    return Schedule(
        send_at,
        min(send_at, latest_start) + patience,
        {
            "local_date": day,
            "local_time": automation.local_time,
            "schedule_zone": zone,
        },
    )


@transaction.atomic
def plan_visit(visit: Visit, *, now: datetime) -> int:
    """Write the messages that ``visit`` calls for; return how many wait now.

    Call it in the transaction that completed the visit.
    """
    planned = 0
    if visit.guest.is_erased or visit.came_completed:
        return planned
    for automation in automations_for(visit):
        schedule = schedule_for(automation, visit)
        if schedule.expires_at > now:
            planned += _plan(automation, visit, schedule, now=now)
        else:
            _let_expire(automation, visit)
    if planned:
        ring()
    return planned


def automations_for(visit: Visit) -> list[Automation]:
    """Return the switched-on automations that a completed visit sets off."""
    matching = (
        visit.business.automations.filter(
            is_active=True, activated_at__lte=visit.completed_at
        )
        .filter(Q(visit_kinds=[]) | Q(visit_kinds__contains=[visit.kind]))
        .filter(Q(survey=None) | Q(survey__is_active=True))
    )
    has_venues = Automation.venues.through.objects.filter(automation=OuterRef("pk"))
    return list(
        matching.filter(
            ~Exists(has_venues) | Exists(has_venues.filter(venue=visit.venue_id))
        )
        .select_related("survey", "template")
        .order_by("pk")
    )


def occasion_of(automation: Automation, visit: Visit) -> str:
    return f"automation:{automation.uuid}:visit:{visit.uuid}"


def _plan(
    automation: Automation, visit: Visit, schedule: Schedule, *, now: datetime
) -> int:
    guest = visit.guest
    language = guest.language or visit.business.language
    invitation = _invitation(automation, visit, language, schedule, now=now)
    if automation.survey and invitation is None:
        return 0
    point = primary_emails([guest.pk]).get(guest.pk)
    message = Message(
        business=visit.business,
        occasion=occasion_of(automation, visit),
        channel=Channel.EMAIL,
        kind=automation.template.purpose,
        guest=guest,
        visit=visit,
        automation=automation,
        survey_invitation=invitation,
        to_address=point.raw if point else "",
        to_hash=point.fingerprint if point else None,
        language=language,
        send_at=schedule.send_at,
        expires_at=schedule.expires_at,
        created_at=now,
        updated_at=now,
        **schedule.columns,
    )
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return _renew(automation, visit, schedule)


def _invitation(
    automation: Automation,
    visit: Visit,
    language: str,
    schedule: Schedule,
    *,
    now: datetime,
) -> Invitation | None:
    if automation.survey is None:
        return None
    try:
        return invite(
            automation.survey,
            visit,
            language=language,
            now=now,
            expires_at=schedule.send_at + SURVEY_OPEN_FOR,
        )
    except SurveyNotPublished:
        return None


def _never_tried(automation: Automation, visit: Visit) -> QuerySet[Message]:
    return Message.objects.filter(
        business=visit.business,
        occasion=occasion_of(automation, visit),
        attempt_count=0,
    )


def _let_expire(automation: Automation, visit: Visit) -> None:
    """Close what waits for a visit that was moved so far back that it is too late."""
    _never_tried(automation, visit).filter(status=Status.QUEUED).update(
        status=Status.EXPIRED, reason=Reason.EXPIRED, updated_at=Now()
    )


def _renew(automation: Automation, visit: Visit, schedule: Schedule) -> int:
    """Put a row that was never tried on the schedule, also one that was called off."""
    may_wait = Q(status=Status.QUEUED) | Q(
        status=Status.CANCELLED, reason=Reason.VISIT_NOT_COMPLETED
    )
    return (
        _never_tried(automation, visit)
        .filter(may_wait)
        .update(
            status=Status.QUEUED,
            reason="",
            send_at=schedule.send_at,
            expires_at=schedule.expires_at,
            updated_at=Now(),
            **schedule.columns,
        )
    )


def call_off_visit(visit: Visit) -> int:
    """Call off what waits for a visit that is no longer completed."""
    return Message.objects.filter(visit=visit, status=Status.QUEUED).update(
        status=Status.CANCELLED,
        reason=Reason.VISIT_NOT_COMPLETED,
        updated_at=Now(),
    )


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
    for automation in Automation.objects.filter(is_active=True).order_by("pk"):
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
    visits = automation.business.visits.completed().filter(
        completed_at__gte=since, departure_date__gte=(since - patience).date()
    )
    if automation.visit_kinds:
        visits = visits.filter(kind__in=automation.visit_kinds)
    venue_ids = list(automation.venues.values_list("pk", flat=True))
    return list(
        visits.at_venues_of(venue_ids)
        .filter(known("guest"), ~Exists(has_message), ~_came_completed())
        .select_related("business", "guest", "venue")
        .order_by("completed_at", "pk")[:500]
    )


def _came_completed() -> Q:
    """Return whether an import brought the visit, or the word that it was completed."""
    by_change = ImportChange.objects.filter(
        visit=OuterRef("pk"), after__state=Visit.State.COMPLETED
    )
    return Exists(by_change) | Q(
        came_by__isnull=False, completed_at__lte=F("created_at")
    )
