"""Send what is due: claim from one account after the other, and hand over side by side."""

import logging
import time
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import DurationField, Exists, ExpressionWrapper, F, Min, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from outreach.accounts.pacing import BURST_SECONDS
from outreach.models import Message, ProviderAccount
from outreach.sending import claiming
from outreach.sending.claiming import Claim, Lane
from outreach.sending.crew import Crew
from outreach.sending.handing_over import Due, load_due

logger = logging.getLogger(__name__)

# Others may have something due meanwhile.
_LONGEST_NAP = 2.0


def send_due(
    *,
    lane: Lane,
    owner: str,
    seconds: float = 60,
    is_patient: bool = False,
    now: datetime | None = None,
) -> int:
    """Send what is due until nothing is, or ``seconds`` have passed; return how many.

    Who is patient also waits for accounts that may not go on yet at their pace. An
    account that cannot be reached is left alone until the next tick. ``now`` is for
    tests; a long run asks the clock anew for each message.
    """
    until = time.monotonic() + seconds
    with Crew(
        threads=_threads(), until=until, clock=(lambda: now) if now else timezone.now
    ) as crew:
        after = 0
        while time.monotonic() < until:
            claim = claiming.claim_due(
                lane=lane,
                owner=owner,
                limit=settings.SEND_BATCH_SIZE,
                after=after,
                without=frozenset(crew.resting),
            )
            if claim.message_ids:
                after = claim.account_id or 0
                crew.send(_loaded(claim, lane))
                continue
            crew.wait()
            if not (is_patient and _has_waited_for_room(until)):
                break
        crew.wait()
    return crew.accepted


def _threads() -> int:
    # Another connection would not see what an open transaction has written.
    return 1 if connection.in_atomic_block else settings.SEND_THREADS


def _loaded(claim: Claim, lane: Lane) -> list[Due]:
    """Return what was claimed; a row that cannot be read must not keep the others."""
    try:
        batch = load_due(claim, lane=lane)
    except Exception:
        logger.exception("%s claimed messages are read singly", len(claim.message_ids))
        batch = _loaded_singly(claim, lane)
    missing = len(claim.message_ids) - len(batch)
    if missing and claim.account_id:
        claiming.give_back(claim.account_id, missing, day=claim.day)
    return batch


def _loaded_singly(claim: Claim, lane: Lane) -> list[Due]:
    batch = []
    for message_id in claim.message_ids:
        try:
            batch += load_due(replace(claim, message_ids=(message_id,)), lane=lane)
        except Exception:
            logger.exception("Message %s could not be read", message_id)
    return batch


def _has_waited_for_room(until: float) -> bool:
    """Wait a little when an account has more to send at its pace, before ``until``."""
    nap = _seconds_until_room()
    if nap is None or time.monotonic() + nap > until:
        return False
    time.sleep(min(max(nap, 0.0), _LONGEST_NAP))
    return True


def _seconds_until_room() -> float | None:
    """Return when the next account may go on, and a second for more than one message."""
    due = Message.objects.filter(
        business=OuterRef("business"),
        channel=OuterRef("channel"),
        status=Message.Status.QUEUED,
        kind__in=(Message.Kind.SURVEY, Message.Kind.MARKETING),
        send_at__lte=Now(),
    )
    ahead = ExpressionWrapper(F("free_at") - Now(), DurationField())
    found = ProviderAccount.objects.filter(
        Exists(due), is_in_use=True, paused_at=None, free_at__gt=Now()
    ).aggregate(least=Min(ahead))
    least = found["least"]
    return None if least is None else least.total_seconds() - BURST_SECONDS + 1
