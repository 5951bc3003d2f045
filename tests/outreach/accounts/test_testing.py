import pytest
from django.core import mail

from crm.audit.models import Event
from outreach.accounts.testing import Kind, result_of, send_test
from outreach.models import Message, ProviderAccount
from outreach.outcomes import Outcome
from tests.factories import NOW
from tests.outreach.sms.builders import make_sms_account


def path_of(account):
    return f"/casa-alba/outreach/sending/{account.uuid}/test/"


@pytest.fixture
def email(casa_alba):
    return casa_alba.provider_accounts.get(channel="email")


@pytest.fixture
def sms(casa_alba):
    return make_sms_account(casa_alba)


def was_tried(account):
    account.refresh_from_db()
    return account.tested_at is not None


def test_a_mail_goes_to_whoever_asked_at_once(as_alba, alba, email):
    page = as_alba.post(path_of(email))

    [sent] = mail.outbox
    assert (sent.to, sent.subject) == ([alba.email], "A test from Casa Alba")
    assert page.context["result"].tone == "leaf"
    assert f"The provider took the test for {alba.email}." in page.text
    assert was_tried(email)


def test_a_test_is_no_message_of_the_house(as_alba, casa_alba, email):
    as_alba.post(path_of(email))

    assert Message.objects.count() == 0
    assert list(
        Event.objects.filter(business=casa_alba).values_list("action", "object_ref")
    ) == [("tested", str(email.uuid))]


def test_an_sms_goes_to_the_phone_that_is_typed(as_alba, sms):
    page = as_alba.post(path_of(sms), {"to": "406 12 345"})

    assert page.context["result"].tone == "leaf"
    assert "The provider took the test for +4740612345." in page.text
    assert was_tried(sms)


@pytest.mark.parametrize("typed", ["", "hello", "12"])
def test_a_phone_that_cannot_be_is_said_so(as_alba, sms, typed):
    page = as_alba.post(path_of(sms), {"to": typed})

    assert page.context["result"] is None
    assert page.context["test_form"].errors
    assert not was_tried(sms)


# The simulator decides by the last digits of the number.
@pytest.mark.parametrize(
    ("number", "tone", "words"),
    [
        ("+4790009901", "brick", "The provider refused the test"),
        ("+4790009902", "brass", "asks us to come back later"),
        ("+4790009903", "brick", "We did not reach the provider."),
        ("+4790009905", "brass", "gave no clear answer"),
    ],
)
def test_what_comes_of_a_test_is_said_in_words(alba, sms, number, tone, words):
    result = send_test(sms, to=number, language="en", actor=alba, now=NOW)

    assert result.tone == tone
    assert words in result.text
    assert not was_tried(sms)


def test_a_refused_login_is_about_the_account(alba, casa_alba):
    account = make_sms_account(casa_alba, "no-such-provider")

    result = send_test(account, to="+4740612345", language="en", actor=alba, now=NOW)

    assert result.tone == "brick"
    assert "does not accept the login" in result.text


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("smtp", "We did not reach the provider. Look at the name of the server."),
        ("postal", "We did not reach the provider. Look at the name of the server."),
        ("brevo", "We did not reach the provider. Try again in a while."),
        ("installation", "We did not reach the provider. Try again in a while."),
    ],
)
def test_the_name_of_a_server_is_doubted_only_where_it_was_typed(
    email, provider, words
):
    email.provider = provider

    result = result_of(email, Outcome(Kind.NOT_SENT, "ConnectionError"), email.sender)

    assert result.text == words


def test_a_test_goes_while_the_account_is_paused(as_alba, sms):
    ProviderAccount.objects.filter(pk=sms.pk).update(
        paused_at=NOW, pause_reason="login", pauses_all=True
    )

    page = as_alba.post(path_of(sms), {"to": "+4740612345"})

    assert page.context["result"].tone == "leaf"


def test_many_tests_in_a_row_are_enough(as_alba, sms, settings):
    results = [
        as_alba.post(path_of(sms), {"to": "+4740612345"}).context["result"]
        for _number in range(11)
    ]

    assert [result.tone for result in results] == ["leaf"] * 10 + ["brass"]


def test_the_test_is_written_in_the_language_of_the_colleague(as_alba, alba, email):
    alba.language = "nb"
    alba.save(update_fields=["language"])

    as_alba.post(path_of(email))

    assert 'lang="nb"' in mail.outbox[0].alternatives[0][0]
