import time
from datetime import timedelta

import pytest

from outreach.models import Attempt
from outreach.outcomes import Found, NotFound, Outcome
from outreach.sms.backends import EventKind, Trouble
from outreach.sms.callbacks import Webhook, WebhookRefused, WebhookUnreadable
from outreach.sms.simulator import FATES, NUMBERS, Simulator, fate_of, receipts
from outreach.sms.stopping import Asks
from tests.outreach.sms.providers import (
    ACCOUNT,
    DOOR,
    MADE_AT,
    REFERENCE,
    TEXT,
    TO,
    an_sms,
)

Kind = Attempt.Outcome
SIMULATOR = Simulator(ACCOUNT, {})


@pytest.fixture
def provider():
    return None


def sent(out):
    return SIMULATOR.send(out, deadline=time.monotonic())


def looked_up(out):
    return SIMULATOR.lookup(out, around=MADE_AT, deadline=time.monotonic())


def test_an_ordinary_message_is_taken_and_delivered():
    out = an_sms(text="å" * 161)

    outcome = sent(out)

    assert outcome == Outcome(
        Kind.ACCEPTED, provider_id=f"simulated-{REFERENCE}", parts=2, cost=7_000
    )
    assert [(told.at - MADE_AT, told.event.kind) for told in receipts_of(out)] == [
        (timedelta(seconds=1), EventKind.SENT),
        (timedelta(seconds=3), EventKind.DELIVERED),
    ]


def receipts_of(out):
    return receipts(out, sent_at=MADE_AT)


@pytest.mark.parametrize(
    ("word", "outcome", "is_taken"),
    [
        ("rejected", Outcome(Kind.REJECTED, "400 invalid_number"), False),
        ("busy", Outcome(Kind.THROTTLED, "429", retry_after=30), False),
        ("away", Outcome(Kind.NOT_SENT, "NewConnectionError"), False),
        ("locked", Outcome(Kind.NOT_SENT, "401"), False),
        ("taken", Outcome(Kind.UNKNOWN, "ReadTimeoutError"), True),
        ("lost", Outcome(Kind.UNKNOWN, "ReadTimeoutError"), False),
        ("broken", Outcome(Kind.UNKNOWN, "502"), False),
    ],
)
def test_a_word_or_a_number_decides_what_goes_wrong(word, outcome, is_taken):
    number = next(number for number, fate in NUMBERS.items() if fate == word)
    by_word = an_sms(text=f"Hei [{word}]")
    by_number = an_sms(to=f"+474061{number}")

    for out in (by_word, by_number):
        assert sent(out) == outcome
        assert isinstance(looked_up(out), Found if is_taken else NotFound)
        assert bool(receipts_of(out)) is is_taken


def test_what_was_not_taken_is_proved():
    assert looked_up(an_sms(text="[lost]")) == NotFound(is_proof=True)


@pytest.mark.parametrize(
    ("word", "kinds"),
    [
        ("dead", ["sent", "failed"]),
        ("late", ["sent", "delivered"]),
        ("double", ["sent", "sent", "delivered", "delivered"]),
        ("backwards", ["delivered", "sent"]),
        ("silent", []),
        ("stop", ["sent", "delivered", "inbound"]),
        ("reply", ["sent", "delivered", "inbound"]),
    ],
)
def test_receipts_come_late_twice_backwards_or_never(word, kinds):
    told = receipts_of(an_sms(text=f"[{word}]"))

    assert [receipt.event.kind for receipt in told] == kinds
    assert told == sorted(told, key=lambda receipt: receipt.at)


def test_an_unknown_word_changes_nothing():
    assert fate_of(an_sms(text="[VIP] welcome")) == FATES["delivered"]


@pytest.mark.parametrize("word", sorted(FATES))
def test_every_receipt_comes_through_the_same_door(word):
    for receipt in receipts_of(an_sms(text=f"[{word}]")):
        webhook = SIMULATOR.as_webhook(receipt, DOOR)

        SIMULATOR.verify_webhook(webhook)
        (event,) = SIMULATOR.parse_webhook(webhook)

        expected = receipt.event
        assert (event.kind, event.provider_id) == (expected.kind, expected.provider_id)
        assert (event.reference, event.at) == (expected.reference, receipt.at)
        assert (event.sender, event.text) == (expected.sender, expected.text)


def test_a_number_that_died_is_known_as_such():
    sent_, failed = receipts_of(an_sms(text="[dead]"))

    told = SIMULATOR.parse_webhook(SIMULATOR.as_webhook(failed, DOOR))

    assert (sent_.event.trouble, told[0].trouble) == (None, Trouble.DEAD_NUMBER)


def test_a_guest_of_the_simulator_may_say_stop():
    reply = receipts_of(an_sms(text="[stop]"))[-1].event

    assert (reply.sender, reply.to, reply.asks) == (TO, "Solvik", Asks.STOP)


def test_a_strange_call_is_refused_or_unreadable():
    with pytest.raises(WebhookRefused):
        SIMULATOR.verify_webhook(Webhook(DOOR, {}, b"{}"))
    with pytest.raises(WebhookUnreadable):
        SIMULATOR.parse_webhook(Webhook(DOOR, {}, TEXT.encode()))
