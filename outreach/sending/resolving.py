"""Find out what became of messages that nobody answered for.

From the surest to the least sure: hand over the same again where the provider takes the
same key once only; ask the provider, which may have it, or prove twice that it has not;
a call of the provider (``outreach/events``); in the end the rule of
``outreach/sending/recovery.py``. No transaction is open while a provider is spoken to.
"""

import logging
import time
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from customers.summaries import lock_guest
from outreach.deciding.decision import Go, decide
from outreach.deciding.facts import load_facts
from outreach.models import Attempt, Message
from outreach.outcomes import Found, NotFound
from outreach.sending.claiming import no_lease
from outreach.sending.kept_routes import route_for
from outreach.sending.results import DOUBTFUL, confirm, note_result
from outreach.sending.routes import CannotPrepare, Route
from outreach.signals import sending_step

logger = logging.getLogger(__name__)

Status = Message.Status

# Absence counts only when it was seen twice: what a provider lists lags behind.
ABSENT_TIMES = 2
# A key is trusted for half of what the provider promises: clocks differ.
_TRUST = 0.5

# The first time after the grace, then less and less often: when a quarter of the time
# since has gone by again. The stamp keeps others from asking meanwhile.
_PICK = """
WITH picked AS MATERIALIZED (
    SELECT id FROM outreach_message
    WHERE status = 'unknown' AND account_id IS NOT NULL
      AND unknown_since <= statement_timestamp() - make_interval(secs => %(grace)s)
      AND (looked_for_at IS NULL OR looked_for_at <= statement_timestamp() - greatest(
          make_interval(secs => %(grace)s), (looked_for_at - unknown_since) / 4))
    ORDER BY looked_for_at NULLS FIRST, id
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
)
UPDATE outreach_message AS message
SET looked_for_at = statement_timestamp(), updated_at = statement_timestamp()
FROM picked WHERE message.id = picked.id
RETURNING message.id
"""


def resolve_unknown(
    *, now: datetime, seconds: float = 60, limit: int = 100
) -> dict[str, int]:
    """Ask about messages without a clear answer; return how many by what was found.

    Keys are ``replayed``, ``found``, ``absent`` (proved, it goes once more) and
    ``open``. Any number may run at the same time.
    """
    counts = dict.fromkeys(("replayed", "found", "absent", "open"), 0)
    until = time.monotonic() + seconds
    for message_id in _pick(limit):
        if time.monotonic() > until:
            break
        counts[_settled(message_id, now=now)] += 1
    return counts


def _pick(limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_PICK, {"limit": limit, "grace": settings.LOOKUP_GRACE_SECONDS})
        return [row[0] for row in cursor.fetchall()]


def _settled(message_id: int, *, now: datetime) -> str:
    """Settle one message; a mistake of ours must not keep the others."""
    try:
        return _settle(message_id, now=now)
    except Exception:
        logger.exception("Message %s could not be asked about", message_id)
        return "open"


def _settle(message_id: int, *, now: datetime) -> str:
    message = Message.objects.select_related(
        "account", "business", "guest", "automation", "visit", "survey_invitation"
    ).get(pk=message_id)
    doubtful = message.attempts.filter(outcome__in=DOUBTFUL).order_by("number").first()
    if message.account is None or doubtful is None:
        return "open"
    route = route_for(message.account)
    try:
        prepared = route.prepare(message)
    except CannotPrepare:
        return "open"
    if _may_replay(route, doubtful, now=now):
        attempt = _begin_replay(message, now=now)
        if attempt is not None:
            outcome = route.deliver(prepared, before_end=_nothing)
            note_result(attempt, outcome, now=now)
            return "replayed"
    answer = route.find(prepared, around=doubtful.started_at)
    sending_step.send(sender=Message, step="in_resolver", message_id=message.pk)
    if isinstance(answer, Found):
        confirm(
            message,
            now=now,
            provider_id=answer.provider_id,
            parts=answer.parts,
            cost=answer.cost,
        )
        return "found"
    if isinstance(answer, NotFound) and answer.is_proof:
        return "absent" if _note_absence(message) else "open"
    return "open"


def _nothing() -> None:
    return None


# The same again


def _may_replay(route: Route, first: Attempt, *, now: datetime) -> bool:
    if route.replays_for is None:
        return False
    return now - first.started_at < route.replays_for * _TRUST


@transaction.atomic
def _begin_replay(message: Message, *, now: datetime) -> Attempt | None:
    """Commit to handing over the same again; None when it may not go any more.

    Holding the guest's row, as at the first time. The first try may have failed, so
    that this is the one which reaches the guest.
    """
    if message.guest_id:
        lock_guest(message.guest_id)
    facts = load_facts([message])[message.pk]
    if not isinstance(decide(facts, now), Go) or facts.address != message.to_address:
        return None
    token = uuid.uuid4()
    lease = timedelta(seconds=settings.SEND_LEASE_SECONDS)
    begun = Message.objects.filter(pk=message.pk, status=Status.UNKNOWN).update(
        status=Status.SENDING,
        attempt_count=F("attempt_count") + 1,
        lease_token=token,
        lease_until=Now() + lease,
        lease_owner="replay",
        updated_at=Now(),
    )
    if not begun:
        return None
    message.refresh_from_db(fields=["attempt_count"])
    return Attempt.objects.create(
        business=message.business,
        message=message,
        number=message.attempt_count,
        lease_token=token,
        started_at=now,
    )


# Not there


@transaction.atomic
def _note_absence(message: Message) -> bool:
    """Count that the provider has nothing; once seen often enough, let it go again."""
    still_open = Message.objects.select_for_update(of=("self",)).filter(
        pk=message.pk, status=Status.UNKNOWN, attempt_count=message.attempt_count
    )
    found = still_open.first()
    if found is None:
        return False
    if found.missing_count + 1 < ABSENT_TIMES:
        still_open.update(missing_count=F("missing_count") + 1)
        return False
    message.attempts.filter(outcome__in=DOUBTFUL).update(
        outcome=Attempt.Outcome.NOT_SENT, detail="absent", finished_at=Now()
    )
    still_open.update(
        status=Status.QUEUED,
        reason=Message.Trouble.NOT_SENT,
        send_at=Now(),
        unknown_since=None,
        looked_for_at=None,
        missing_count=0,
        **no_lease(),
    )
    return True
