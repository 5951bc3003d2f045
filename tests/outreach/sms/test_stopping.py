import unicodedata

import pytest

from outreach.sms.stopping import Asks, asked_for


@pytest.mark.parametrize(
    "text",
    [
        "STOP", "Stopp!", "stop.", " sToP ", "«stopp»", "\u200bSTOP\n", "Stop all", "🛑 STOP",
        "SLUTT", "avslutt", "AVREGISTRERA", "Avmeld", "AFMELD", "Lopeta.", "LOPETA!!!",
        "Abmelden", "UNSUBSCRIBE", "end", "Quit", "cancel", "STOP\u00a0ALL",
        unicodedata.normalize("NFD", "avanmäl"), "\uff33\uff34\uff2f\uff30",
    ],
)  # fmt: skip
def test_a_word_that_says_no_is_understood(text):
    assert asked_for(text) == Asks.STOP


@pytest.mark.parametrize("text", ["START", "starta", "Unstop.", "Aloita", "påmeld"])
def test_a_word_that_says_yes_again_is_understood(text):
    assert asked_for(text) == Asks.START


@pytest.mark.parametrize("text", ["HELP", "hjelp!", "Hjälp?", "HJÆLP", "apua", "Hilfe"])
def test_a_cry_for_help_is_understood(text):
    assert asked_for(text) == Asks.HELP


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "...", "🛑", "Stop by at eight?", "Please stop", "stopping", "Nonstop",
        "Slutt på ferien, takk for oss", "Yes", "Ja", "1", "STOP" * 50, "stop " * 100_000,
    ],
)  # fmt: skip
def test_every_other_message_is_for_people(text):
    assert asked_for(text) is None
