"""Mails that come back or come in, posted to the door of a plain mail server."""

import pytest
from django.utils import timezone

from customers.models import Suppression
from outreach.email.return_addresses import ReturnKind, return_address
from outreach.events.applying import apply_waiting
from outreach.events.mail_words import own_words
from outreach.models import DeliveryEvent, InboundMessage, Message, WebhookEvent
from tests.factories import allow, make_guest
from tests.outreach.events.builders import call, make_mail_account, make_sent, url_of
from tests.outreach.events.mails import abused, an_answer, by_qmail, returned

Delivery, Kind = Message.Delivery, DeliveryEvent.Kind
DOMAIN = "svar.solvik.example"


@pytest.fixture
def account(casa_alba):
    account = make_mail_account(casa_alba, "smtp", host="mail.solvik.example")
    account.inbound_domain = DOMAIN
    account.save(update_fields=["inbound_domain"])
    return account


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, emails=("nora@post.example",))


@pytest.fixture
def message(account, nora):
    return make_sent(account, nora)


@pytest.fixture
def arrives(client, account):
    """Return a way for a mail to come in, which is understood at once."""

    def arrive(mail):
        response = call(
            client, url_of(account, "bounce"), mail, content_type="message/rfc822"
        )
        assert response.status_code == 200
        apply_waiting(now=timezone.now())

    return arrive


def at(kind, message):
    return return_address(ReturnKind(kind), message.uuid, domain=DOMAIN)


def news_of(message):
    message.refresh_from_db()
    rows = message.delivery_events.order_by("pk").values_list("kind", "code")
    return message.delivery, list(rows)


def closed():
    return list(Suppression.objects.values_list("scope", "reason"))


def test_a_mail_to_nobody_comes_back_and_closes_the_address(message, nora, arrives):
    arrives(returned(to=at("bounce", message)))

    assert news_of(message) == (Delivery.BOUNCED, [(Kind.BOUNCED, "5.1.1")])
    assert closed() == [("all", "bounced")]
    assert nora.contact_points.get().bounced_at is not None
    assert WebhookEvent.objects.get().message == message


def test_a_returned_mail_is_known_by_the_mail_it_brings_back(message, arrives):
    arrives(returned(uuid=message.uuid, original="text/rfc822-headers"))

    assert news_of(message) == (Delivery.BOUNCED, [(Kind.BOUNCED, "5.1.1")])


@pytest.mark.parametrize(
    ("status", "said", "expected", "code"),
    [
        ("5.0.0", "550 5.1.1 No such user", Kind.BOUNCED, "5.1.1"),
        ("5.1.2", "", Kind.BOUNCED, "5.1.2"),
        ("5.2.2", "552 5.2.2 Mailbox full", Kind.FAILED, "5.2.2"),
        ("4.4.7", "", Kind.FAILED, "4.4.7"),
        ("5.7.1", "550 5.7.1 Looks like spam", Kind.FAILED, "5.7.1"),
        ("5.0.0", "", Kind.FAILED, "5.0.0"),
        ("5.1.8", "", Kind.FAILED, "5.1.8"),
    ],
)
def test_only_what_says_that_nobody_is_there_closes_at_once(
    message, arrives, status, said, expected, code
):
    arrives(returned(to=at("bounce", message), status=status, said=said))

    _delivery, events = news_of(message)
    assert events == [(expected, code)]
    assert closed() == ([("all", "bounced")] if expected == Kind.BOUNCED else [])


@pytest.mark.parametrize(
    ("action", "expected"),
    [("delayed", Delivery.DEFERRED), ("delivered", Delivery.DELIVERED)],
)
def test_what_is_on_its_way_is_not_returned(message, arrives, action, expected):
    arrives(returned(to=at("bounce", message), action=action, status="2.0.0"))

    assert news_of(message)[0] == expected
    assert closed() == []


def test_a_full_mailbox_counts_after_three_mails(account, nora, arrives):
    for number in range(3):
        assert closed() == []
        message = make_sent(account, nora)
        said = f"552 5.2.2 Full, ask for ticket {number}"
        arrives(returned(to=at("bounce", message), status="5.2.2", said=said))

    assert closed() == [("all", "bounced")]


def test_a_mailbox_that_was_full_long_ago_does_not_count(account, nora, arrives):
    for number in range(3):
        DeliveryEvent.objects.update(at="2026-01-01T00:00Z")
        message = make_sent(account, nora)
        arrives(returned(to=at("bounce", message), status="5.2.2", said=f"{number}"))

    assert closed() == []


def test_mails_refused_for_our_own_sake_close_nothing(account, nora, arrives):
    for number in range(4):
        message = make_sent(account, nora)
        arrives(returned(to=at("bounce", message), status="5.7.1", said=f"{number}"))

    assert closed() == []


def test_another_form_of_returned_mail_is_known_too(message, arrives):
    arrives(by_qmail(to=at("bounce", message), said="(#5.1.1)"))

    assert news_of(message) == (Delivery.BOUNCED, [(Kind.BOUNCED, "5.1.1")])


def test_a_guess_never_closes_at_once(message, arrives):
    arrives(by_qmail(to=at("bounce", message)))

    assert news_of(message)[0] == Delivery.FAILED
    assert closed() == []


def test_a_report_of_abuse_is_a_complaint(message, arrives):
    arrives(abused(uuid=message.uuid))

    assert news_of(message) == (Delivery.DELIVERED, [(Kind.COMPLAINED, "")])
    assert closed() == [("all", "complained")]


def test_a_report_that_it_was_no_spam_is_none(message, arrives):
    arrives(abused(uuid=message.uuid, feedback="not-spam"))

    assert news_of(message) == ("", [])


def test_a_mail_to_the_address_for_stopping_stops(message, nora, arrives):
    allow(nora)

    arrives(an_answer("", to=at("unsubscribe", message)))

    assert closed() == [("survey", "unsubscribed")]
    assert not nora.consent_events.latest("pk").is_granted
    assert InboundMessage.objects.count() == 0


def test_an_answer_is_kept_beside_what_it_answers(message, nora, arrives):
    arrives(an_answer(to=f"Casa Alba <{at('reply', message).upper()}>"))

    answer = InboundMessage.objects.get()
    assert (answer.answers, answer.guest, answer.is_automatic) == (message, nora, False)
    assert answer.body == "Takk, vi gleder oss!"
    assert answer.subject == "Re: Takk for besøket"
    assert answer.from_address == "nora@post.example"
    assert bytes(answer.from_hash) == nora.contact_points.get().fingerprint
    # What it says is kept there, and nowhere else.
    assert bytes(WebhookEvent.objects.get().body) == b""


def test_the_same_answer_twice_is_kept_once(message, arrives):
    mail = an_answer(to=at("reply", message))

    arrives(mail)
    arrives(b"X-Late: yes\r\n" + mail)

    assert WebhookEvent.objects.count() == 2
    assert InboundMessage.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation); x=y"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.example>"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"sender": "noreply@post.example"},
    ],
)
def test_what_a_robot_writes_is_no_answer(message, arrives, headers):
    arrives(an_answer("STOP", to=at("reply", message), **headers))

    answer = InboundMessage.objects.get()
    assert (answer.is_automatic, answer.asks) == (True, "")
    assert closed() == []


def test_auto_submitted_no_is_by_a_person(message, arrives):
    arrives(an_answer(to=at("reply", message), Auto_Submitted="no"))

    assert not InboundMessage.objects.get().is_automatic


def test_an_out_of_office_where_returned_mails_go_is_not_one(message, arrives):
    arrives(an_answer("I am away until Monday.", to=at("bounce", message)))

    assert InboundMessage.objects.get().is_automatic
    assert news_of(message) == ("", [])


def test_an_answer_that_says_stop_stops(message, nora, arrives):
    text = "Stopp!\n\nsøn. 22. nov. skrev Casa Alba <post@solvik.example>:\n> Takk"

    arrives(an_answer(text, to=at("reply", message)))

    assert InboundMessage.objects.get().asks == "stop"
    assert closed() == [("survey", "unsubscribed")]


def test_an_answer_without_our_token_is_by_whom_it_says(account, nora, arrives):
    arrives(an_answer("STOP"))

    answer = InboundMessage.objects.get()
    assert (answer.guest, answer.answers, answer.asks) == (nora, None, "stop")
    # Anybody can write anybody's name there.
    assert closed() == []


def test_an_answer_to_another_house_is_not_matched(account, bar_carla, arrives):
    theirs = make_sent(make_mail_account(bar_carla), make_guest(bar_carla))

    arrives(an_answer(to=at("reply", theirs), sender="x@y.example"))

    answer = InboundMessage.objects.get()
    assert (answer.answers, answer.guest) == (None, None)


def test_an_answer_in_html_only_is_kept_as_text(message, arrives):
    mail = (
        f"From: nora@post.example\r\nTo: {at('reply', message)}\r\n"
        "Content-Type: text/html; charset=nonsense\r\n\r\n<p>Hei <b>dere</b>\x00</p>"
    )

    arrives(mail.encode())

    answer = InboundMessage.objects.get()
    assert answer.body == "Hei dere"
    assert answer.provider_message_id.startswith("digest:")


@pytest.mark.parametrize(
    "mail",
    [b"", b"\x00\xff\xfe", b"no headers at all", b"Content-Type: multipart/report\r\n\r\n",
     b"To: \xff\xff\r\nFrom: =?x?q?=00?=\r\n\r\nhei",
     b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n--a\r\n--a--"],
)  # fmt: skip
def test_a_mail_that_is_none_breaks_nothing(account, arrives, mail):
    arrives(mail)

    event = WebhookEvent.objects.get()
    assert (event.trouble, event.next_try_at) == ("", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ja!\n\nPå søndag skrev dere:\n> Hei", "Ja!"),
        ("> alt sitert", ""),
        ("Vi kommer\n-----Original Message-----\nFrom: x", "Vi kommer"),
        ("Tid: kl 10\nEn til", "Tid: kl 10\nEn til"),
    ],
)
def test_the_own_words_are_those_before_the_history(text, expected):
    assert own_words(text) == expected
