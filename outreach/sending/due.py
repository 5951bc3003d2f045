"""Send what is due: claim, ask once more, commit the intent, hand over, note the result.

No transaction is open while the mail server is spoken to. Whatever kills the process,
the row says how far it came: before the intent nothing was sent and it is tried again;
after it, only an answer may say what happened. See outreach/sending/recovery.py for the rest.
"""

import logging
import time
import uuid
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from customers.summaries import lock_guest
from outreach.deciding.decision import Block, Hold, MessageFacts, decide
from outreach.deciding.facts import load_facts
from outreach.email.mail import build_mail
from outreach.email.transport import deliver
from outreach.models import Attempt, Message
from outreach.outcomes import Outcome
from outreach.sending import claiming
from outreach.sending.freezing import freeze
from outreach.sending.results import note_result
from outreach.signals import sending_step
from outreach.writing.liquid_texts import CannotFillIn

logger = logging.getLogger(__name__)


def send_due(
    *,
    lane: claiming.Lane,
    owner: str,
    seconds: float = 60,
    now: datetime | None = None,
) -> int:
    """Send what is due until nothing is, or ``seconds`` have passed; return how many.

    ``now`` is for tests; a long run asks the clock anew for each message. Stops early
    when the mail server cannot be reached, and leaves the rest for the next tick.
    """
    sent = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        claim = claiming.claim_due(
            lane=lane, owner=owner, limit=settings.SEND_BATCH_SIZE
        )
        if not claim.message_ids:
            return sent
        outcomes = _send_claim(claim, until=until, now=now)
        sent += sum(outcome.kind == Attempt.Outcome.ACCEPTED for outcome in outcomes)
        if any(outcome.kind == Attempt.Outcome.NOT_SENT for outcome in outcomes):
            return sent
    return sent


def _send_claim(
    claim: claiming.Claim, *, until: float, now: datetime | None
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    waiting = list(claim.message_ids)
    while waiting and time.monotonic() < until:
        message_id = waiting.pop(0)
        outcome = _send_or_leave(message_id, claim.token, now=now or timezone.now())
        if outcome is None:
            continue
        outcomes.append(outcome)
        if outcome.kind == Attempt.Outcome.NOT_SENT:
            break
    claiming.release(waiting, claim.token)
    return outcomes


def _send_or_leave(
    message_id: int, token: uuid.UUID, *, now: datetime
) -> Outcome | None:
    """Send one; a mistake of ours must not keep the others. Its lease runs out."""
    try:
        return send_one(message_id, token, now=now)
    except Exception:
        logger.exception("Message %s could not be worked on", message_id)
        return None


def send_one(message_id: int, token: uuid.UUID, *, now: datetime) -> Outcome | None:
    """Take one claimed message as far as it goes; None when it was not handed over."""
    _at("claimed", message_id)
    message = _load(message_id)
    facts = _cleared_facts(message, token, now=now)
    if facts is None or not _is_written(message, token):
        return None
    message.to_address = facts.address
    mail = build_mail(message)
    _at("rendered", message_id)
    _at("before_intent", message_id)
    attempt = _commit_intent(message, token, now=now)
    if attempt is None:
        return None
    _at("after_intent", message_id)
    outcome = deliver(mail, before_end=partial(_at, "before_data_end", message_id))
    _at("after_accept", message_id)
    _at("before_result", message_id)
    _note_stubbornly(attempt, outcome, now=now)
    _at("after_result", message_id)
    return outcome


def _at(step: str, message_id: int) -> None:
    sending_step.send(sender=Message, step=step, message_id=message_id)


def _load(message_id: int) -> Message:
    return Message.objects.select_related(
        "business",
        "guest",
        "visit__venue",
        "automation__template",
        "template_version__template",
        "survey_invitation",
    ).get(pk=message_id)


def _cleared_facts(
    message: Message, token: uuid.UUID, *, now: datetime
) -> MessageFacts | None:
    """Return the facts when the message may go; else say on its row why not."""
    facts = load_facts([message])[message.pk]
    verdict = decide(facts, now)
    if isinstance(verdict, Hold):
        claiming.hold(message.pk, token, verdict)
        return None
    if isinstance(verdict, Block):
        claiming.block(message.pk, token, verdict)
        return None
    return facts


def _is_written(message: Message, token: uuid.UUID) -> bool:
    """Write the message down as it leaves. What was tried once is not written anew."""
    if message.attempt_count or message.is_letter:
        return True
    try:
        freeze(message)
    except CannotFillIn:
        logger.warning("The template of %s cannot be filled in", message)
        claiming.fail_unsendable(message.pk, token, Message.Trouble.TEMPLATE)
        return False
    return True


@transaction.atomic
def _commit_intent(
    message: Message, token: uuid.UUID, *, now: datetime
) -> Attempt | None:
    """Ask a last time and commit to sending; None when it may not or the lease is lost.

    Holding the guest's row, so that a "no" is either seen here or comes after.
    """
    if message.guest_id:
        lock_guest(message.guest_id)
    facts = _cleared_facts(message, token, now=now)
    if facts is None or facts.address != message.to_address:
        return None
    number = claiming.begin_sending(
        message.pk, token, to=facts.address, to_hash=facts.fingerprint
    )
    if not number:
        return None
    return Attempt.objects.create(
        business=message.business,
        message=message,
        number=number,
        lease_token=token,
        started_at=now,
    )


def _note_stubbornly(attempt: Attempt, outcome: Outcome, *, now: datetime) -> None:
    """Note the result, once more on a new connection when the database went away."""
    try:
        note_result(attempt, outcome, now=now)
    except (OperationalError, InterfaceError):
        connection.close()
        note_result(attempt, outcome, now=now)
