"""Understand an SMS that asks to stop, to start again, or for help.

Only a message that is nothing but the word counts: "Stop by at eight?" asks for a
table. In every language that guests are written to, whatever theirs is said to be.
"""

import re
import unicodedata
from enum import StrEnum


class Asks(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


_WORDS = {
    Asks.STOP: (
        "stop", "stopp", "stop all", "stopall", "end", "quit", "cancel", "unsubscribe",
        "opt out", "optout", "revoke",
        "slutt", "avslutt", "avregistrer", "avregistrering", "avmeld", "avmelding",
        "stoppa", "sluta", "slut", "avsluta", "avregistrera", "avprenumerera",
        "avanmäl", "afslut", "afmeld", "afmelding",
        "lopeta", "seis", "peru", "peruuta", "kiellä",
        "abmelden", "abmeldung", "abbestellen", "ende", "beenden",
    ),
    Asks.START: (
        "start", "unstop", "subscribe",
        "starta", "start igjen", "påmeld", "påmelding", "tilmeld", "tilmelding",
        "anmäl", "aloita", "anmelden", "anmeldung", "starten",
    ),
    Asks.HELP: (
        "help", "info", "hjelp", "hjälp", "hjælp", "apua", "ohje", "hilfe",
    ),
}  # fmt: skip
_ASKS = {word: asks for asks, words in _WORDS.items() for word in words}
_LONGEST = max(map(len, _ASKS))
# A word, its quotation marks and a shout; whatever is longer was written by hand.
_MOST_CHARACTERS = 3 * _LONGEST


# What guests are told to answer, as the word is known in their country.
_TOLD = {"nb": "STOPP", "nn": "STOPP", "sv": "STOPP"}


def word_to_stop(language: str) -> str:
    return _TOLD.get(language, "STOP")


def asked_for(text: str) -> Asks | None:
    """Return what the whole of ``text`` asks for; None for every other message."""
    if len(text) > _MOST_CHARACTERS:
        return None
    # NFKC, because some phones write in wide letters.
    folded = unicodedata.normalize(
        "NFKC", unicodedata.normalize("NFKC", text).casefold()
    )
    return _ASKS.get(re.sub(r"\s+", " ", _without_signs(folded)))


def _without_signs(text: str) -> str:
    """Return ``text`` from its first letter to its last."""
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while start < end and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]
