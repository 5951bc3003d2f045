from datetime import timedelta

import pytest

from customers.models import Purpose
from outreach.accounts.choosing import account_in_use, give_installation_accounts
from outreach.accounts.pausing import pause
from outreach.models import Attempt, DeliveryEvent, InboundMessage, Message
from outreach.outbox.story import story_of
from outreach.outbox.telling import tell
from tests.factories import NOW, allow, make_guest
from tests.outreach.builders import make_message

Status = Message.Status
Kind = Message.Kind


@pytest.fixture
def nora(casa_alba):
    give_installation_accounts(now=NOW - timedelta(days=30))
    guest = make_guest(casa_alba, emails=("nora@post.no",))
    allow(guest, Purpose.SURVEY)
    return guest


def make_attempt(message, outcome, *, number=1, at=NOW, detail=""):
    return Attempt.objects.create(
        business=message.business,
        message=message,
        number=number,
        lease_token=message.uuid,
        outcome=outcome,
        detail=detail,
        started_at=at,
        finished_at=at,
    )


def make_event(message, kind, *, at=NOW):
    return DeliveryEvent.objects.create(
        business=message.business, message=message, kind=kind, at=at, noted_at=at
    )


# Where it stands


def test_what_waits_says_when_it_goes(nora):
    later = NOW + timedelta(hours=5)
    message = make_message(nora, kind=Kind.CRITICAL, send_at=later, expires_at=None)

    told = tell(message, now=NOW)

    assert told.tone == ""
    assert told.text.startswith("It goes ")
    assert told.text.endswith("15:30.") or told.text.endswith("14:30.")


def test_what_is_due_says_that_it_is_its_turn(nora):
    message = make_message(nora, kind=Kind.CRITICAL)

    assert tell(message, now=NOW).text == (
        "It is due, and goes as soon as it is its turn."
    )


def test_what_was_turned_back_says_why_and_when(nora):
    message = make_message(
        nora,
        kind=Kind.CRITICAL,
        reason="not_sent",
        send_at=NOW + timedelta(minutes=4),
    )

    assert tell(message, now=NOW).text.startswith(
        "The mail server was not reached. We try again. It goes "
    )


def test_what_will_not_go_says_why(nora):
    message = make_message(nora, kind=Kind.MARKETING)

    told = tell(message, now=NOW)

    assert (told.tone, told.text) == (
        "brass",
        "As things stand it will not go. The guest has not said yes to this.",
    )


@pytest.mark.parametrize(
    ("reason", "kind", "waits"),
    [
        ("login", Kind.CRITICAL, True),
        ("bounces", Kind.SURVEY, True),
        ("bounces", Kind.CRITICAL, False),
    ],
)
def test_a_pause_is_named_where_it_holds_back_this_message(nora, reason, kind, waits):
    account = account_in_use(nora.business, "email")
    pause(account, reason, now=NOW)

    told = tell(make_message(nora, kind=kind), now=NOW)

    assert told.text.startswith("It waits, because sending is paused.") == waits


def test_without_a_provider_it_waits_for_one(nora):
    nora.business.provider_accounts.all().delete()

    told = tell(make_message(nora, kind=Kind.CRITICAL), now=NOW)

    assert told.text == "No provider is set up for it: it waits for one."


@pytest.mark.parametrize(
    ("kind", "is_double", "then"),
    [
        (Kind.SURVEY, False, "Without one we call it “may have been sent” "),
        (Kind.CRITICAL, False, "Without one it goes once more "),
        (Kind.CRITICAL, True, "Without one we call it “may have been sent” "),
    ],
)
def test_without_a_clear_answer_it_says_what_comes_next(nora, kind, is_double, then):
    message = make_message(
        nora,
        kind=kind,
        status=Status.UNKNOWN,
        unknown_since=NOW,
        may_be_double=is_double,
    )

    told = tell(message, now=NOW)

    assert told.tone == "brass"
    assert then in told.text


def test_a_house_that_wants_no_doubles_is_told_of_none(nora):
    account = account_in_use(nora.business, "email")
    account.resends_critical = False
    account.save(update_fields=["resends_critical"])
    message = make_message(
        nora,
        kind=Kind.CRITICAL,
        status=Status.UNKNOWN,
        unknown_since=NOW,
        account=account,
    )

    assert "Without one we call it" in tell(message, now=NOW).text


@pytest.mark.parametrize(
    ("fields", "tone", "begins"),
    [
        ({}, "", "It was handed over. Not every mail server tells"),
        ({"channel": "sms"}, "", "It was handed over. Word of its arrival may"),
        ({"delivery": "delivered", "delivery_at": NOW}, "leaf", "It arrived "),
        ({"delivery": "deferred"}, "brass", "It is delayed."),
        ({"delivery": "bounced"}, "brick", "It came back: nothing arrives"),
        ({"delivery": "failed"}, "brick", "It was sent, but could not"),
        (
            {"delivery": "delivered", "complained_at": NOW},
            "brick",
            "It was called spam.",
        ),
    ],
    ids=["mail", "sms", "delivered", "deferred", "bounced", "failed", "spam"],
)
def test_what_was_sent_says_what_became_of_it(nora, fields, tone, begins):
    message = make_message(nora, status=Status.ACCEPTED, accepted_at=NOW, **fields)

    told = tell(message, now=NOW)

    assert told.tone == tone
    assert told.text.startswith(begins)


@pytest.mark.parametrize(
    ("status", "reason", "tone", "text"),
    [
        (Status.FAILED, "template", "brick", "The words could not be filled in."),
        (Status.SUPPRESSED, "withdrew", "", "The guest said no to this."),
        (Status.CANCELLED, "answered", "", "The guest has answered already."),
        (Status.EXPIRED, "expired", "", "It would come too late."),
        (Status.CANCELLED, "", "", "It does not go."),
    ],
)
def test_what_does_not_go_says_why(nora, status, reason, tone, text):
    told = tell(make_message(nora, status=status, reason=reason), now=NOW)

    assert (told.tone, told.text) == (tone, text)


# What happened


def test_the_story_is_told_newest_first(nora):
    message = make_message(nora, now=NOW, status=Status.ACCEPTED, accepted_at=NOW)
    minutes = [NOW + timedelta(minutes=minute) for minute in range(6)]
    make_attempt(message, "throttled", at=minutes[1], detail="450")
    make_attempt(message, "accepted", number=2, at=minutes[2])
    make_event(message, "delivered", at=minutes[4])
    make_event(message, "sent", at=minutes[3])
    make_event(message, "complained", at=minutes[5])

    story = [(part.words, part.note) for part in story_of(message)]

    assert story == [
        ("Called spam by the guest", ""),
        ("Arrived", ""),
        ("Passed on by the provider", ""),
        ("Taken", "Try 2"),
        ("Asked to come back later", "Try 1"),
        ("Planned", ""),
    ]


def test_the_story_tells_of_doubt_and_of_an_answer(nora):
    message = make_message(
        nora,
        status=Status.UNCONFIRMED,
        looked_for_at=NOW + timedelta(minutes=9),
        missing_count=2,
    )
    make_attempt(message, "unknown", at=NOW + timedelta(minutes=1))
    InboundMessage.objects.create(
        business=nora.business,
        account=account_in_use(nora.business, "email"),
        channel="email",
        provider_message_id="<1@mail.example>",
        answers=message,
        received_at=NOW + timedelta(hours=1),
    )

    story = [(part.words, part.note) for part in story_of(message)]

    assert story == [
        ("Answered", ""),
        (
            "Asked the provider whether it has it",
            "It was not among what it has, 2 times.",
        ),
        ("Handed over, without a clear answer", ""),
        ("Planned", ""),
    ]


# The page


def test_the_page_shows_codes_folded_away(nora, as_alba):
    message = make_message(
        nora,
        status=Status.FAILED,
        reason="refused",
        attempt_count=1,
        provider_message_id="abc-123",
        account=account_in_use(nora.business, "email"),
    )
    make_attempt(message, "rejected", detail="smtp 550")

    page = as_alba.get(f"/casa-alba/outreach/messages/{message.uuid}/").text

    folded = page[page.index("For technicians") :]
    assert "smtp 550" in folded
    assert "abc-123" in folded
    assert "smtp 550" not in page[: page.index("For technicians")]


def test_a_forgotten_guests_message_says_that_its_words_are_gone(nora, as_alba):
    message = make_message(nora, status=Status.ACCEPTED, accepted_at=NOW, frozen_at=NOW)
    Message.objects.update(guest=None, to_address="")

    page = as_alba.get(f"/casa-alba/outreach/messages/{message.uuid}/").text

    assert "What it said is not kept any more." in page
    assert "To a guest who asked to be forgotten" in page


def test_an_sms_is_shown_as_a_bubble(nora, as_alba):
    message = make_message(
        nora,
        channel="sms",
        to_address="+4740612345",
        status=Status.ACCEPTED,
        accepted_at=NOW,
        body_text="Hello Nora",
        parts=1,
        encoding="gsm7",
        frozen_at=NOW,
    )

    page = as_alba.get(f"/casa-alba/outreach/messages/{message.uuid}/").text

    assert "sms-text" in page
    assert "<iframe" not in page
    assert "+47 40 61 23 45" in page


def test_sending_an_sms_again_sends_an_sms(nora, as_alba):
    message = make_message(nora, channel="sms", status=Status.UNCONFIRMED)

    as_alba.post(f"/casa-alba/outreach/messages/{message.uuid}/send-again/")

    assert Message.objects.get(resend_of=message).channel == "sms"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_few_and_many_events(
    nora, as_alba, count, django_assert_num_queries
):
    message = make_message(nora, status=Status.ACCEPTED, accepted_at=NOW)
    for number in range(count):
        make_attempt(message, "accepted", number=number)
        make_event(message, "sent", at=NOW + timedelta(minutes=number))

    with django_assert_num_queries(8):
        as_alba.get(f"/casa-alba/outreach/messages/{message.uuid}/")
