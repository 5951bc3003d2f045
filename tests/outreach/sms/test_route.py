from datetime import timedelta

import pytest

from crm.core.signing import public_token
from outreach.events.doors import door_url
from outreach.models import Attempt, ProviderAccount
from outreach.outcomes import Found, NoAnswer, NotFound, Outcome, Unsupported
from outreach.sms.route import SmsRoute
from tests.factories import make_guest
from tests.outreach.sms.builders import make_sms, make_sms_account
from tests.outreach.sms.providers import (
    MADE_AT,
    FakeElks,
    FakeLink,
    FakeSinch,
    FakeTwilio,
)
from tests.outreach.sms.stand_in import Resets, Says

Kind = Attempt.Outcome
Pause = ProviderAccount.Pause
TO = "+4740612345"


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, phones=(TO,))


@pytest.fixture
def account(casa_alba, provider, server, settings):
    settings.SMS_STAND_IN_URL = server.url
    return make_sms_account(
        casa_alba, provider.backend("").name, credentials=provider.credentials
    )


def deliver(route, message):
    return route.deliver(route.prepare(message), before_end=lambda: None)


def test_a_message_is_handed_over_in_one_request(account, server, provider, nora):
    message = make_sms(nora, body_text="Welcome back")
    route = SmsRoute(account)

    outcome = deliver(route, message)

    assert outcome.kind == Kind.ACCEPTED
    assert outcome.provider_id != ""
    assert (len(server.asked), len(provider.taken)) == (1, 1)


def test_it_is_the_same_however_often_it_is_prepared(casa_alba, nora):
    message = make_sms(nora, body_text="Stop: https://links.invalid/unsubscribe")
    account = make_sms_account(casa_alba)

    first, second = (SmsRoute(account).prepare(message) for _ in range(2))

    assert first == second
    assert (first.to, first.sender.text, first.reference) == (
        TO,
        "Solvik",
        message.uuid,
    )
    token = public_token("unsubscribe", message.uuid)
    assert first.text == f"Stop: https://solvik.example/u/{token}/"
    assert first.callback_url == door_url(account, "sms")


def test_without_a_sender_it_is_from_the_house(casa_alba, nora):
    casa_alba.name = "Casa Alba på Brygga"
    account = make_sms_account(casa_alba, sender="")

    prepared = SmsRoute(account).prepare(make_sms(nora))

    assert prepared.sender.text == "Casa Alba p"


def test_an_account_with_a_sender_that_cannot_be_is_paused(casa_alba, nora):
    account = make_sms_account(casa_alba, sender="Hotel 東京")

    outcome = deliver(SmsRoute(account), make_sms(nora))

    assert outcome == Outcome(Kind.NOT_SENT, "InvalidSender", pause=Pause.SENDER)


@pytest.mark.parametrize(
    ("provider", "says", "pause"),
    [
        (FakeElks, Says(401), Pause.LOGIN),
        (FakeElks, FakeElks.no_money, Pause.EMPTY),
        (FakeLink, FakeLink.no_money, Pause.LOGIN),
        (FakeTwilio, FakeTwilio.no_money, Pause.LOGIN),
        (FakeTwilio, Says.json(403, {"code": 20005}), Pause.EMPTY),
        (FakeTwilio, Says.json(400, {"code": 21606}), Pause.SENDER),
        (FakeSinch, Says(401), Pause.LOGIN),
        (FakeSinch, Says(402), Pause.EMPTY),
        (FakeSinch, FakeSinch.refusal, ""),
        (FakeSinch, Says(429), ""),
        (FakeSinch, Says(500), ""),
        (FakeSinch, Resets(), ""),
    ],
    indirect=["provider"],
)
def test_trouble_of_the_whole_account_pauses_it(account, server, nora, says, pause):
    server.behave(says)

    outcome = deliver(SmsRoute(account), make_sms(nora))

    assert outcome.pause == pause


def test_an_account_whose_credentials_are_lost_is_paused(casa_alba, nora):
    account = make_sms_account(casa_alba, "sinch", credentials={"plan": "1"})
    account.credentials = b"damaged"

    route = SmsRoute(account)

    outcome = deliver(route, make_sms(nora))
    asked = route.find(route.prepare(make_sms(nora)), around=MADE_AT)
    assert outcome == Outcome(Kind.NOT_SENT, "CredentialsLost", pause=Pause.LOGIN)
    assert asked == NoAnswer("CredentialsLost")


# Asking later


@pytest.mark.parametrize("provider", [FakeElks, FakeTwilio, FakeSinch], indirect=True)
def test_what_was_taken_is_found_again(account, server, provider, nora):
    message = make_sms(nora, body_text="Welcome back")
    route = SmsRoute(account)
    taken = deliver(route, message)

    found = route.find(route.prepare(message), around=MADE_AT)

    assert isinstance(found, Found)
    assert found.provider_id == taken.provider_id


@pytest.mark.parametrize("provider", [FakeElks, FakeTwilio], indirect=True)
def test_the_same_words_of_another_message_are_not_taken_for_its_own(
    account, server, provider, nora
):
    route = SmsRoute(account)
    first, lost = (make_sms(nora, body_text="Welcome back") for _ in range(2))
    taken = deliver(route, first)
    first.account, first.provider_message_id = account, taken.provider_id
    first.save(update_fields=["account", "provider_message_id"])

    found = route.find(route.prepare(lost), around=MADE_AT)

    assert found == NotFound(is_proof=False)


def test_too_many_messages_alike_leave_it_open(casa_alba, nora):
    class Forgetful(SmsRoute):
        def _is_of_another(self, provider_id, reference):
            return True

    route = Forgetful(make_sms_account(casa_alba))

    found = route.find(route.prepare(make_sms(nora)), around=MADE_AT)

    assert found == NoAnswer("too many alike")


def test_who_cannot_be_asked_is_not_asked(casa_alba, nora, settings):
    settings.SMS_STAND_IN_URL = "http://127.0.0.1:1"
    account = make_sms_account(
        casa_alba, "link_mobility", credentials=FakeLink.credentials
    )
    route = SmsRoute(account)

    found = route.find(
        route.prepare(make_sms(nora)), around=MADE_AT - timedelta(hours=1)
    )

    assert found == Unsupported()
