"""When an automation writes about something: the instant, and when it is too late."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from crm.core.clock import day_bounds, local_date, resolve_local
from customers.models import Visit
from outreach.automations.triggers import NAMES_ITS_DAY, Moment
from outreach.models import Automation

# When what is named by a day goes, where no time was chosen.
_MORNING = time(10)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a message goes: the instant, and the rule it came from.

    ``counts_from`` is when what sets it off came about; before the automation was
    switched on, it is old.
    """

    send_at: datetime
    expires_at: datetime
    columns: dict[str, object]
    counts_from: datetime


def schedule_of(automation: Automation, moment: Moment) -> Schedule:
    """Return when ``automation`` writes about what is of ``moment``.

    Days count from the one the trigger names. Without a time of day the message goes
    at once. It expires ``expires_after_hours`` later. What the house knows of only
    after its time, like a late booking, goes as soon as it is calm.
    """
    delay = 0 if automation.trigger in NAMES_ITS_DAY else automation.delay_days
    day = moment.day + timedelta(days=delay)
    zone = moment.zone
    wall_time = automation.local_time
    if moment.happened_at is None:
        wall_time = wall_time or _MORNING
    if wall_time is None:
        planned = moment.happened_at or day_bounds(day, zone)[0]
        latest_start = day_bounds(day, zone)[1]
    else:
        planned = latest_start = resolve_local(day, wall_time, zone)
    start = min(planned, latest_start)
    not_before = [at for at in (moment.known_at, moment.calm_at) if at]
    send_at = max([planned, *not_before])
    if not_before:
        start = max([start, *not_before])
    expires_at = start + timedelta(hours=automation.expires_after_hours)
    is_moved = send_at != planned
    return Schedule(
        send_at,
        min(expires_at, moment.until) if moment.until else expires_at,
        {
            "local_date": local_date(send_at, zone) if is_moved else day,
            "local_time": None if is_moved else wall_time,
            "schedule_zone": zone,
        },
        counts_from=_counts_from(moment, planned),
    )


def _counts_from(moment: Moment, planned: datetime) -> datetime:
    if moment.happened_at:
        return moment.happened_at
    return max(planned, moment.known_at or planned)


def schedule_for(automation: Automation, visit: Visit) -> Schedule:
    """Return when ``automation`` writes about the completed ``visit``.

    Days count from the departure, or from the day the guest really left when that was
    earlier; a visit entered long afterwards has expired before it begins.
    """
    if visit.completed_at is None:
        raise ValueError("Only a completed visit has a schedule.")
    zone = visit.venue.time_zone
    left_on = min(visit.departure_date, local_date(visit.completed_at, zone))
    happened_at = visit.completed_at
    return schedule_of(
        automation, Moment(day=left_on, zone=zone, happened_at=happened_at)
    )
