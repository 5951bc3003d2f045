"""What each automation made of a visit, decided by the engine's own decision."""

from datetime import datetime, timedelta
from uuid import UUID

from crm.core.clock import local_date, resolve_local
from crm.devtools.demo.answers import Asked, perhaps_answer
from crm.devtools.demo.consents import Ledger, Reason, perhaps_unsubscribe
from crm.devtools.demo.guests import new_uuid
from crm.devtools.demo.houses import Plan
from crm.devtools.demo.rows import AttemptRow, InvitationRow, MessageRow, VisitRow
from crm.devtools.demo.scene import Scene
from outreach.automations.writing_down import SURVEY_OPEN_FOR
from outreach.deciding.decision import Block, Hold, MessageFacts, Verdict, decide
from outreach.models import Attempt, Message

Status = Message.Status
Outcome = Attempt.Outcome

_NO_SUCH_BOX = "550 5.1.1"


def follow_up(
    visit: VisitRow, *, ledger: Ledger, language: str, due_at: datetime | None = None
) -> None:
    """Add what every automation that was on made of this completed visit.

    ``due_at`` puts what would have gone this morning at another moment.
    """
    for plan in ledger.scene.house.plans:
        if visit.completed_at and _is_for(plan, visit, visit.completed_at):
            message = _message(visit, plan, visit.completed_at, ledger, language)
            if due_at:
                message.send_at, message.local_time = due_at, None
            _see_through(message, visit, plan, ledger)


def _is_for(plan: Plan, visit: VisitRow, completed_at: datetime) -> bool:
    return visit.venue_id in plan.venue_ids and completed_at >= plan.active_from


def _message(
    visit: VisitRow, plan: Plan, completed_at: datetime, ledger: Ledger, language: str
) -> MessageRow:
    scene = ledger.scene
    zone = scene.house.zone
    day = local_date(completed_at, zone) + timedelta(days=plan.delay_days)
    send_at = completed_at
    if plan.local_time:
        send_at = resolve_local(day, plan.local_time, zone)
    return MessageRow(
        id=scene.next_id(MessageRow),
        business_id=scene.business_id,
        uuid=new_uuid(scene.rng),
        occasion=f"automation:{plan.automation_uuid}:visit:{visit.uuid}",
        channel="email",
        kind="survey",
        guest_id=visit.guest_id,
        visit_id=visit.id,
        automation_id=plan.automation_id,
        to_address=ledger.email.raw if ledger.email else "",
        to_hash=ledger.fingerprint,
        language=language,
        local_date=day,
        local_time=plan.local_time,
        schedule_zone=zone,
        send_at=send_at,
        expires_at=send_at + plan.patience,
        created_at=completed_at,
        updated_at=completed_at,
    )


def _see_through(
    message: MessageRow, visit: VisitRow, plan: Plan, ledger: Ledger
) -> None:
    scene = ledger.scene
    invitation = _invitation(message, visit, plan, scene)
    if message.send_at < scene.house.now:
        _send(message, plan, ledger)
    invitation.sent_at = message.accepted_at
    scene.batch.add(invitation)
    scene.batch.add(message)
    if sent_at := message.accepted_at:
        asked = Asked(invitation, visit, plan)
        if not perhaps_answer(asked, sent_at=sent_at, scene=scene):
            perhaps_unsubscribe(ledger, after=sent_at)


def _invitation(
    message: MessageRow, visit: VisitRow, plan: Plan, scene: Scene
) -> InvitationRow:
    invitation = InvitationRow(
        id=scene.next_id(InvitationRow),
        business_id=scene.business_id,
        uuid=new_uuid(scene.rng),
        version_id=plan.survey_version_id,
        survey_id=plan.survey_id,
        guest_id=visit.guest_id,
        visit_id=visit.id,
        language=message.language,
        created_at=message.created_at,
        expires_at=message.send_at + SURVEY_OPEN_FOR,
    )
    message.survey_invitation_id = invitation.id
    return invitation


def _send(message: MessageRow, plan: Plan, ledger: Ledger) -> None:
    verdict = _verdict(message, ledger)
    if isinstance(verdict, Block):
        message.status, message.reason = Status.SUPPRESSED, verdict.reason.value
        message.updated_at = message.send_at
        return
    if isinstance(verdict, Hold):
        message.send_at = verdict.until
        if message.send_at >= ledger.scene.house.now:
            return
    _try(message, plan, ledger)


def _verdict(message: MessageRow, ledger: Ledger) -> Verdict:
    facts = MessageFacts(
        kind=message.kind,
        address=message.to_address,
        zone=message.schedule_zone,
        is_relay=ledger.is_relay,
        is_visit_completed=True,
        is_automation_on=True,
        permission=ledger.permission("survey"),
        suppressed_scopes=frozenset(ledger.suppressed),
        expires_at=message.expires_at,
    )
    return decide(facts, message.send_at)


def _try(message: MessageRow, plan: Plan, ledger: Ledger) -> None:
    scene = ledger.scene
    at = min(
        message.send_at + timedelta(seconds=scene.rng.randrange(2, 95)), scene.house.now
    )
    message.template_version_id = plan.template_version_id
    message.subject = plan.subjects.get(message.language, "") or plan.subjects["en"]
    message.frozen_at = message.updated_at = at
    message.attempt_count = 1
    attempt = _attempt(message, at, scene)
    point = scene.rng.random()
    if point < 0.004:
        attempt.outcome, attempt.detail = Outcome.REJECTED, _NO_SUCH_BOX
        message.status, message.reason = Status.FAILED, "refused"
        ledger.suppress("all", Reason.BOUNCED, at=at)
    elif point < 0.0055:
        attempt.outcome, attempt.detail = Outcome.UNKNOWN, "TimeoutError"
        message.status, message.reason = Status.UNCONFIRMED, "no_answer"
    else:
        message.status, message.accepted_at = Status.ACCEPTED, at
        message.provider_message_id = f"<{message.uuid}@localhost>"
    scene.batch.add(attempt)


def _attempt(message: MessageRow, at: datetime, scene: Scene) -> AttemptRow:
    return AttemptRow(
        id=scene.next_id(AttemptRow),
        business_id=message.business_id,
        message_id=message.id,
        number=1,
        lease_token=UUID(int=scene.rng.getrandbits(128), version=4),
        outcome=Outcome.ACCEPTED,
        detail="",
        started_at=at,
        finished_at=at + timedelta(milliseconds=scene.rng.randrange(80, 900)),
    )
