"""Visits are moved, taken back and made one, guests are forgotten: at every state."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from customers.merging.merging import merge_guests
from customers.models import Suppression, Visit
from customers.privacy.erasure import erase_guest
from customers.visits import amend_visit, step_back
from outreach.deciding.decision import Block, Reason, decide
from outreach.deciding.facts import load_facts
from outreach.models import Message
from outreach.sending.claiming import Lane
from outreach.sending.due import send_due
from outreach.sending.recovery import recover
from tests.factories import NOW, TEN, allow, facts_of, make_guest, make_visit
from tests.outreach.builders import make_automation, make_message

Status = Message.Status
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def nora(casa_alba):
    make_automation(casa_alba, now=LONG_AGO, delay_days=1, local_time=TEN)
    guest = make_guest(casa_alba, emails=("nora@post.no",))
    allow(guest)
    return guest


def put_in(message, status):
    """Put a message into a state as the engine would leave it."""
    held = {Status.CLAIMED, Status.SENDING}
    tried = {Status.SENDING, Status.ACCEPTED, Status.UNKNOWN, Status.UNCONFIRMED}
    now = timezone.now()
    Message.objects.filter(pk=message.pk).update(
        status=status,
        lease_token=uuid.uuid4() if status in held else None,
        lease_until=now + timedelta(minutes=1) if status in held else None,
        attempt_count=1 if status in tried else 0,
        accepted_at=now if status == Status.ACCEPTED else None,
        unknown_since=now if status == Status.UNKNOWN else None,
        subject="How was it, Nora?",
        body_text="Hello Nora",
        body_html="<p>Hello Nora</p>",
        frozen_at=now,
    )


STATES = [
    Status.QUEUED, Status.CLAIMED, Status.SENDING, Status.ACCEPTED, Status.UNKNOWN,
    Status.UNCONFIRMED, Status.FAILED,
]  # fmt: skip


@pytest.mark.parametrize("status", STATES)
def test_who_is_forgotten_leaves_no_words_and_gets_nothing_more(nora, alba, status):
    make_visit(nora)
    message = Message.objects.get()
    put_in(message, status)

    erase_guest(nora, actor=alba, now=NOW)

    after = Message.objects.get()
    assert after.status == (Status.CANCELLED if status == Status.QUEUED else status)
    assert (after.to_address, after.subject, after.body_text, after.body_html) == (
        "", "", "", "",
    )  # fmt: skip
    assert decide(load_facts([after])[after.pk], NOW) == Block(Reason.ERASED)


def test_a_stop_is_still_known_when_the_guest_is_forgotten(nora, alba):
    message = make_message(nora)
    erase_guest(nora, actor=alba, now=NOW)

    again = make_guest(nora.business, "N. Østby", emails=("nora@post.no",))
    allow(again)
    other = make_message(again)

    assert Suppression.objects.get(channel="email").reason == "erased"
    message.refresh_from_db()
    assert bytes(message.to_hash) == bytes(other.to_hash)
    assert decide(load_facts([other])[other.pk], NOW) == Block(Reason.SUPPRESSED)


def test_an_important_message_without_an_answer_is_not_repeated_to_who_is_forgotten(
    nora, alba, smtp_server
):
    message = make_message(nora, kind="critical", now=LONG_AGO)
    put_in(message, Status.UNKNOWN)
    Message.objects.update(unknown_since=LONG_AGO)
    erase_guest(nora, actor=alba, now=timezone.now())

    recover()
    send_due(lane=Lane.CRITICAL, owner="test")

    message.refresh_from_db()
    assert (message.status, message.reason) == (Status.CANCELLED, Reason.ERASED)
    assert smtp_server.messages == []


@pytest.mark.parametrize("status", STATES)
def test_a_visit_that_is_moved_moves_only_what_was_never_tried(nora, alba, status):
    visit = make_visit(nora)
    before = Message.objects.get()
    put_in(before, status)

    amend_visit(
        visit,
        facts=facts_of(
            visit,
            arrival_date=date(2026, 11, 19),
            departure_date=date(2026, 11, 21),
        ),
        actor=alba,
        now=NOW,
    )

    after = Message.objects.get()
    moved = status == Status.QUEUED
    assert after.status == status
    assert after.local_date == (date(2026, 11, 22) if moved else before.local_date)
    assert after.send_at == before.send_at - timedelta(days=1 if moved else 0)


def test_a_visit_that_was_long_ago_after_all_brings_nothing_any_more(nora, alba):
    visit = make_visit(nora)

    amend_visit(
        visit,
        facts=facts_of(
            visit, arrival_date=date(2026, 11, 1), departure_date=date(2026, 11, 3)
        ),
        actor=alba,
        now=NOW,
    )

    message = Message.objects.get()
    assert (message.status, message.reason) == (Status.EXPIRED, Reason.EXPIRED)


@pytest.mark.parametrize("status", STATES)
def test_a_visit_that_is_taken_back_calls_off_what_has_not_left(nora, alba, status):
    visit = make_visit(nora)
    message = Message.objects.get()
    put_in(message, status)

    step_back(visit, to=Visit.State.IN_HOUSE, actor=alba, now=NOW)

    after = Message.objects.get()
    assert after.status == (Status.CANCELLED if status == Status.QUEUED else status)
    assert decide(load_facts([after])[after.pk], NOW) == Block(
        Reason.VISIT_NOT_COMPLETED
    )


@pytest.mark.parametrize("status", STATES)
def test_who_is_made_one_with_another_gets_one_message_about_a_day(nora, alba, status):
    twin = make_guest(nora.business, "N. Østby", emails=("nora@post.no",))
    allow(twin)
    make_visit(nora)
    make_visit(twin)
    first, second = Message.objects.order_by("pk")
    put_in(first, status)

    merge_guests(nora, twin, actor=alba, now=NOW)

    second.refresh_from_db()
    first.refresh_from_db()
    waiting = Message.objects.filter(status=Status.QUEUED).count()
    assert first.guest == second.guest == nora
    assert waiting == (1 if status in {Status.QUEUED, Status.FAILED} else 0)
    assert first.status == status or second.status == Status.QUEUED
