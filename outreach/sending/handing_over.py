"""Hand over one claimed message: ask once more, commit the intent, deliver, note it.

No transaction is open while a provider is spoken to. Whatever kills the process, the
row says how far it came: before the intent nothing was sent and it is tried again;
after it, only an answer may say what happened. See outreach/sending/recovery.py for the rest.
"""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from outreach.deciding.decision import decide
from outreach.deciding.facts import facts_of, with_what_is_asked
from outreach.models import Attempt, Message, ProviderAccount, TemplateVersion
from outreach.outcomes import Outcome
from outreach.sending import claiming
from outreach.sending.claiming import Claim, Lane
from outreach.sending.freezing import freeze, is_unwritten, newest_versions
from outreach.sending.intents import Known, commit_intent, read_marks, settle
from outreach.sending.kept_routes import route_for
from outreach.sending.results import note_result
from outreach.sending.routes import CannotPrepare, Route
from outreach.signals import sending_step

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Due:
    """One claimed message with all that is needed to send it."""

    message: Message
    known: Known
    token: uuid.UUID
    account: ProviderAccount
    version: TemplateVersion | None = None
    day: date | None = None


def load_due(claim: Claim, *, lane: Lane) -> list[Due]:
    """Return what was claimed, in its order. A fixed number of queries.

    What is not returned may not go through its account by now, and is given back.
    """
    marks = read_marks(claim.message_ids)
    messages = _load_messages(claim)
    facts = facts_of(messages)
    # After the marks, so that a change of the account is noticed as well.
    account = _open_account(claim, lane)
    if account is None:
        claiming.release(claim.message_ids, claim.token)
        return []
    versions = newest_versions(messages)
    due = []
    for message in messages:
        if message.pk in marks:
            message.account = account
            message.business = account.business
            due.append(
                Due(
                    message,
                    Known(facts[message.pk], marks[message.pk]),
                    claim.token,
                    account,
                    versions.get(message.pk),
                    claim.day,
                )
            )
    return due


def _load_messages(claim: Claim) -> list[Message]:
    rows = with_what_is_asked(
        Message.objects.filter(pk__in=claim.message_ids, lease_token=claim.token)
    ).select_related(
        "visit__venue",
        "automation__template",
        "template_version__template",
        "survey_invitation",
    )
    by_id = {message.pk: message for message in rows}
    return [by_id[pk] for pk in claim.message_ids if pk in by_id]


def _open_account(claim: Claim, lane: Lane) -> ProviderAccount | None:
    open_accounts = ProviderAccount.objects.filter(is_in_use=True, pauses_all=False)
    if lane == Lane.BULK:
        open_accounts = open_accounts.filter(paused_at=None)
    chosen = open_accounts.select_related("business").filter(pk=claim.account_id or 0)
    return chosen.first()


def hand_over(due: Due, *, clock: Clock = timezone.now) -> Outcome | None:
    """Take one claimed message as far as it goes; None when it was not handed over."""
    message = due.message
    _at("claimed", message.pk)
    if not settle(message.pk, due.token, decide(due.known.facts, clock())):
        return None
    route = route_for(due.account)
    prepared = _prepared(due, route)
    if prepared is None:
        return None
    _at("rendered", message.pk)
    _at("before_intent", message.pk)
    until = time.monotonic() + settings.SEND_LEASE_SECONDS / 2
    attempt = commit_intent(message, due.known, due.token, now=clock())
    if attempt is None:
        return None
    _at("after_intent", message.pk)
    outcome = _delivered(route, prepared, message, until=until)
    _at("after_accept", message.pk)
    _at("before_result", message.pk)
    _note_stubbornly(attempt, outcome, now=clock())
    _at("after_result", message.pk)
    return outcome


def _delivered(
    route: Route, prepared: Any, message: Message, *, until: float
) -> Outcome:
    """Hand it over, unless this process stood still meanwhile: others may have settled
    by now that it did not go, and sent it.
    """
    if time.monotonic() > until:
        return Outcome(Attempt.Outcome.NOT_SENT, "late")
    return route.deliver(
        prepared, before_end=partial(_at, "before_data_end", message.pk)
    )


def _at(step: str, message_id: int) -> None:
    sending_step.send(sender=Message, step=step, message_id=message_id)


def _prepared(due: Due, route: Route) -> Any:
    """Return the message as it leaves; None when it cannot, which its row then says."""
    message = due.message
    message.to_address = due.known.facts.address
    if is_unwritten(message) and not _is_frozen(due):
        return None
    try:
        return route.prepare(message)
    except CannotPrepare as problem:
        _fail(due, problem.reason, problem)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        # It would come back for ever.
        _fail(due, Message.Trouble.TEMPLATE, problem)
    return None


def _is_frozen(due: Due) -> bool:
    """Find its words. What goes wrong here is about this message and its words alone."""
    try:
        freeze(due.message, due.version)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        _fail(due, Message.Trouble.TEMPLATE, problem)
        return False
    return True


def _fail(due: Due, reason: str, problem: Exception) -> None:
    # By its kind only: its words may be the guest's.
    logger.warning("%s cannot be written: %s", due.message, type(problem).__name__)
    claiming.fail_unsendable(due.message.pk, due.token, reason)


def _note_stubbornly(attempt: Attempt, outcome: Outcome, *, now: datetime) -> None:
    """Note the result, once more on a new connection when the database went away."""
    try:
        note_result(attempt, outcome, now=now)
    except (OperationalError, InterfaceError):
        connection.close()
        note_result(attempt, outcome, now=now)
