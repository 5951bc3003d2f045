"""What becomes of a message, told in any order, any number of times."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import ConsentEvent, Purpose, Suppression
from outreach.events.applying import apply_waiting
from outreach.models import Attempt, DeliveryEvent, Message, WebhookEvent
from outreach.outcomes import Outcome
from outreach.sending.results import note_result
from tests.factories import NOW, allow, make_guest
from tests.outreach.builders import make_message
from tests.outreach.events.builders import (
    call,
    make_mail_account,
    make_sent,
    make_sms_account,
    url_of,
)

Status, Delivery = Message.Status, Message.Delivery
Kind = DeliveryEvent.Kind
AT = datetime.fromisoformat("2026-11-22T08:40:00+00:00")


@pytest.fixture
def account(casa_alba):
    return make_mail_account(casa_alba)


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, emails=("nora@post.example",))


@pytest.fixture
def says(client, account):
    """Return a way for Postmark to say something of a message, understood at once."""

    def say(message, record, *, at=AT, apply=True, **more):
        when = {"Delivery": "DeliveredAt", "SpamComplaint": "BouncedAt"}
        body = {
            "RecordType": record,
            when.get(record, "BouncedAt"): at.isoformat(),
            "MessageID": message.provider_message_id or "pm-unknown",
            "Metadata": {"message": str(message.uuid)},
            **more,
        }
        response = call(client, url_of(account), body)
        assert response.status_code == 200
        if apply:
            apply_waiting(now=timezone.now())

    return say


def hard(code="5.1.1"):
    return {
        "Type": "HardBounce",
        "Details": f"smtp;550 {code} <nora@post.example> gone",
    }


def sending(account, nora, **fields):
    """Return a message that was being handed over when its worker fell silent."""
    message = make_message(
        nora, account=account, now=NOW, attempt_count=1, send_at=NOW, **fields
    )
    attempt = Attempt.objects.create(
        business=account.business,
        message=message,
        number=1,
        lease_token="018f0000-0000-7000-8000-000000000001",
        started_at=NOW,
    )
    return message, attempt


def unknown(account, nora, **fields):
    return sending(account, nora, status=Status.UNKNOWN, unknown_since=NOW, **fields)


def events_of(message):
    rows = message.delivery_events.order_by("pk")
    return list(rows.values_list("kind", "at", "code"))


def test_a_delivery_is_written_down_once(account, nora, says):
    message = make_sent(account, nora, provider_id="pm-1")

    says(message, "Delivery")

    message.refresh_from_db()
    event = WebhookEvent.objects.get()
    assert (message.delivery, message.delivery_at) == (Delivery.DELIVERED, AT)
    assert events_of(message) == [(Kind.DELIVERED, AT, "")]
    assert (event.message, event.next_try_at, event.trouble) == (message, None, "")
    assert event.applied_at is not None
    assert message.delivery_events.get().source == event


def test_the_same_news_in_other_calls_changes_nothing(account, nora, says):
    message = make_sent(account, nora, provider_id="pm-1")

    for number in range(5):
        says(message, "Delivery", ServerID=number)

    assert WebhookEvent.objects.filter(applied_at__isnull=False).count() == 5
    assert events_of(message) == [(Kind.DELIVERED, AT, "")]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["Delivery", "sent"], Delivery.DELIVERED),
        (["sent", "Delivery"], Delivery.DELIVERED),
        (["Delivery", "Bounce"], Delivery.BOUNCED),
        (["Bounce", "Delivery"], Delivery.BOUNCED),
        (["Bounce", "Transient"], Delivery.BOUNCED),
        (["Transient", "Delivery"], Delivery.DELIVERED),
    ],
)
def test_what_is_known_only_grows(account, nora, says, order, expected):
    message = make_sent(account, nora, provider_id="pm-1", delivery=Delivery.SENT)
    news = {
        "Delivery": ("Delivery", {}),
        "Bounce": ("Bounce", hard()),
        "Transient": ("Bounce", {"Type": "Transient"}),
    }

    for number, word in enumerate(word for word in order if word != "sent"):
        record, more = news[word]
        says(message, record, at=AT + timedelta(minutes=number), **more)

    message.refresh_from_db()
    assert message.delivery == expected


def test_a_call_that_comes_before_the_result_settles_the_message(account, nora, says):
    message, attempt = sending(
        account,
        nora,
        status=Status.SENDING,
        lease_token="018f0000-0000-7000-8000-000000000001",
        lease_until=timezone.now() + timedelta(minutes=2),
    )
    says(message, "Delivery")

    note_result(attempt, Outcome("accepted", provider_id="pm-unknown"), now=NOW)

    message.refresh_from_db()
    assert (message.status, message.delivery) == (Status.ACCEPTED, Delivery.DELIVERED)
    assert message.provider_message_id == "pm-unknown"
    assert message.lease_token is None


@pytest.mark.parametrize("record", ["Delivery", "Bounce", "SpamComplaint"])
def test_who_tells_anything_of_a_message_has_it(account, nora, says, record):
    message, attempt = unknown(account, nora)

    says(message, record, **(hard() if record == "Bounce" else {}))

    message.refresh_from_db()
    attempt.refresh_from_db()
    assert message.status == Status.ACCEPTED
    assert attempt.outcome == Attempt.Outcome.ACCEPTED


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.UNCONFIRMED},
        {"status": Status.QUEUED, "may_be_double": True},
    ],
    ids=["given up", "about to go once more"],
)
def test_a_late_word_settles_what_was_given_up(account, nora, says, fields):
    message, _attempt = sending(account, nora, **fields)

    says(message, "Delivery")

    message.refresh_from_db()
    assert message.status == Status.ACCEPTED


def test_news_of_a_message_whose_name_is_not_known_yet_waits(client, account, nora):
    message = make_sent(account, nora)
    news = {
        "RecordType": "Delivery",
        "MessageID": "pm-7",
        "DeliveredAt": AT.isoformat(),
    }
    call(client, url_of(account), news)
    now = timezone.now()
    apply_waiting(now=now)
    event = WebhookEvent.objects.get()
    assert (event.applied_at, event.trouble, event.tries) == (None, "no_message", 1)
    assert event.next_try_at == now + timedelta(seconds=10)

    Message.objects.filter(pk=message.pk).update(provider_message_id="pm-7")
    apply_waiting(now=now + timedelta(seconds=9))
    message.refresh_from_db()
    assert message.delivery == ""
    apply_waiting(now=now + timedelta(seconds=10))

    message.refresh_from_db()
    event.refresh_from_db()
    assert message.delivery == Delivery.DELIVERED
    assert (event.trouble, event.next_try_at) == ("", None)


def test_news_of_nobodys_message_is_kept_for_a_look_after_a_week(client, account):
    call(client, url_of(account), {"RecordType": "Delivery", "MessageID": "other"})

    now = timezone.now()
    while event := WebhookEvent.objects.filter(next_try_at__isnull=False).first():
        now = event.next_try_at
        apply_waiting(now=now)

    event = WebhookEvent.objects.get()
    assert (event.applied_at, event.trouble) == (None, "no_message")
    assert 6 <= event.tries <= 10
    assert timedelta(days=4) < now - event.received_at < timedelta(days=7)


def test_news_of_another_houses_message_changes_nothing(account, bar_carla, says):
    theirs = make_sent(
        make_mail_account(bar_carla), make_guest(bar_carla), provider_id="pm-1"
    )

    says(theirs, "Bounce", **hard())

    theirs.refresh_from_db()
    assert theirs.delivery == ""
    assert DeliveryEvent.objects.count() == Suppression.objects.count() == 0


def test_what_makes_no_sense_is_kept_and_stops_nobody(client, account, nora, says):
    for nonsense in (b"", b"[]", b"\xff\xfe", b'{"RecordType": ["x"]}', b"null"):
        call(client, url_of(account), nonsense)
    message = make_sent(account, nora, provider_id="pm-1")

    says(message, "Delivery")

    message.refresh_from_db()
    assert message.delivery == Delivery.DELIVERED
    left = WebhookEvent.objects.filter(applied_at=None)
    assert set(left.values_list("trouble", flat=True)) <= {"unreadable"}
    assert left.filter(next_try_at__isnull=False).count() == 0


def test_a_call_that_breaks_something_is_tried_again(account, nora, says):
    # The provider gives two messages one name, which the database does not take.
    other = make_sent(account, nora, provider_id="pm-unknown")
    message, _attempt = unknown(account, nora)

    says(message, "Delivery")

    event = WebhookEvent.objects.get()
    assert (event.trouble, event.tries) == ("IntegrityError", 1)
    assert events_of(message) == []
    Message.objects.filter(pk=other.pk).update(provider_message_id="pm-other")
    apply_waiting(now=event.next_try_at)
    message.refresh_from_db()
    assert (message.status, message.delivery) == (Status.ACCEPTED, Delivery.DELIVERED)


def test_a_complaint_ends_all_mail_to_the_address(account, nora, says):
    message = make_sent(account, nora, provider_id="pm-1")

    says(message, "SpamComplaint", Type="SpamComplaint")

    message.refresh_from_db()
    (suppression,) = Suppression.objects.all()
    assert message.complained_at == AT
    assert message.delivery == Delivery.DELIVERED
    assert (suppression.scope, suppression.reason) == ("all", "complained")
    assert bytes(suppression.address_hash) == bytes(message.to_hash)


def test_who_unsubscribes_at_the_provider_has_said_no_to_us(account, nora, says):
    allow(nora)
    message = make_sent(account, nora, provider_id="pm-1")

    says(
        message,
        "SubscriptionChange",
        SuppressSending=True,
        SuppressionReason="ManualSuppression",
        ChangedAt=AT.isoformat(),
    )

    newest = ConsentEvent.objects.filter(purpose=Purpose.SURVEY).latest("pk")
    assert not newest.is_granted
    assert list(Suppression.objects.values_list("scope", "reason")) == [
        ("survey", "unsubscribed")
    ]


def test_an_sms_that_arrives_is_settled_with_its_price(client, casa_alba):
    account = make_sms_account(casa_alba, "twilio", auth_token="t")
    guest = make_guest(casa_alba, phones=("+4740612345",))
    message = make_sent(account, guest, provider_id="SM1")
    event = WebhookEvent.objects.create(
        business=casa_alba,
        account=account,
        kind="sms",
        digest=b"1" * 32,
        url="?t=" + url_of(account, "sms").partition("?t=")[2],
        body=b"MessageSid=SM1&MessageStatus=delivered",
        received_at=NOW,
        next_try_at=NOW,
    )

    apply_waiting(now=NOW)

    message.refresh_from_db()
    event.refresh_from_db()
    assert (message.delivery, event.message) == (Delivery.DELIVERED, message)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_it_down_once(client, casa_alba):
    account = make_mail_account(casa_alba)
    nora = make_guest(casa_alba, emails=("nora@post.example",))
    messages = [make_sent(account, nora, provider_id=f"pm-{n}") for n in range(8)]
    for message in messages:
        for copy in range(3):
            call(
                client,
                url_of(account),
                {
                    "RecordType": "Delivery",
                    "DeliveredAt": AT.isoformat(),
                    "MessageID": message.provider_message_id,
                    "ServerID": copy,
                },
            )
    looked_at = []

    def work():
        looked_at.append(apply_waiting(now=timezone.now()))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(looked_at) == 24
    assert DeliveryEvent.objects.count() == 8
    assert WebhookEvent.objects.filter(applied_at=None).count() == 0


def test_a_call_about_several_guests_is_not_kept_once_understood(client, casa_alba):
    account = make_mail_account(casa_alba, "sendgrid")
    messages = [
        make_sent(account, make_guest(casa_alba, emails=(f"{n}@post.example",)))
        for n in range(2)
    ]
    news = [
        {"event": "delivered", "timestamp": 1795336800, "message": str(message.uuid)}
        for message in messages
    ]

    call(client, url_of(account), news)
    apply_waiting(now=timezone.now())

    event = WebhookEvent.objects.get()
    assert DeliveryEvent.objects.count() == 2
    assert (event.message, bytes(event.body), event.headers) == (None, b"", {})
