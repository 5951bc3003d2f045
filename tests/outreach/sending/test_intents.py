import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.consent import record_consent
from customers.models import Channel, ConsentEvent, Purpose, Visit
from customers.privacy.erasure import erase_guest
from customers.visits import step_back
from outreach.accounts.pausing import pause
from outreach.deciding.decision import Reason
from outreach.deciding.facts import load_facts
from outreach.models import Attempt, Message, ProviderAccount, SendingHours
from outreach.preferences.unsubscribing import unsubscribe
from outreach.sending import intents
from outreach.sending.claiming import Lane, claim_due
from outreach.sending.handing_over import hand_over, load_due
from outreach.sending.kept_routes import close_routes
from surveys.models import Response
from tests.factories import allow, make_guest, make_visit
from tests.outreach.builders import make_automation, make_message

pytestmark = pytest.mark.django_db

Status = Message.Status


@pytest.fixture
def message(casa_alba, smtp_server):
    make_automation(casa_alba)
    nora = make_guest(casa_alba, emails=("nora@post.no",), language="en")
    allow(nora)
    make_visit(nora, now=timezone.now())
    return Message.objects.get()


@pytest.fixture
def due(message):
    """The message as a worker has read it: nothing but the intent is left to do."""
    claim = claim_due(lane=Lane.BULK, owner="test", limit=1)
    [due] = load_due(claim, lane=Lane.BULK)
    yield due
    close_routes()


def state_of(message):
    message.refresh_from_db()
    return message.status, message.reason


def withdraw(message):
    record_consent(
        message.guest,
        purpose=Purpose.SURVEY,
        channel=Channel.EMAIL,
        is_granted=False,
        source=ConsentEvent.Source.DESK,
        now=timezone.now(),
    )


def answer(message):
    Response.objects.create(
        business=message.business,
        survey=message.survey_invitation.survey,
        invitation=message.survey_invitation,
        language="en",
        submitted_at=timezone.now(),
    )


def take_back(message):
    step_back(message.visit, to=Visit.State.IN_HOUSE, actor=None, now=timezone.now())


def switch_off(message):
    message.automation.is_active = False
    message.automation.save(update_fields=["is_active"])


def lose_address(message):
    message.guest.contact_points.all().delete()


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (
            lambda message: unsubscribe(message, now=timezone.now()),
            (Status.SUPPRESSED, Reason.SUPPRESSED),
        ),
        (withdraw, (Status.SUPPRESSED, Reason.WITHDREW)),
        (answer, (Status.CANCELLED, Reason.ANSWERED)),
        (take_back, (Status.CANCELLED, Reason.VISIT_NOT_COMPLETED)),
        (switch_off, (Status.CANCELLED, Reason.AUTOMATION_OFF)),
        (lose_address, (Status.SUPPRESSED, Reason.NO_ADDRESS)),
    ],
    ids=("unsubscribed", "withdrew", "answered", "taken back", "off", "no address"),
)
def test_what_changes_after_it_was_read_is_heard(
    message, due, smtp_server, change, state
):
    change(message)

    assert hand_over(due) is None
    assert state_of(message) == state
    assert smtp_server.messages == []
    assert not Attempt.objects.exists()


def test_who_asks_to_be_forgotten_meanwhile_gets_nothing(message, due, smtp_server):
    erase_guest(message.guest, actor=None, now=timezone.now())

    assert hand_over(due) is None
    assert state_of(message) == (Status.CANCELLED, Reason.ERASED)
    assert smtp_server.messages == []


def test_a_new_address_is_written_to_and_not_the_old_one(message, due, smtp_server):
    message.guest.contact_points.update(
        raw="nora@new.no", normalized="nora@new.no", is_primary=True
    )

    first = hand_over(due)
    again = [
        hand_over(fresh)
        for fresh in load_due(
            claim_due(lane=Lane.BULK, owner="test", limit=1), lane=Lane.BULK
        )
    ]

    assert first is None
    assert [outcome.kind for outcome in again] == ["accepted"]
    assert [mail.recipients for mail in smtp_server.messages] == [["nora@new.no"]]


@pytest.mark.parametrize(
    "change",
    [
        lambda account: pause(account, "by_hand", now=timezone.now()),
        lambda account: ProviderAccount.objects.update(is_in_use=False),
        lambda account: ProviderAccount.objects.update(sender="new@house.no"),
        lambda account: ProviderAccount.objects.update(credentials=b"new"),
    ],
    ids=("paused", "not in use", "another sender", "another login"),
)
def test_an_account_that_changes_meanwhile_is_not_used_as_it_was(
    message, due, smtp_server, change
):
    change(due.account)

    assert hand_over(due) is None
    assert state_of(message) == (Status.QUEUED, "")
    assert smtp_server.messages == []


def test_an_account_that_was_paused_before_it_was_read_is_not_used(message):
    claim = claim_due(lane=Lane.BULK, owner="test", limit=1)
    pause(message.business.provider_accounts.get(), "by_hand", now=timezone.now())

    assert load_due(claim, lane=Lane.BULK) == []
    assert state_of(message)[0] == Status.QUEUED


def test_what_changes_nothing_for_it_does_not_keep_it(message, due, smtp_server):
    message.guest.city = "Stryn"
    message.guest.save(update_fields=["city"])
    SendingHours.objects.create(
        business=message.business,
        channel=Channel.EMAIL,
        purpose=Purpose.SURVEY,
        opens="00:00",
        closes="00:00",
    )

    outcome = hand_over(due)

    assert outcome.kind == "accepted"
    assert len(smtp_server.messages) == 1


def test_what_others_are_told_meanwhile_does_not_keep_it(message, due, smtp_server):
    olaf = make_guest(message.business, "Olaf Berg", emails=("olaf@post.no",))
    theirs = make_message(olaf, now=timezone.now())
    unsubscribe(theirs, now=timezone.now())

    with CaptureQueriesContext(connection) as queries:
        outcome = hand_over(due)

    assert outcome.kind == "accepted"
    # Without asking anything anew.
    assert [q["sql"] for q in queries if "customers_consentevent" in q["sql"]] == []


def queries_to_read(count):
    claim = claim_due(lane=Lane.CRITICAL, owner="test", limit=count)
    with CaptureQueriesContext(connection) as queries:
        assert len(load_due(claim, lane=Lane.CRITICAL)) == count
    return len(queries)


# The row of the message itself is held by its lease.
HELD = {"outreach_message"}


def test_whatever_the_decision_reads_is_watched(message, casa_alba):
    """A table read for the decision without a mark would let a late "no" pass."""
    otto = make_guest(casa_alba, "Otto Vik", phones=("+47 406 12 345",))
    texts = make_message(otto, channel="sms")
    letter = make_message(otto, is_letter=True, to_hash=b"x" * 32)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        load_facts([message, texts, letter])

    tables = {
        table
        for query in asked
        for table in re.findall(r'(?:FROM|JOIN) "?(\w+)"?', query["sql"])
    }
    watched = set(
        re.findall(r"(?:FROM|JOIN) (\w+)", intents._MARKS + intents._UNCHANGED)
    )
    assert tables - watched - HELD == set()
    assert len(tables) > 5


def test_many_are_read_in_as_few_questions_as_one(casa_alba):
    for number in range(13):
        guest = make_guest(casa_alba, f"G{number} Lie", emails=(f"g{number}@post.no",))
        make_message(
            guest,
            kind=Message.Kind.SERVICE,
            now=timezone.now() - timedelta(minutes=1),
        )

    assert queries_to_read(1) == queries_to_read(12)


def test_words_that_fail_in_an_unforeseen_way_fail_that_message_alone(
    message, due, caplog
):
    due.version.contents = {"en": {"subject": "Hello Nora"}}

    assert hand_over(due) is None
    assert state_of(message) == (Status.FAILED, Message.Trouble.TEMPLATE)
    assert [record.getMessage() for record in caplog.records] == [
        f"message {message.uuid} cannot be written: KeyError"
    ]
