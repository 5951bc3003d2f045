"""Plan, pause, resume and cancel campaigns, and leave a trace of who did.

Each change is one statement that names the state it comes from; who comes too late
changes nothing.
"""

from datetime import datetime

from django.db import transaction

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.clock import resolve_local
from outreach.deciding.decision import Reason
from outreach.models import Campaign, Message
from outreach.sending.doorbell import ring

State = Campaign.State


class TooLate(Exception):
    """The campaign is not what the person saw: somebody was faster."""


def sends_at(campaign: Campaign, *, now: datetime) -> datetime:
    """Return when it would begin: at its time by the clock of the house, or now."""
    if campaign.local_date is None or campaign.local_time is None:
        return now
    zone = campaign.business.time_zone
    return resolve_local(campaign.local_date, campaign.local_time, zone)


def plan(campaign: Campaign, *, actor: User, now: datetime) -> None:
    """Let a draft go at its time. Raise TooLate unless it is as ``campaign`` says."""
    _move(
        campaign, (State.DRAFT,), State.SCHEDULED, "scheduled", actor=actor, now=now,
        seen=campaign.updated_at, send_at=sends_at(campaign, now=now), counts={},
    )  # fmt: skip


def take_back(campaign: Campaign, *, actor: User, now: datetime) -> None:
    """Make a planned one a draft again. Raise TooLate when it has begun."""
    _move(campaign, (State.SCHEDULED,), State.DRAFT, "revoked", actor=actor, now=now)


def pause(campaign: Campaign, *, actor: User, now: datetime) -> None:
    """Let what waits wait. What is on its way goes. Raise TooLate when it is over."""
    _move(campaign, (State.SENDING,), State.PAUSED, "paused", actor=actor, now=now)


@transaction.atomic
def resume(campaign: Campaign, *, actor: User, now: datetime) -> None:
    """Let a paused one go on. Raise TooLate when it is not paused."""
    _move(campaign, (State.PAUSED,), State.SENDING, "resumed", actor=actor, now=now)
    campaign.messages.filter(
        status=Message.Status.QUEUED, reason=Reason.PAUSED, send_at__gt=now
    ).update(send_at=now, reason="", updated_at=now)
    ring()


@transaction.atomic
def cancel(campaign: Campaign, *, actor: User, now: datetime) -> None:
    """End it for good. What is on its way goes. Raise TooLate when it is over."""
    _move(
        campaign, (State.DRAFT, State.SCHEDULED, State.SENDING, State.PAUSED),
        State.CANCELLED, "cancelled", actor=actor, now=now, ended_at=now,
    )  # fmt: skip
    campaign.messages.filter(status=Message.Status.QUEUED).update(
        status=Message.Status.CANCELLED, reason=Reason.CALLED_OFF, updated_at=now
    )


@transaction.atomic
def _move(
    campaign: Campaign,
    before: tuple[str, ...],
    after: str,
    action: str,
    *,
    actor: User,
    now: datetime,
    seen: datetime | None = None,
    **values: object,
) -> None:
    rows = Campaign.objects.filter(pk=campaign.pk, state__in=before)
    if seen is not None:
        rows = rows.filter(updated_at=seen)
    if not rows.update(state=after, updated_at=now, **values):
        raise TooLate
    record_event(
        business=campaign.business,
        actor=actor,
        action=action,
        subject=campaign,
        now=now,
    )
