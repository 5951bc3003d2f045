"""Every mail provider, in its own shape: who it is, and what it says."""

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.models import Suppression
from outreach.email.return_addresses import ReturnKind, return_address
from outreach.events.applying import apply_waiting
from outreach.models import InboundMessage, Message, WebhookEvent
from tests.factories import make_guest
from tests.outreach.events.builders import (
    basic,
    call,
    make_mail_account,
    make_sent,
    url_of,
)
from tests.outreach.events.provider_calls import NAME, PROVIDERS

AT = datetime(2026, 11, 22, 8, 40, tzinfo=UTC)
# What these cannot say at all.
_SAY_NOT = {("postal", "spam")}
# Mandrill tells of what it passed on only; Postal tries again what came back for now.
_OTHERWISE = {("mandrill", "delivered"): "sent", ("postal", "soft"): "deferred"}
# Providers whose calls carry no word of ours.
_NAMELESS = {"mailersend", "postal", "mailjet"}


@pytest.fixture
def sent(casa_alba):
    """Return a way to have sent a message through a provider."""

    def send(provider):
        _speak, credentials, _signed = PROVIDERS[provider]
        account = make_mail_account(casa_alba, provider, **credentials)
        guest = make_guest(casa_alba, emails=("nora@post.example",))
        names = {"mailgun": f"<{NAME}>", "mailjet": "19421777835146490"}
        return make_sent(account, guest, provider_id=names.get(provider, NAME))

    return send


def tell(client, message, told, *, spoil=False):
    provider = message.account.provider
    speak, _credentials, signed = PROVIDERS[provider]
    url = url_of(message.account)
    body, content_type, headers = speak(told, str(message.uuid), url)
    if spoil and signed == "body":
        # The signature of another day.
        body = body.replace('"timestamp": "17', '"timestamp": "16').replace(
            '"auth": "', '"auth": "0'
        )
    elif spoil:
        headers = headers | {signed: "v1,AAAA" if "svix" in signed else "AAAA"}
    return call(client, url, body, content_type=content_type, **headers)


@pytest.mark.parametrize(
    ("provider", "told", "delivery", "reasons"),
    [
        (provider, told, _OTHERWISE.get((provider, told), delivery), reasons)
        for provider in PROVIDERS
        for told, delivery, reasons in (
            ("delivered", "delivered", []),
            ("hard", "bounced", ["bounced"]),
            ("soft", "failed", []),
            ("spam", "delivered", ["complained"]),
        )
        if (provider, told) not in _SAY_NOT
    ],
)
def test_each_provider_is_understood(client, sent, provider, told, delivery, reasons):
    message = sent(provider)

    assert tell(client, message, told).status_code == 200
    apply_waiting(now=timezone.now())

    message.refresh_from_db()
    assert WebhookEvent.objects.get().trouble == ""
    assert message.delivery == delivery
    assert list(Suppression.objects.values_list("reason", flat=True)) == reasons


@pytest.mark.parametrize("provider", sorted(set(PROVIDERS) - _NAMELESS))
def test_a_message_is_known_by_our_own_name_for_it(client, sent, provider):
    message = sent(provider)
    Message.objects.filter(pk=message.pk).update(provider_message_id="")

    tell(client, message, "delivered")
    apply_waiting(now=timezone.now())

    message.refresh_from_db()
    assert message.delivery in {"delivered", "sent"}


@pytest.mark.parametrize(
    "provider", [name for name, (_s, _c, signed) in PROVIDERS.items() if signed]
)
def test_a_signature_that_does_not_fit_is_refused(client, sent, provider):
    message = sent(provider)

    response = tell(client, message, "hard", spoil=True)

    assert response.status_code in {401, 403}
    assert WebhookEvent.objects.count() == 0


@pytest.mark.parametrize(
    "provider", [name for name, (_s, _c, signed) in PROVIDERS.items() if not signed]
)
def test_who_does_not_sign_has_to_log_in(client, sent, provider):
    message = sent(provider)
    speak, _credentials, _signed = PROVIDERS[provider]
    url = url_of(message.account)
    body, content_type, headers = speak("hard", str(message.uuid), url)

    response = call(
        client, url, body, content_type=content_type, login=False, **headers
    )

    assert response.status_code == 401
    assert "WWW-Authenticate" in response.headers
    assert WebhookEvent.objects.count() == 0


def test_the_time_is_that_of_the_provider(client, sent):
    message = sent("postmark")

    tell(client, message, "delivered")
    apply_waiting(now=timezone.now())

    message.refresh_from_db()
    assert message.delivery_at == AT


def test_a_signed_address_holds_no_password(sent):
    assert urlsplit(url_of(sent("mandrill").account)).password is None


# Mails that come in through a provider


def _postmark(to):
    return {
        "FromFull": {"Email": "nora@post.example", "Name": "Nora Østby"},
        "ToFull": [{"Email": to, "Name": ""}],
        "OriginalRecipient": to,
        "Subject": "Re: Takk",
        "MessageID": "22c74902",
        "TextBody": "Takk!\n\n> Hei",
        "StrippedTextReply": "Takk!",
        "Headers": [{"Name": "Message-ID", "Value": "<a1@post.example>"}],
        "Attachments": [],
    }


def _brevo(to):
    return {
        "items": [
            {
                "Uuid": ["u1"],
                "Headers": {
                    "From": "nora@post.example",
                    "To": to,
                    "Subject": "Re: Takk",
                    "Message-ID": "<a1@post.example>",
                },
                "RawTextBody": "Takk!\n\n> Hei",
                "ExtractedMarkdownMessage": "Takk!",
                "Attachments": [{"DownloadToken": "t", "Name": "picture.jpg"}],
            }
        ]
    }


@pytest.mark.parametrize(
    ("provider", "speak"), [("postmark", _postmark), ("brevo", _brevo)]
)
def test_an_answer_comes_in_through_a_provider(client, sent, provider, speak):
    message = sent(provider)
    to = return_address(ReturnKind.REPLY, message.uuid, domain="svar.solvik.example")

    response = call(client, url_of(message.account, "inbound"), speak(to))
    apply_waiting(now=timezone.now())

    answer = InboundMessage.objects.get()
    assert response.status_code == 200
    assert (answer.answers, answer.body) == (message, "Takk!")
    assert answer.provider_message_id == "<a1@post.example>"
    assert WebhookEvent.objects.get().trouble == ""


@pytest.mark.parametrize("size", [10, 4_000_000])
def test_an_answer_with_a_picture_comes_in_as_a_form(client, sent, size):
    message = sent("sendgrid")
    to = return_address(ReturnKind.REPLY, message.uuid, domain="svar.solvik.example")
    url = urlsplit(url_of(message.account, "inbound"))

    response = client.post(
        url.path,
        {
            "headers": f"From: nora@post.example\nTo: {to}\nMessage-ID: <a1@post.example>",
            "text": "Takk!",
            "envelope": json.dumps({"from": "nora@post.example", "to": [to]}),
            "attachment-info": json.dumps({"attachment1": {"filename": "a.jpg"}}),
            "attachment1": SimpleUploadedFile("a.jpg", b"x" * size),
        },
        headers={"authorization": basic("gjensyn", url.password)},
    )
    apply_waiting(now=timezone.now())

    assert response.status_code == 200
    assert InboundMessage.objects.get().body == "Takk!"


def test_a_mail_at_the_wrong_door_is_kept_for_a_look(client, sent):
    message = sent("postmark")

    call(client, url_of(message.account, "tracking"), _postmark("x@solvik.example"))
    apply_waiting(now=timezone.now())

    assert WebhookEvent.objects.get().trouble == "unreadable"
