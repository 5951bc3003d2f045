"""An SMS on its whole way: due, decided, written, handed over, stopped."""

import pytest
from django.utils import timezone

from crm.core.signing import address_hash, public_token
from customers.models import Channel, Purpose, Suppression
from outreach.deciding.decision import Reason
from outreach.models import (
    Attempt,
    Message,
    MessageTemplate,
    SendingHours,
    TemplateVersion,
)
from outreach.sending.claiming import Lane
from outreach.sending.due import send_due
from tests.factories import allow, make_guest
from tests.outreach.sms.builders import make_sms, make_sms_account
from tests.outreach.sms.providers import FakeElks

Status = Message.Status
Kind = Attempt.Outcome
TO = "+4740612345"


@pytest.fixture
def nora(casa_alba):
    nora = make_guest(casa_alba, phones=(TO,), language="en")
    allow(nora, Purpose.MARKETING, channel=Channel.SMS, now=timezone.now())
    SendingHours.objects.create(
        business=casa_alba,
        channel=Channel.SMS,
        purpose=Purpose.MARKETING,
        opens="00:00",
        closes="00:00",
    )
    return nora


def make_news(nora, *, text="Hello {{ guest.first_name }}", **fields):
    now = timezone.now()
    template = MessageTemplate.objects.create(
        business=nora.business, name="News", purpose="marketing", created_at=now
    )
    version = TemplateVersion.objects.create(
        business=nora.business,
        template=template,
        number=1,
        contents={"en": {"subject": "", "blocks": [], "sms": {"text": text}}},
        created_at=now,
    )
    return make_sms(
        nora,
        **({"kind": "marketing", "template_version": version, "now": now} | fields),
    )


def send(lane=Lane.CRITICAL):
    return send_due(lane=lane, owner="test")


@pytest.mark.parametrize("provider", [FakeElks], indirect=True)
def test_it_leaves_once_with_its_own_link_and_knows_its_cost(
    casa_alba, nora, provider, server, settings
):
    settings.SMS_STAND_IN_URL = server.url
    make_sms_account(casa_alba, "elks46", credentials=provider.credentials)
    message = make_news(nora, kind="critical")

    sent = send(), send()

    message.refresh_from_db()
    assert sent == (1, 0)
    [taken] = provider.taken
    assert (taken["to"], taken["from"], taken["message"]) == (
        TO,
        "Solvik",
        "Hello Nora",
    )
    assert (message.status, message.provider_message_id) == (
        Status.ACCEPTED,
        taken["id"],
    )
    assert (message.parts, message.cost) == (1, 3500)


@pytest.mark.parametrize("provider", [FakeElks], indirect=True)
def test_news_carry_a_link_that_stops_sms_and_nothing_else(
    casa_alba, nora, provider, server, settings, client
):
    settings.SMS_STAND_IN_URL = server.url
    make_sms_account(casa_alba, "elks46", credentials=provider.credentials)
    message = make_news(nora)
    send(Lane.BULK)

    link = provider.taken[0]["message"].rpartition(" ")[2]
    asked = client.get(link.removeprefix("https://solvik.example"))
    done = client.post(link.removeprefix("https://solvik.example"))

    message.refresh_from_db()
    assert link == (
        f"https://solvik.example/u/{public_token('unsubscribe', message.uuid)}/"
    )
    assert (asked.status_code, done.status_code) == (200, 200)
    [closed] = Suppression.objects.filter(business=casa_alba)
    assert (closed.channel, bytes(closed.address_hash), closed.scope) == (
        Channel.SMS,
        address_hash("sms", TO),
        "marketing",
    )


def test_who_never_said_yes_to_sms_gets_none(casa_alba):
    make_sms_account(casa_alba)
    ola = make_guest(casa_alba, emails=("ola@post.no",), phones=(TO,))
    allow(ola, Purpose.MARKETING, now=timezone.now())
    message = make_news(ola)

    send(Lane.BULK)

    message.refresh_from_db()
    assert (message.status, message.reason) == (Status.SUPPRESSED, Reason.NO_CONSENT)


def test_a_landline_gets_no_sms(casa_alba):
    make_sms_account(casa_alba)
    ola = make_guest(casa_alba, phones=("+4757871234",))
    message = make_news(ola, kind="critical")

    send()

    message.refresh_from_db()
    assert (message.status, message.reason) == (Status.SUPPRESSED, Reason.NOT_MOBILE)


def test_without_a_provider_it_waits(casa_alba, nora):
    message = make_news(nora, kind="critical")

    send()

    message.refresh_from_db()
    assert (message.status, message.attempt_count) == (Status.QUEUED, 0)


@pytest.mark.parametrize(
    ("text", "status", "outcome"),
    [
        ("Hi [rejected]", Status.FAILED, Kind.REJECTED),
        ("Hi [busy]", Status.QUEUED, Kind.THROTTLED),
        ("Hi [away]", Status.QUEUED, Kind.NOT_SENT),
        ("Hi [lost]", Status.UNKNOWN, Kind.UNKNOWN),
        ("Hi", Status.ACCEPTED, Kind.ACCEPTED),
    ],
)
def test_what_the_provider_says_is_what_the_message_says(
    casa_alba, nora, text, status, outcome
):
    make_sms_account(casa_alba)
    message = make_news(nora, text=text, kind="critical")

    send()

    message.refresh_from_db()
    assert (message.status, message.attempts.get().outcome) == (status, outcome)


def test_a_refused_login_pauses_the_account(casa_alba, nora):
    account = make_sms_account(casa_alba)
    make_news(nora, text="Hi [locked]", kind="critical")

    send()

    account.refresh_from_db()
    assert (account.pause_reason, account.pauses_all) == ("login", True)


def test_an_sms_speaks_of_its_provider_and_a_mail_of_its_server(casa_alba, nora):
    make_sms_account(casa_alba)
    message = make_news(nora, text="Hi [away]", kind="critical")

    send()

    message.refresh_from_db()
    by_sms, message.channel = message.explanation, Channel.EMAIL
    assert (by_sms, message.explanation) == (
        "The provider was not reached. We try again.",
        "The mail server was not reached. We try again.",
    )
