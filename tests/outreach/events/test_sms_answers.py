"""SMS that guests send, and what STOP, START and HELP do."""

from urllib.parse import urlencode

import pytest
from django.utils import timezone

from customers.models import Suppression
from outreach.deciding.decision import Go, decide
from outreach.deciding.facts import load_facts
from outreach.events.applying import apply_waiting
from outreach.models import InboundMessage, Message, WebhookEvent
from tests.factories import allow, make_guest
from tests.outreach.events.builders import call, make_sent, make_sms_account, url_of

NUMBER = "+4740612345"


@pytest.fixture
def account(casa_alba):
    account = make_sms_account(casa_alba)
    account.sender = "+46766861004"
    account.save(update_fields=["sender"])
    return account


@pytest.fixture
def nora(casa_alba):
    guest = make_guest(casa_alba, phones=(NUMBER,))
    allow(guest, channel="sms")
    allow(guest)
    return guest


@pytest.fixture
def writes(client, account):
    """Return a way for a guest to send an SMS, which is understood at once."""

    def write(text, *, number=NUMBER, name="s1", apply_at=None):
        fields = {
            "direction": "incoming",
            "id": name,
            "from": number,
            "to": "+46766861004",
            "created": "2026-11-22T10:05:00.741000",
            "message": text,
        }
        response = call(
            client,
            url_of(account, "sms"),
            urlencode(fields),
            content_type="application/x-www-form-urlencoded",
        )
        # Whatever stands in the answer would be sent to the guest.
        assert (response.status_code, response.content) == (204, b"")
        apply_waiting(now=apply_at or timezone.now())

    return write


def closed():
    rows = Suppression.objects.filter(lifted_at=None)
    return list(rows.values_list("channel", "scope", "reason"))


def said(guest):
    """Return the newest word by purpose and channel."""
    events = guest.consent_events.order_by("pk")
    return {(one.purpose, one.channel): one.is_granted for one in events}


def replies():
    return list(Message.objects.filter(is_letter=True).order_by("pk"))


def test_an_sms_is_kept_beside_the_one_it_answers(account, nora, writes):
    message = make_sent(account, nora, to_hash=nora.contact_points.get().fingerprint)

    writes("Takk, vi gleder oss! 🏔")

    sms = InboundMessage.objects.get()
    assert (sms.guest, sms.answers, sms.channel) == (nora, message, "sms")
    assert (sms.body, sms.asks) == ("Takk, vi gleder oss! 🏔", "")
    assert bytes(WebhookEvent.objects.get().body) == b""
    assert (closed(), replies()) == ([], [])


@pytest.mark.parametrize(
    "word", ["STOPP", "Stop.", "stop", " stopp! ", "Lopeta", "ABMELDEN"]
)
def test_stop_ends_all_sms_to_the_number_and_no_mail(nora, writes, word):
    writes(word)

    assert closed() == [("sms", "all", "unsubscribed")]
    assert said(nora) == {("survey", "sms"): False, ("survey", "email"): True}
    assert nora.consent_events.latest("pk").evidence == "SMS that says stop"


def test_stop_is_confirmed_once_in_the_guests_language(account, nora, writes):
    writes("STOPP")
    writes("STOPP!", name="s2")

    (reply,) = replies()
    assert (reply.to_address, reply.channel, reply.language) == (NUMBER, "sms", "nb")
    assert reply.body_text.startswith("Casa Alba: ")
    assert (reply.parts, reply.encoding, reply.guest) == (1, "GSM-7", nora)
    # It goes, although the number is closed by now.
    assert decide(load_facts([reply])[reply.pk], timezone.now()) == Go()


def test_stop_by_somebody_we_do_not_know_closes_the_number(casa_alba, writes):
    writes("STOPP")

    assert closed() == [("sms", "all", "unsubscribed")]
    assert InboundMessage.objects.get().guest is None


def test_stop_of_two_who_share_a_number_is_heard_for_both(casa_alba, nora, writes):
    other = make_guest(casa_alba, "Olaf Østby", phones=(NUMBER,))
    allow(other, channel="sms")

    writes("STOPP")

    assert said(other) == {("survey", "sms"): False}
    assert said(nora)["survey", "sms"] is False


def test_stop_in_another_house_is_not_heard_here(bar_carla, nora, writes, client):
    theirs = make_sms_account(bar_carla)
    fields = {
        "direction": "incoming",
        "id": "s",
        "from": NUMBER,
        "to": "1",
        "message": "STOPP",
    }
    call(
        client,
        url_of(theirs, "sms"),
        urlencode(fields),
        content_type="application/x-www-form-urlencoded",
    )
    apply_waiting(now=timezone.now())

    assert Suppression.objects.get().business == bar_carla
    assert said(nora)["survey", "sms"] is True


def test_start_opens_what_stop_closed(nora, writes):
    writes("STOPP")

    writes("START", name="s2")

    assert closed() == []
    assert said(nora) == {("survey", "sms"): True, ("survey", "email"): True}
    assert [reply.occasion.split(":")[1] for reply in replies()] == [
        "sms-stop",
        "sms-start",
    ]


def test_start_is_no_yes_to_what_was_never_allowed(casa_alba, writes):
    guest = make_guest(casa_alba, phones=(NUMBER,))

    writes("START")

    assert said(guest) == {}


def test_help_tells_whom_to_ask(nora, writes):
    writes("HJELP")

    (reply,) = replies()
    assert "post@casa-alba.example" in reply.body_text
    assert closed() == []


def test_a_word_within_a_sentence_is_an_answer(nora, writes):
    writes("Kan dere stoppe ved døra klokka åtte?")

    assert InboundMessage.objects.get().asks == ""
    assert closed() == []


def test_the_same_sms_twice_is_done_once(nora, writes):
    writes("STOPP")
    writes("START", name="s2")

    writes("STOPP", name="s1")

    assert closed() == []
    assert InboundMessage.objects.count() == 2
