"""Note what came of a try. The truth is welcome late, but never overwrites a newer try."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from loyalty.models import Membership
from outreach.models import Attempt, Message
from outreach.outcomes import Outcome
from outreach.sending.claiming import no_lease
from surveys.invitations import mark_sent

Status = Message.Status
Kind = Attempt.Outcome

_FIRST_PAUSE = 60
_LONGEST_PAUSE = 1800


@transaction.atomic
def note_result(attempt: Attempt, outcome: Outcome, *, now: datetime) -> None:
    """Write the outcome on the try and, where this try still counts, on the message."""
    Attempt.objects.filter(
        pk=attempt.pk, outcome__in=(Kind.STARTED, Kind.UNKNOWN)
    ).update(outcome=outcome.kind, detail=outcome.detail, finished_at=Now())
    if outcome.kind == Kind.ACCEPTED:
        _accept(attempt, outcome, now=now)
    elif outcome.kind == Kind.REJECTED:
        _close(attempt, reason=Message.Trouble.REFUSED)
    elif outcome.kind == Kind.UNKNOWN:
        _rows(attempt).update(status=Status.UNKNOWN, unknown_since=Now(), **no_lease())
    elif _has_tried_enough(attempt):
        _close(attempt, reason=Message.Trouble.TOO_MANY_TRIES)
    else:
        _postpone(attempt, outcome)


def _rows(attempt: Attempt, *also: Q) -> QuerySet[Message]:
    """Return the message as long as this try is its newest and still open."""
    still_ours = Q(status=Status.SENDING, lease_token=attempt.lease_token)
    given_up = Q(status=Status.UNKNOWN, attempt_count=attempt.number)
    is_open = still_ours | given_up
    for condition in also:
        is_open |= condition
    return Message.objects.filter(is_open, pk=attempt.message_id)


def _accept(attempt: Attempt, outcome: Outcome, *, now: datetime) -> None:
    # A yes also settles what was given up on, or was about to be sent once more.
    settled = _rows(
        attempt,
        Q(status=Status.UNCONFIRMED, attempt_count=attempt.number),
        Q(status=Status.QUEUED, may_be_double=True, attempt_count=attempt.number),
    ).update(
        status=Status.ACCEPTED,
        reason="",
        accepted_at=now,
        provider_message_id=outcome.provider_id,
        **no_lease(),
    )
    if settled:
        _tell_survey(attempt.message, now=now)


def _tell_survey(message: Message, *, now: datetime) -> None:
    if message.survey_invitation is None:
        return
    membership = (
        Membership.objects.filter(guest=message.guest_id).select_related("tier").first()
    )
    tier = membership.tier.name if membership and membership.tier else ""
    mark_sent(message.survey_invitation, tier=tier[:40], now=now)


def _close(attempt: Attempt, *, reason: str) -> None:
    _rows(attempt).update(status=Status.FAILED, reason=reason, **no_lease())


def _has_tried_enough(attempt: Attempt) -> bool:
    """Return whether the server asked us often enough to come back later.

    Only its answers count: while it cannot be reached at all, messages wait until they
    expire.
    """
    asked = Attempt.objects.filter(message=attempt.message_id, outcome=Kind.THROTTLED)
    return asked.count() >= settings.SEND_ATTEMPTS


def _postpone(attempt: Attempt, outcome: Outcome) -> None:
    pause = min(_FIRST_PAUSE * 2 ** min(attempt.number - 1, 10), _LONGEST_PAUSE)
    wait = timedelta(seconds=max(pause, outcome.retry_after or 0))
    _rows(attempt).update(
        status=Status.QUEUED, reason=outcome.kind, send_at=Now() + wait, **no_lease()
    )
