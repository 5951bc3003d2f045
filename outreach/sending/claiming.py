"""Take messages that are due, for a while, and give them back.

A claim is a lease by the database's clock: whoever holds the token may go on until
``lease_until``, and nobody else touches the row meanwhile. One claim takes from one
account; the next one takes from the next, so that a house with a campaign of 100,000
does not keep another with three messages waiting.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import (
    Case,
    DurationField,
    ExpressionWrapper,
    F,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Greatest, Now

from outreach.accounts.pacing import BURST_SECONDS, DAY_CAP_SQL
from outreach.deciding.decision import Block, Hold, Reason
from outreach.models import Message, ProviderAccount

Status = Message.Status


class Lane(StrEnum):
    """What waits for whom: a confirmation never stands behind a campaign."""

    CRITICAL = "critical"
    BULK = "bulk"


_KINDS = {
    Lane.CRITICAL: (Message.Kind.CRITICAL, Message.Kind.SERVICE),
    Lane.BULK: (Message.Kind.SURVEY, Message.Kind.MARKETING),
}

# What belongs to a visit goes past pace and cap, but counts in them.
_ROOM = {
    Lane.CRITICAL: "%(limit)s",
    Lane.BULK: f"""least(%(limit)s, today.cap - today.used, floor(extract(epoch FROM
        statement_timestamp() + make_interval(secs => {BURST_SECONDS})
        - greatest(account.free_at, statement_timestamp())
    ) * account.rate_per_minute / 60) + 1)""",
}
_OPEN = {
    Lane.CRITICAL: "NOT account.pauses_all",
    Lane.BULK: f"""account.paused_at IS NULL AND account.free_at
        <= statement_timestamp() + make_interval(secs => {BURST_SECONDS})
        AND (today.cap IS NULL OR today.used < today.cap)""",
}

# MATERIALIZED, because PostgreSQL may otherwise run a limited query more than once. The
# kinds are written out, because each lane has an index of its own.
_CLAIM = """
WITH turn AS MATERIALIZED (
    SELECT account.id, account.business_id, account.channel, today.day, today.used,
        greatest({room}, 0)::int AS room
    FROM outreach_provideraccount AS account
    JOIN tenancy_business AS business ON business.id = account.business_id
    CROSS JOIN LATERAL (
        SELECT (statement_timestamp() AT TIME ZONE business.time_zone)::date AS day
    ) AS clock
    CROSS JOIN LATERAL (
        SELECT clock.day, {cap} AS cap,
            CASE WHEN account.day = clock.day THEN account.day_count ELSE 0 END AS used
    ) AS today
    WHERE account.is_in_use AND account.id > %(after)s AND {is_open}
      AND account.id <> ALL(%(without)s::bigint[])
      AND EXISTS (SELECT FROM outreach_message AS message WHERE {is_due})
    ORDER BY account.id
    LIMIT 1
    FOR NO KEY UPDATE OF account
),
due AS MATERIALIZED (
    SELECT message.id FROM turn AS account CROSS JOIN LATERAL (
        SELECT message.id, message.send_at FROM outreach_message AS message
        WHERE {is_due}
        ORDER BY message.send_at, message.id
        LIMIT account.room
        FOR UPDATE SKIP LOCKED
    ) AS message
),
taken AS (
    UPDATE outreach_message AS message
    SET status = 'claimed', reason = '', account_id = turn.id, lease_token = %(token)s,
        lease_until = statement_timestamp() + make_interval(secs => %(ttl)s),
        lease_owner = %(owner)s, updated_at = statement_timestamp()
    FROM due, turn WHERE message.id = due.id
    RETURNING message.id, message.send_at
),
paced AS (
    UPDATE outreach_provideraccount AS account
    SET day = turn.day, day_count = turn.used + taken.count,
        free_at = greatest(account.free_at, statement_timestamp())
            + make_interval(secs => taken.count * 60.0 / account.rate_per_minute)
    FROM turn, (SELECT count(*) FROM taken) AS taken
    WHERE account.id = turn.id AND taken.count > 0
)
SELECT turn.id, taken.id, turn.day FROM turn LEFT JOIN taken ON true
ORDER BY taken.send_at, taken.id
"""


def _statement(lane: Lane) -> str:
    kinds = ", ".join(f"'{kind.value}'" for kind in _KINDS[lane])
    is_due = f"""message.business_id = account.business_id
        AND message.channel = account.channel AND message.status = 'queued'
        AND message.kind IN ({kinds}) AND message.send_at <= statement_timestamp()
        AND (message.expires_at IS NULL OR message.expires_at > statement_timestamp())"""
    return _CLAIM.format(
        room=_ROOM[lane], is_open=_OPEN[lane], is_due=is_due, cap=DAY_CAP_SQL
    )


_STATEMENTS = {lane: _statement(lane) for lane in Lane}


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages held under one token, in the order to send them in, all of one account.

    ``account_id`` is the account whose turn it was; None where nobody has anything due.
    Give it to the next claim as ``after``. ``day`` is the one they count in.
    """

    token: uuid.UUID
    message_ids: tuple[int, ...] = ()
    account_id: int | None = None
    day: date | None = None


def claim_due(
    *,
    lane: Lane,
    owner: str,
    limit: int,
    after: int = 0,
    without: Collection[int] = (),
) -> Claim:
    """Lease at most ``limit`` messages that are due; none is leased to two callers.

    The account is the next one after the id ``after``, and then the first again, but
    none of ``without``. No messages mean that nothing is due, or may go by now.
    """
    token = uuid.uuid4()
    start = after
    while True:
        claim = _claim_of_next(
            lane, token, owner=owner, limit=limit, after=start, without=without
        )
        if claim.message_ids:
            return claim
        if claim.account_id is not None:
            # Others took what it had between the look and the lock.
            start = claim.account_id
        elif start > 0 and after > 0:
            start = after = 0
        else:
            return claim


def _claim_of_next(
    lane: Lane,
    token: uuid.UUID,
    *,
    owner: str,
    limit: int,
    after: int,
    without: Collection[int],
) -> Claim:
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENTS[lane],
            {
                "after": after,
                "without": list(without),
                "limit": limit,
                "token": token,
                "ttl": settings.CLAIM_LEASE_SECONDS,
                "owner": owner[:80],
            },
        )
        rows = cursor.fetchall()
    taken = tuple(row[1] for row in rows if row[1] is not None)
    return Claim(token, taken, rows[0][0], rows[0][2]) if rows else Claim(token)


def give_back(account_id: int, count: int, *, day: date | None) -> None:
    """Let ``count`` messages claimed on ``day`` that were not handed over take no place
    in it. A new day counts anew.
    """
    pace = ExpressionWrapper(
        Value(timedelta(minutes=count)) / F("rate_per_minute"), DurationField()
    )
    still = Case(When(day=day, then=Value(count)), default=Value(0))
    ProviderAccount.objects.filter(pk=account_id).update(
        day_count=Greatest(F("day_count") - still, 0), free_at=F("free_at") - pace
    )


def release(message_ids: Sequence[int], token: uuid.UUID) -> int:
    """Give claimed messages back untouched."""
    return _still_claimed(message_ids, token).update(status=Status.QUEUED, **no_lease())


def hold(message_id: int, token: uuid.UUID, verdict: Hold) -> None:
    """Let a claimed message wait until its hour, and say why."""
    _still_claimed([message_id], token).update(
        status=Status.QUEUED,
        send_at=verdict.until,
        reason=verdict.reason,
        **no_lease(),
    )


# What is left of a message whose guest is forgotten.
NO_WORDS: dict[str, Any] = {
    "to_address": "",
    "subject": "",
    "body_text": "",
    "body_html": "",
    "letter_links": {},
}

# What has become moot is called off; what is against the guest's wish is "not sent".
_STATUS_OF_BLOCK = {
    Reason.ERASED: Status.CANCELLED,
    Reason.VISIT_NOT_COMPLETED: Status.CANCELLED,
    Reason.AUTOMATION_OFF: Status.CANCELLED,
    Reason.VISIT_CHANGED: Status.CANCELLED,
    Reason.CALLED_OFF: Status.CANCELLED,
    Reason.SEGMENT: Status.CANCELLED,
    Reason.ANSWERED: Status.CANCELLED,
    # It waited for room until it would have been too late.
    Reason.BUDGET: Status.EXPIRED,
    Reason.EXPIRED: Status.EXPIRED,
}


def block(message_id: int, token: uuid.UUID, verdict: Block) -> None:
    """Close a claimed message that does not go, and say why."""
    # The words may have been written at the moment the guest was forgotten.
    words = NO_WORDS if verdict.reason == Reason.ERASED else {}
    _still_claimed([message_id], token).update(
        status=_STATUS_OF_BLOCK.get(verdict.reason, Status.SUPPRESSED),
        reason=verdict.reason,
        **words,
        **no_lease(),
    )


def fail_unsendable(message_id: int, token: uuid.UUID, reason: str) -> None:
    """Close a claimed message that cannot be written or addressed at all."""
    _still_claimed([message_id], token).update(
        status=Status.FAILED, reason=reason, **no_lease()
    )


def _still_claimed(message_ids: Sequence[int], token: uuid.UUID) -> QuerySet[Message]:
    return Message.objects.filter(
        pk__in=message_ids, status=Status.CLAIMED, lease_token=token
    )


def no_lease() -> dict[str, Any]:
    """Return the columns of a row that nobody holds any more."""
    return {
        "lease_token": None,
        "lease_until": None,
        "lease_owner": "",
        "updated_at": Now(),
    }
