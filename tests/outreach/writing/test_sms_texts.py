import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Guest
from outreach.sms.encoding import Encoding
from outreach.sms.senders import Sender, SenderKind
from outreach.sms.stopping import Asks, asked_for, word_to_stop
from outreach.writing.links import example_links, placeholder
from outreach.writing.liquid_texts import CannotFillIn
from outreach.writing.sms_texts import (
    measured,
    render_sms,
    without_wide_letters,
)
from tests.outreach.writing.test_rendering import HOUSE, NASTY, NORA, VISIT

NAME = Sender("Solvik", SenderKind.NAME)
NUMBER = Sender("+4759440000", SenderKind.NUMBER)


def sms(text, **language):
    code = language.get("code", "en")
    return {code: {"subject": "", "blocks": [], "sms": {"text": text}}}


def written(text, *, guest=NORA, purpose="service", sender=NAME, language="en"):
    return render_sms(
        sms(text, code=language),
        language=language,
        purpose=purpose,
        business=HOUSE,
        guest=guest,
        visit=VISIT,
        sender=sender,
    )


def test_an_sms_is_filled_in_and_nothing_is_escaped():
    text = written("{{ greeting }}, {{ venue.name }} & <you> 'n' \"me\"")

    assert text == "Hello Nora, Hotellet & <you> 'n' \"me\""


@pytest.mark.parametrize("nasty", NASTY)
def test_a_name_stays_a_name(nasty):
    guest = Guest(business=HOUSE, display_name=nasty, given_name=nasty)

    text = written("Hello {{ guest.first_name }}!", guest=guest)

    assert text.startswith("Hello ")
    assert text.endswith("!")
    assert not set(text) & set("\x01\x0b\u202e\r")


def test_links_are_placeholders_until_it_leaves():
    text = written("{{ survey_link }} {{ preferences_link }} {{ details_link }}")

    names = ("survey", "preferences", "details")
    assert text.split() == [placeholder(name) for name in names]


def test_curly_signs_are_made_plain_and_letters_stay():
    assert written("“Ærlig” – João … {{ guest.name }}") == (
        '"Ærlig" - João ... Nora Østby'
    )


# The way out


@pytest.mark.parametrize(
    ("purpose", "sender", "ending"),
    [
        ("marketing", NAME, f"Stop: {placeholder('unsubscribe')}"),
        ("survey", NAME, f"Stop: {placeholder('unsubscribe')}"),
        ("marketing", None, f"Stop: {placeholder('unsubscribe')}"),
        ("marketing", NUMBER, "Reply STOP to stop."),
        ("marketing", Sender("2333", SenderKind.SHORT), "Reply STOP to stop."),
        ("service", NAME, "News"),
        ("critical", NUMBER, "News"),
    ],
)
def test_every_message_of_a_list_says_how_to_leave_it(purpose, sender, ending):
    lines = written("News", purpose=purpose, sender=sender).split("\n")

    assert lines == ["News"] if ending == "News" else lines == ["News", ending]


@pytest.mark.parametrize("language", django_settings.GUEST_LANGUAGES)
def test_the_word_that_guests_are_told_is_one_we_understand(language):
    assert asked_for(word_to_stop(language)) == Asks.STOP


@pytest.mark.parametrize("language", django_settings.GUEST_LANGUAGES)
def test_the_way_out_makes_no_message_dear(language):
    for sender in (NAME, NUMBER):
        text = written("News", purpose="marketing", sender=sender, language=language)

        assert measured(text, example_links()).encoding == Encoding.GSM


# Languages


def test_an_sms_comes_in_the_best_language_that_has_one():
    contents = {
        "nb": {"subject": "Hei", "blocks": []},
        "sv": {"subject": "", "blocks": [], "sms": {"text": "Hej"}},
        "en": {"subject": "Hi", "blocks": [], "sms": {"text": "Hi"}},
    }

    def in_language(language):
        return render_sms(
            contents, language=language, purpose="service", business=HOUSE, guest=NORA
        )

    assert [in_language(code) for code in ("sv", "nb", "de")] == ["Hej", "Hi", "Hi"]


@pytest.mark.parametrize(
    "contents",
    [{}, {"en": {"subject": "Hi", "blocks": []}}, sms("  "), sms("{{ '' }}")],
)
def test_a_template_without_an_sms_cannot_be_one(contents):
    with pytest.raises(CannotFillIn, match="no words for an SMS"):
        render_sms(
            contents, language="en", purpose="service", business=HOUSE, guest=NORA
        )


# What it takes


def test_a_message_is_measured_with_the_links_it_leaves_with():
    links = {"survey": "https://solvik.example/s/" + "x" * 60}

    short = measured("a" * 100 + placeholder("survey"), links)

    assert short.text == "a" * 100 + links["survey"]
    assert short.parts == 2


def test_examples_of_links_are_as_long_as_real_ones():
    links = example_links()

    assert sorted(links) == ["details", "preferences", "survey", "unsubscribe"]
    assert {len(link.rstrip("/").rpartition("/")[2]) for link in links.values()} == {35}


def test_what_nobody_reads_is_not_sent():
    with pytest.raises(CannotFillIn, match="more than 8 parts"):
        measured("å" * (8 * 153 + 1), {})


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Hello 🎉 Nora", "Hello Nora"),
        ("👩🏽\u200d🍳 cooks", " cooks"),
        ("🇳🇴 Norway", " Norway"),
        ("李 and 𠮷", "李 and ?"),
        ("plain ✓", "plain ✓"),
    ],
)
def test_emoji_are_left_out_where_a_provider_knows_none(text, kept):
    assert without_wide_letters(text) == kept


@given(st.text(max_size=60))
def test_no_wide_letter_is_left(text):
    assert all(letter <= "\uffff" for letter in without_wide_letters(text))
