"""Take messages that are due, for a while, and give them back.

A claim is a lease by the database's clock: whoever holds the token may go on until
``lease_until``, and nobody else touches the row meanwhile.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from outreach.deciding.decision import Block, Hold, Reason
from outreach.models import Message

Status = Message.Status

CRITICAL_KINDS = (Message.Kind.CRITICAL, Message.Kind.SERVICE)
BULK_KINDS = (Message.Kind.SURVEY, Message.Kind.MARKETING)

# MATERIALIZED, because PostgreSQL may otherwise run the limited query more than once.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM outreach_message
    WHERE status = 'queued' AND kind = ANY(%(kinds)s) AND channel = 'email'
      AND send_at <= statement_timestamp()
      AND (expires_at IS NULL OR expires_at > statement_timestamp())
    ORDER BY send_at, id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE outreach_message AS message
SET status = 'claimed', reason = '', lease_token = %(token)s,
    lease_until = statement_timestamp() + make_interval(secs => %(ttl)s), lease_owner = %(owner)s,
    updated_at = statement_timestamp()
FROM due WHERE message.id = due.id
RETURNING message.id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages held under one token. ``message_ids`` in the order to send them in."""

    token: uuid.UUID
    message_ids: tuple[int, ...]


def claim_due(*, kinds: Sequence[str], owner: str, limit: int) -> Claim:
    """Lease at most ``limit`` messages that are due; none is leased to two callers."""
    token = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {
                "kinds": [str(kind) for kind in kinds],
                "limit": limit,
                "token": token,
                "ttl": settings.CLAIM_LEASE_SECONDS,
                "owner": owner[:80],
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
    in_order = Message.objects.filter(pk__in=ids).order_by("send_at", "pk")
    return Claim(token, tuple(in_order.values_list("pk", flat=True)))


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
    Reason.ANSWERED: Status.CANCELLED,
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


def begin_sending(message_id: int, token: uuid.UUID, *, to: str, to_hash: bytes) -> int:
    """Commit to sending: return the number of this try, or 0 when the lease is lost."""
    taken = (
        _still_claimed([message_id], token)
        .filter(lease_until__gt=Now())
        .update(
            status=Status.SENDING,
            to_address=to,
            to_hash=to_hash,
            attempt_count=F("attempt_count") + 1,
            lease_until=Now() + timedelta(seconds=settings.SEND_LEASE_SECONDS),
            updated_at=Now(),
        )
    )
    if not taken:
        return 0
    return Message.objects.values_list("attempt_count", flat=True).get(pk=message_id)


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
