"""Note what came of a try. The truth is welcome late, but never overwrites a newer try."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from loyalty.models import Membership
from outreach.accounts.pausing import pause
from outreach.models import Attempt, Message
from outreach.outcomes import Outcome
from outreach.sending.claiming import no_lease
from outreach.sending.statements import run_prepared
from surveys.invitations import mark_sent

Status = Message.Status
Kind = Attempt.Outcome

# Tries after which the provider may have the message.
DOUBTFUL = (Kind.STARTED, Kind.UNKNOWN)
# What a message may have come to that was to go once more after one of them.
_NOT_GONE_AGAIN = (
    Status.QUEUED, Status.CLAIMED, Status.EXPIRED, Status.SUPPRESSED, Status.CANCELLED,
)  # fmt: skip

_FIRST_PAUSE = 60
_LONGEST_PAUSE = 1800


def note_result(attempt: Attempt, outcome: Outcome, *, now: datetime) -> None:
    """Write the outcome on the try and, where this try still counts, on the message.

    Trouble of the whole account pauses it.
    """
    try:
        is_done = outcome.kind == Kind.ACCEPTED and _accept_at_once(
            attempt, outcome, now=now
        )
        if not is_done:
            _note(attempt, outcome, now=now)
    except IntegrityError:
        # It named two messages alike; what came of this one counts for more.
        _note(attempt, replace(outcome, provider_id=""), now=now)


# What nearly every message comes to, in one go: the newest try, still held by us.
_ACCEPT_AT_ONCE = """
WITH settled AS (
    UPDATE outreach_message
    SET status = 'accepted', reason = '', accepted_at = %(now)s,
        provider_message_id = coalesce(nullif(%(provider_id)s, ''), provider_message_id),
        parts = coalesce(%(parts)s::int, parts), cost = coalesce(%(cost)s::bigint, cost),
        lease_token = NULL, lease_until = NULL, lease_owner = '',
        updated_at = statement_timestamp()
    WHERE id = %(message)s AND status = 'sending' AND lease_token = %(token)s
    RETURNING id
)
UPDATE outreach_attempt AS attempt
SET outcome = 'accepted', detail = %(detail)s, finished_at = statement_timestamp()
FROM settled WHERE attempt.id = %(attempt)s
RETURNING attempt.id
"""


def _accept_at_once(attempt: Attempt, outcome: Outcome, *, now: datetime) -> bool:
    """Return whether the message was accepted; else nothing has changed."""
    values = {
        "attempt": attempt.pk,
        "message": attempt.message_id,
        "token": attempt.lease_token,
        "now": now,
        "detail": outcome.detail,
        "provider_id": outcome.provider_id,
        "parts": outcome.parts,
        "cost": outcome.cost,
    }
    has_survey = attempt.message.survey_invitation_id is not None
    is_alone = not (has_survey or connection.in_atomic_block)
    with nullcontext() if is_alone else transaction.atomic():
        is_accepted = bool(run_prepared(_ACCEPT_AT_ONCE, values))
        if is_accepted:
            _tell_survey(attempt.message, now=now)
    return is_accepted


@transaction.atomic
def _note(attempt: Attempt, outcome: Outcome, *, now: datetime) -> None:
    # First the message, then its tries: in this order everywhere.
    Message.objects.select_for_update(of=("self",)).filter(
        pk=attempt.message_id
    ).first()
    Attempt.objects.filter(pk=attempt.pk, outcome__in=DOUBTFUL).update(
        outcome=outcome.kind, detail=outcome.detail, finished_at=Now()
    )
    if outcome.kind == Kind.ACCEPTED:
        _accept(attempt, outcome, now=now)
    elif outcome.kind == Kind.REJECTED:
        _close(attempt, reason=Message.Trouble.REFUSED)
    elif outcome.kind == Kind.UNKNOWN or _has_earlier_doubt(attempt):
        _rows(attempt).update(status=Status.UNKNOWN, unknown_since=Now(), **no_lease())
    elif _has_tried_enough(attempt):
        _close(attempt, reason=Message.Trouble.TOO_MANY_TRIES)
    else:
        _postpone(attempt, outcome)
    if outcome.pause and attempt.message.account:
        pause(attempt.message.account, outcome.pause, now=now)


@transaction.atomic
def confirm(
    message: Message,
    *,
    now: datetime,
    at: datetime | None = None,
    provider_id: str = "",
    parts: int | None = None,
    cost: int | None = None,
) -> bool:
    """Take a provider's word, by look-up or by its own call, that it has ``message``.

    ``at`` is when it took it, where known. Return whether that was news. Whatever we
    thought of it, it is sent and never goes again; only an open try says less.
    """
    rows = Message.objects.filter(
        Q(status__in=(Status.SENDING, Status.UNKNOWN, Status.UNCONFIRMED))
        | Q(Exists(_doubtful_tries()), status__in=_NOT_GONE_AGAIN),
        pk=message.pk,
    )
    settled = rows.update(**_accepted(provider_id, parts, cost), accepted_at=at or now)
    if not settled:
        return False
    newest = message.attempts.order_by("-number").first()
    if newest is not None:
        Attempt.objects.filter(pk=newest.pk, outcome__in=DOUBTFUL).update(
            outcome=Kind.ACCEPTED, finished_at=Now()
        )
    _tell_survey(message, now=now)
    return True


def _doubtful_tries() -> QuerySet[Attempt]:
    return Attempt.objects.filter(message=OuterRef("pk"), outcome__in=DOUBTFUL)


def _has_earlier_doubt(attempt: Attempt) -> bool:
    """Return whether an earlier try may have been taken: this one settles nothing then.

    Who is sent to once more on purpose is sent to again.
    """
    earlier = Attempt.objects.filter(
        message=attempt.message_id,
        message__may_be_double=False,
        number__lt=attempt.number,
        outcome__in=DOUBTFUL,
    )
    return earlier.exists()


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
        Q(
            status__in=_NOT_GONE_AGAIN,
            may_be_double=True,
            attempt_count=attempt.number,
        ),
    ).update(
        **_accepted(outcome.provider_id, outcome.parts, outcome.cost), accepted_at=now
    )
    if settled:
        _tell_survey(attempt.message, now=now)
    elif outcome.provider_id:
        # The provider's own call was quicker; later ones may know only its number.
        Message.objects.filter(
            pk=attempt.message_id,
            status=Status.ACCEPTED,
            attempt_count=attempt.number,
            provider_message_id="",
        ).update(**_accepted(outcome.provider_id, outcome.parts, outcome.cost))


def _accepted(provider_id: str, parts: int | None, cost: int | None) -> dict[str, Any]:
    """Return the columns of a message that was taken; what is not known stays."""
    known: dict[str, Any] = {
        "provider_message_id": provider_id,
        "parts": parts,
        "cost": cost,
    }
    return {
        "status": Status.ACCEPTED,
        "reason": "",
        **{name: value for name, value in known.items() if value not in {None, ""}},
        **no_lease(),
    }


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
    pause_for = min(_FIRST_PAUSE * 2 ** min(attempt.number - 1, 10), _LONGEST_PAUSE)
    wait = timedelta(seconds=max(pause_for, outcome.retry_after or 0))
    _rows(attempt).update(
        status=Status.QUEUED, reason=outcome.kind, send_at=Now() + wait, **no_lease()
    )
