"""Give waiting messages their instant anew: the clocks changed, or the hours did.

A message keeps its rule, a time on a wall, beside its instant. Where the wall itself
moves, because a venue's zone was put right or a country changed its clocks, the rule
stands and the instant follows. What was tried already keeps the hour of its next try.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, DateTimeField, F, QuerySet, Value, When
from django.db.models.functions import Greatest, Now

from crm.core.clock import resolve_local
from crm.tenancy.models import Business, Venue
from outreach.deciding.hours import Closed
from outreach.models import Message

_HELD = tuple(Closed)
_RULE = ("schedule_zone", "local_date", "local_time")


def follow_venue(venue: Venue) -> int:
    """Move what waits about visits to ``venue`` to its present zone."""
    return _move(Message.objects.filter(visit__venue=venue), venue.time_zone)


def follow_house(business: Business) -> int:
    """Move what waits about no visit to the present zone of the house."""
    return _move(business.messages.filter(visit=None), business.time_zone)


@transaction.atomic
def _move(messages: QuerySet[Message], zone: str) -> int:
    elsewhere = messages.filter(status=Message.Status.QUEUED).exclude(
        schedule_zone=zone
    )
    # Locked first, so that each is either moved as a whole or on its way already.
    ids = list(elsewhere.select_for_update(of=("self",)).values_list("pk", flat=True))
    waiting = Message.objects.filter(pk__in=ids)
    for rule in _ruled(waiting).values(*_RULE).distinct():
        instant = _instant(rule | {"schedule_zone": zone})
        _set_instant(_ruled(waiting).filter(**rule), instant, instant - _instant(rule))
    _ask_anew(waiting.filter(local_time=None))
    return waiting.update(schedule_zone=zone, updated_at=Now())


def reschedule() -> int:
    """Put right what waits for an hour that is at another instant than was known.

    Finds nothing, unless the time zone database has changed.
    """
    moved = 0
    coming = _ruled(
        Message.objects.filter(
            status=Message.Status.QUEUED, reason="", send_at__gt=Now()
        )
    )
    for rule in coming.values(*_RULE, "send_at").distinct():
        instant = _instant(rule)
        if instant != rule["send_at"]:
            later = instant - rule["send_at"]
            moved += _set_instant(coming.filter(**rule), instant, later)
    return moved


def ask_anew(business: Business, *, channel: str, purpose: str) -> int:
    """Ask again about what waits for its hour, because the house's hours changed."""
    return _ask_anew(
        business.messages.filter(
            status=Message.Status.QUEUED, channel=channel, kind=purpose
        )
    )


def _ask_anew(messages: QuerySet[Message]) -> int:
    # Only what was due already is held.
    return messages.filter(reason__in=_HELD).update(
        send_at=Now(), reason="", updated_at=Now()
    )


def _instant(rule: dict[str, Any]) -> datetime:
    return resolve_local(rule["local_date"], rule["local_time"], rule["schedule_zone"])


def _ruled(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.filter(
        attempt_count=0, local_date__isnull=False, local_time__isnull=False
    )


def _set_instant(
    messages: QuerySet[Message], instant: datetime, later: timedelta
) -> int:
    """Let them go at ``instant``, and be too late by as much later."""
    not_before_created = F("created_at") + Value(timedelta(seconds=1))
    return messages.update(
        send_at=instant,
        expires_at=Case(
            When(expires_at=None, then=None),
            default=Greatest(F("expires_at") + Value(later), not_before_created),
            output_field=DateTimeField(),
        ),
        reason="",
        updated_at=Now(),
    )
