import pytest

from customers.models import Purpose
from outreach.models import Message, MessageTemplate, TemplateVersion
from outreach.sending.freezing import freeze
from outreach.writing.liquid_texts import CannotFillIn
from tests.factories import NOW, make_guest
from tests.outreach.sms.builders import make_sms, make_sms_account


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, phones=("+4740612345",), language="en")


def make_words(business, text, *, purpose=Purpose.MARKETING):
    template = MessageTemplate.objects.create(
        business=business, name="News", purpose=purpose, created_at=NOW
    )
    return TemplateVersion.objects.create(
        business=business,
        template=template,
        number=1,
        contents={"en": {"subject": "", "blocks": [], "sms": {"text": text}}},
        created_at=NOW,
    )


def frozen(nora, text, account, **fields):
    values = {"kind": Message.Kind.MARKETING, "account": account}
    version = make_words(nora.business, text)
    message = make_sms(nora, template_version=version, **(values | fields))
    freeze(message, version)
    return message


def test_the_words_and_what_they_cost_are_known(casa_alba, nora):
    account = make_sms_account(casa_alba, prices={"NO": 690}, currency="NOK")

    message = frozen(nora, "Hello {{ guest.first_name }} – “welcome”", account)

    assert message.body_text == (
        'Hello Nora - "welcome"\nStop: https://links.invalid/unsubscribe'
    )
    assert (message.subject, message.body_html) == ("", "")
    assert (message.parts, message.encoding) == (1, "GSM-7")
    assert (message.cost_estimate, message.cost_currency) == (690, "NOK")


def test_the_links_count_as_they_leave(casa_alba, nora, settings):
    settings.SITE_URL = "https://a-long-name-of-a-house.example"
    account = make_sms_account(casa_alba, prices={"NO": 690})

    message = frozen(nora, "Hello" * 18, account)

    assert len(message.body_text) < 160
    assert (message.parts, message.cost_estimate) == (2, 1380)


def test_a_price_that_nobody_knows_is_none(casa_alba, nora):
    message = frozen(nora, "Hi", make_sms_account(casa_alba, prices={"SE": 500}))

    assert message.cost_estimate is None


def test_a_number_that_can_be_answered_needs_no_link(casa_alba, nora):
    account = make_sms_account(casa_alba, sender="+4759440000")

    assert frozen(nora, "Hi", account).body_text == "Hi\nReply STOP to stop."


def test_one_letter_makes_it_dear(casa_alba, nora):
    message = frozen(nora, "a" * 60 + "š", make_sms_account(casa_alba))

    assert (message.parts, message.encoding) == (2, "UCS-2")


def test_emoji_stay_behind_where_the_provider_knows_none(casa_alba, nora):
    texts = [
        frozen(nora, "Hi 🎉", account).body_text.split("\n")[0]
        for account in (
            make_sms_account(casa_alba),
            make_sms_account(casa_alba, "link_mobility", is_in_use=False),
        )
    ]

    assert texts == ["Hi 🎉", "Hi "]


def test_words_for_mail_only_make_no_sms(casa_alba, nora):
    with pytest.raises(CannotFillIn):
        frozen(nora, " ", make_sms_account(casa_alba))
