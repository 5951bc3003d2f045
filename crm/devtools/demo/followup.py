"""What the engine did after each visit, decided by the engine's own decision."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from crm.core.clock import local_date, resolve_local
from crm.core.signing import address_hash
from crm.devtools.demo.answers import Voices, perhaps_answer
from crm.devtools.demo.consents import Ledger, unsubscribe
from crm.devtools.demo.guests import new_uuid
from crm.devtools.demo.houses import House, Plan
from crm.devtools.demo.loading import Batch
from crm.devtools.demo.rows import AttemptRow, InvitationRow, MessageRow, VisitRow
from outreach.decision import Block, Hold, MessageFacts, Permission, Verdict, decide

_ANSWERS_TAKEN = timedelta(days=30)


def follow_up(
    visit: VisitRow,
    *,
    ledger: Ledger,
    language: str,
    house: House,
    batch: Batch,
    voices: Voices,
    rng: Random,
    send_at: datetime | None = None,
) -> None:
    """Add what every automation that was on made of this completed visit.

    ``send_at`` puts what still waits at another moment than the automation would.
    """
    for plan in house.plans:
        if _is_for(plan, visit):
            _follow(visit, plan, ledger, language, house, batch, voices, rng, send_at)


def _is_for(plan: Plan, visit: VisitRow) -> bool:
    return (
        visit.completed_at is not None
        and visit.venue_id in plan.venue_ids
        and visit.completed_at >= plan.active_from
    )


def _follow(
    visit: VisitRow,
    plan: Plan,
    ledger: Ledger,
    language: str,
    house: House,
    batch: Batch,
    voices: Voices,
    rng: Random,
    send_at: datetime | None,
) -> None:
    message = _planned(visit, plan, ledger, language, house, batch, rng)
    invitation = _invitation(message, visit, plan, batch, rng)
    if send_at:
        message.send_at = send_at
        message.local_time = None
    if message.send_at < house.now:
        _send(message, invitation, plan, ledger, house, batch, rng)
    batch.add(invitation)
    batch.add(message)
    if message.status != "accepted" or message.accepted_at is None:
        return
    mood = perhaps_answer(
        invitation, visit=visit, plan=plan, house=house, batch=batch, voices=voices,
        rng=rng,
    )  # fmt: skip
    if not mood and rng.random() < 0.006:
        unsubscribe(ledger, "survey", at=message.accepted_at, rng=rng)


def _planned(
    visit: VisitRow,
    plan: Plan,
    ledger: Ledger,
    language: str,
    house: House,
    batch: Batch,
    rng: Random,
) -> MessageRow:
    completed_at = visit.completed_at or house.now
    day = local_date(completed_at, house.zone) + timedelta(days=plan.delay_days)
    send_at = (
        resolve_local(day, plan.local_time, house.zone)
        if plan.local_time
        else completed_at
    )
    address = ledger.email.raw if ledger.email else ""
    return MessageRow(
        id=batch.next_id(MessageRow),
        business_id=house.business.pk,
        uuid=new_uuid(rng),
        occasion=f"automation:{plan.automation_uuid}:visit:{visit.uuid}",
        channel="email",
        kind="survey",
        guest_id=visit.guest_id,
        visit_id=visit.id,
        automation_id=plan.automation_id,
        survey_invitation_id=None,
        to_address=address,
        to_hash=address_hash("email", ledger.email.normalized)
        if ledger.email
        else None,
        language=language,
        local_date=day,
        local_time=plan.local_time,
        schedule_zone=house.zone,
        send_at=send_at,
        expires_at=send_at + timedelta(hours=plan.expires_after_hours),
        template_version_id=None,
        created_at=completed_at,
        updated_at=completed_at,
    )


def _invitation(
    message: MessageRow, visit: VisitRow, plan: Plan, batch: Batch, rng: Random
) -> InvitationRow:
    invitation = InvitationRow(
        id=batch.next_id(InvitationRow),
        business_id=message.business_id,
        uuid=new_uuid(rng),
        version_id=plan.survey_version_id,
        survey_id=plan.survey_id,
        guest_id=visit.guest_id,
        visit_id=visit.id,
        language=message.language,
        tier_at_sending="",
        created_at=message.created_at,
        sent_at=None,
        expires_at=message.send_at + _ANSWERS_TAKEN,
    )
    message.survey_invitation_id = invitation.id
    return invitation


def _verdict(message: MessageRow, ledger: Ledger) -> Verdict:
    granted = ledger.said.get(("survey", "email"))
    return decide(
        MessageFacts(
            kind=message.kind,
            address=message.to_address,
            zone=message.schedule_zone,
            is_relay=ledger.is_relay,
            is_visit_completed=True,
            is_automation_on=True,
            permission=None if granted is None else Permission(is_granted=granted),
            suppressed_scopes=frozenset(ledger.suppressed),
            expires_at=message.expires_at,
        ),
        message.send_at,
    )


def _send(
    message: MessageRow,
    invitation: InvitationRow,
    plan: Plan,
    ledger: Ledger,
    house: House,
    batch: Batch,
    rng: Random,
) -> None:
    verdict = _verdict(message, ledger)
    if isinstance(verdict, Block):
        message.status, message.reason = "suppressed", verdict.reason.value
        message.updated_at = message.send_at
        return
    if isinstance(verdict, Hold):
        message.send_at = verdict.until
        if message.send_at >= house.now:
            return
    tried_at = message.send_at + timedelta(seconds=rng.randrange(2, 95))
    if tried_at >= house.now:
        tried_at = message.send_at
    _freeze(message, plan, tried_at, house)
    outcome = _outcome(rng)
    _add_attempt(message, outcome, tried_at, batch, rng)
    if outcome == "accepted":
        message.status, message.accepted_at = "accepted", tried_at
        message.provider_message_id = f"{message.uuid}@solvik.example"
        invitation.sent_at = tried_at
    elif outcome == "rejected":
        message.status, message.reason = "failed", "refused"
        ledger.suppress("all", "bounced", at=tried_at)
    else:
        message.status = "unconfirmed"
        invitation.sent_at = tried_at


def _outcome(rng: Random) -> str:
    point = rng.random()
    if point < 0.012:
        return "rejected"
    return "unknown" if point < 0.014 else "accepted"


def _freeze(message: MessageRow, plan: Plan, at: datetime, house: House) -> None:
    message.template_version_id = plan.template_version_id
    message.frozen_at = message.updated_at = at
    subject = plan.subjects.get(message.language) or plan.subjects["en"]
    message.subject = subject.replace("{{ business.name }}", house.business.name)


def _add_attempt(
    message: MessageRow, outcome: str, at: datetime, batch: Batch, rng: Random
) -> None:
    message.attempt_count = 1
    batch.add(
        AttemptRow(
            id=batch.next_id(AttemptRow),
            business_id=message.business_id,
            message_id=message.id,
            number=1,
            lease_token=UUID(int=rng.getrandbits(128), version=4),
            outcome=outcome,
            detail={"rejected": "550", "unknown": "no answer"}.get(outcome, "250"),
            started_at=at,
            finished_at=at + timedelta(milliseconds=rng.randrange(80, 900)),
        )
    )
