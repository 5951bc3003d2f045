"""What the simulator took comes to its phone, and is told by and by."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Channel, Purpose
from outreach.deciding.decision import Reason
from outreach.events.applying import apply_waiting
from outreach.models import Message, SendingHours, WebhookEvent
from outreach.sending.claiming import Lane
from outreach.sending.due import send_due
from outreach.signals import sending_step, sms_simulated
from outreach.sms.route import SmsRoute
from tests.factories import allow, make_guest
from tests.outreach.sms.builders import make_sms_account
from tests.outreach.sms.test_sending import make_news


@pytest.fixture
def nora(casa_alba):
    make_sms_account(casa_alba)
    return make_guest(casa_alba, phones=("+4740612345",), language="en")


@pytest.fixture
def phones():
    """What lies on phones, by number."""
    arrived = []

    def ring(to, from_name, text, **_):
        arrived.append((to, from_name, text))

    sms_simulated.connect(ring)
    yield arrived
    sms_simulated.disconnect(ring)


def send(nora, text):
    message = make_news(nora, text=text, kind="critical")
    send_due(lane=Lane.CRITICAL, owner="test")
    return message


def later(message, seconds):
    apply_waiting(now=timezone.now() + timedelta(seconds=seconds))
    message.refresh_from_db()
    return message.delivery


def test_an_sms_comes_to_the_phone_and_then_we_hear_of_it(nora, phones):
    message = send(nora, "Hello")

    states = [later(message, 0), later(message, 2), later(message, 10)]

    assert phones == [("+4740612345", "Solvik", "Hello")]
    assert states == ["", "sent", "delivered"]


def test_who_answers_is_heard_later(nora, phones):
    send(nora, "Hello [reply]")
    assert nora.inbound_messages.count() == 0

    apply_waiting(now=timezone.now() + timedelta(minutes=2))

    assert nora.inbound_messages.get().body == "Takk, vi gleder oss!"


@pytest.mark.parametrize(
    ("text", "status", "calls"),
    [
        ("Hello [rejected]", Message.Status.FAILED, 0),
        ("Hello [lost]", Message.Status.UNKNOWN, 0),
        ("Hello [silent]", Message.Status.ACCEPTED, 0),
        ("Hello [taken]", Message.Status.UNKNOWN, 2),
        ("Hello [double]", Message.Status.ACCEPTED, 2),
    ],
)
def test_only_what_was_taken_is_told_of(nora, phones, text, status, calls):
    message = send(nora, text)

    message.refresh_from_db()
    assert (message.status, WebhookEvent.objects.count()) == (status, calls)
    assert len(phones) == (text not in {"Hello [rejected]", "Hello [lost]"})


def test_of_a_test_nothing_is_told(nora, phones):
    account = nora.business.provider_accounts.get(channel="sms")
    route = SmsRoute(account)
    test = Message(business=nora.business, to_address="+4740612345", body_text="A test")

    route.deliver(route.prepare(test), before_end=lambda: None)

    assert phones == [("+4740612345", "Solvik", "A test")]
    assert WebhookEvent.objects.count() == 0


@pytest.fixture
def willing(nora):
    """A guest who allowed news by SMS, at any hour."""
    allow(nora, Purpose.MARKETING, channel=Channel.SMS, now=timezone.now())
    SendingHours.objects.create(
        business=nora.business,
        channel=Channel.SMS,
        purpose=Purpose.MARKETING,
        opens="00:00",
        closes="00:00",
    )
    return nora


def state_of(message):
    message.refresh_from_db()
    return message.status, message.reason


def test_a_stop_by_sms_is_heard_before_the_next_one(willing):
    first = make_news(willing, text="News [stop]")
    send_due(lane=Lane.BULK, owner="test")
    second = make_news(willing)

    apply_waiting(now=timezone.now() + timedelta(minutes=2))
    send_due(lane=Lane.BULK, owner="test")

    assert state_of(first) == (Message.Status.ACCEPTED, "")
    assert state_of(second) == (Message.Status.SUPPRESSED, Reason.SUPPRESSED)


def test_a_stop_that_comes_while_the_next_one_is_prepared_is_heard(willing):
    make_news(willing, text="News [stop]")
    send_due(lane=Lane.BULK, owner="test")
    second = make_news(willing)

    def hear(step, message_id, **_):
        if (step, message_id) == ("before_intent", second.pk):
            apply_waiting(now=timezone.now() + timedelta(minutes=2))

    sending_step.connect(hear)
    try:
        send_due(lane=Lane.BULK, owner="test")
    finally:
        sending_step.disconnect(hear)

    assert state_of(second) == (Message.Status.SUPPRESSED, Reason.SUPPRESSED)
    assert second.attempts.count() == 0
