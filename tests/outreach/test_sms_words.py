"""The words of an SMS beside those of the mail, and how they look on a phone."""

import pytest

from outreach.writing.bubbles import Bubble, bubble_of
from tests.factories import make_guest
from tests.outreach.builders import make_automation
from tests.outreach.sms.builders import make_sms, make_sms_account
from tests.outreach.test_pages import path_of, typed


@pytest.fixture
def template(casa_alba):
    return make_automation(casa_alba).template


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://solvik.example"


def preview(as_alba, template, sms, **changes):
    words = typed(template, en_sms=sms, language="en", **changes)
    return as_alba.post(path_of("templates", template) + "preview/", words)


def test_the_sms_is_saved_with_the_words_of_its_language(template, as_alba):
    as_alba.post(
        path_of("templates", template), typed(template, en_sms="Hi {{ survey_link }}")
    )

    newest = template.versions.get(number=2)
    assert newest.contents["en"]["sms"] == {"text": "Hi {{ survey_link }}"}


def test_without_words_there_is_no_sms(template, as_alba):
    as_alba.post(path_of("templates", template), typed(template, en_sms="  "))

    assert "sms" not in template.versions.get(number=2).contents["en"]


def test_a_mistake_in_the_sms_is_named(template, as_alba):
    page = as_alba.post(path_of("templates", template), typed(template, en_sms="Hi"))

    assert "English: There is no link to the survey in the SMS." in page.text
    assert template.versions.count() == 1


def test_the_preview_counts_parts_and_says_what_they_cost(template, casa_alba, as_alba):
    make_sms_account(casa_alba, prices={"NO": 695}, currency="NOK")

    part = preview(as_alba, template, "a" * 100 + " {{ survey_link }}")

    [bubble] = [part.context["bubble"]]
    assert (bubble.sender, bubble.parts, bubble.encoding, bubble.cost) == (
        "Solvik",
        2,
        "GSM-7",
        1390,
    )
    assert "2 parts" in part.text
    assert "about 0.139\N{NO-BREAK SPACE}kr" in part.text
    assert "solvik.example/…" in part.text


def test_the_preview_names_the_letters_that_make_it_dear(template, as_alba):
    part = preview(as_alba, template, "Čau {{ survey_link }} 🎉")

    assert part.context["bubble"].encoding == "UCS-2"
    assert "Because of Č 🎉 only 70 letters fit into a part, else 160." in part.text


@pytest.mark.parametrize(("letters", "says_so"), [(1, False), (10, True), (80, False)])
def test_the_preview_says_when_a_long_name_takes_more(
    template, as_alba, letters, says_so
):
    settled = "{{ guest.first_name }} {{ survey_link }} " + "a" * letters

    part = preview(as_alba, template, settled)

    assert part.context["bubble"].may_take_more is says_so
    assert ("2 parts with a long name." in part.text) is says_so


def test_without_a_provider_nobody_knows_the_price(template, as_alba):
    part = preview(as_alba, template, "Hi {{ survey_link }}")

    assert (part.context["bubble"].sender, part.context["bubble"].price) == (
        "Casa Alba",
        "",
    )


@pytest.mark.parametrize(
    ("sms", "problem"),
    [
        ("Hi {{ oh", "There is a mistake between two curly brackets."),
        ("å" * 1300, "The SMS takes more than 8 parts. Make it shorter."),
    ],
)
def test_the_preview_says_why_there_is_no_sms(template, as_alba, sms, problem):
    part = preview(as_alba, template, sms)

    assert problem in part.text
    assert "bubble" not in part.context


def test_a_guest_by_name_is_no_markup(template, casa_alba, as_alba):
    part = preview(as_alba, template, "<b>{{ greeting }}</b> {{ survey_link }}")

    assert "&lt;b&gt;Hello" in part.text


def test_a_message_is_shown_as_it_was_sent_with_links_that_lead_nowhere(casa_alba):
    nora = make_guest(casa_alba, phones=("+4740612345",))
    message = make_sms(
        nora,
        account=make_sms_account(casa_alba),
        body_text="Hei\nStop: https://links.invalid/unsubscribe",
        parts=2,
        encoding="GSM-7",
        cost_estimate=1390,
        cost_currency="NOK",
    )

    planned = bubble_of(message)
    message.cost = 1200
    paid = bubble_of(message)

    assert planned == Bubble(
        text="Hei\nStop: solvik.example/…",
        language="nb",
        sender="Solvik",
        parts=2,
        encoding="GSM-7",
        cost=1390,
        currency="NOK",
    )
    assert (paid.cost, paid.is_estimate) == (1200, False)


def test_the_bubble_of_a_message_without_an_account_is_from_the_house(casa_alba):
    nora = make_guest(casa_alba, phones=("+4740612345",))

    assert bubble_of(make_sms(nora, body_text="Hei")).sender == "Casa Alba"
