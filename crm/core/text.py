"""Fold names into keys that people can search and sort by."""

import re
import unicodedata

# Letters that Unicode does not decompose, folded the way people type them on a
# keyboard that lacks them.
_PLAIN_LETTERS = str.maketrans(
    {
        "ø": "o", "æ": "ae", "œ": "oe", "å": "a", "ß": "ss", "ð": "d", "þ": "th",
        "đ": "d", "ł": "l", "ħ": "h", "\u0131": "i", "ŋ": "n", "ŧ": "t", "’": "'",
    }
)  # fmt: skip

# After z, in the order of each alphabet. Private-use code points sort last by code
# point, which is how the database compares.
_NORDIC_ORDER = {
    "nb": {"æ": "\ue000", "ä": "\ue000", "ø": "\ue001", "ö": "\ue001", "å": "\ue002"},
    "sv": {"å": "\ue000", "ä": "\ue001", "æ": "\ue001", "ö": "\ue002", "ø": "\ue002"},
}
_NORDIC_ORDER["nn"] = _NORDIC_ORDER["da"] = _NORDIC_ORDER["nb"]
_NORDIC_ORDER["fi"] = _NORDIC_ORDER["sv"]


def strip_marks(text: str) -> str:
    """Return ``text`` without combining marks: é becomes e."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def search_key(text: str) -> str:
    """Return ``text`` lower-cased, without accents, with single spaces.

    Both what is stored and what is typed pass through here, so Oystein finds Øystein
    and Malmo finds Malmö.
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_PLAIN_LETTERS)
    return " ".join(strip_marks(folded).split())


# One sound that is written in several ways: Sæther, Saether and Säther; Møller, Möller
# and Moeller; Müller and Mueller; Åse and Aase.
_SPELLINGS = re.compile("(?:a[ea])|(?:oe)|(?:ue)")


class _Signs(dict[int, str]):
    """What becomes of each letter or sign where words are compared, worked out once."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if sign in "'`\u00b4\u02bc\u2018\u2019":
            kept = ""
        elif sign in "$+<=>^|~" or unicodedata.category(sign)[0] in "PZC":
            kept = " "
        else:
            kept = sign
        self[code] = kept
        return kept


_SIGNS = _Signs()


class _WrittenOut(dict[int, str]):
    """Letters beyond ASCII as Q and four of 0 to 9 and a to z. Folded text has no Q."""

    def __missing__(self, code: int) -> str:
        digits, rest = "", code
        for _place in range(4):
            rest, digit = divmod(rest, 36)
            digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        self[code] = chr(code) if code < 128 else f"Q{digits}"
        return self[code]


_WRITTEN_OUT = _WrittenOut()


def plain_words(text: str) -> str:
    """Return ``text`` as ``search_key`` does, with signs between words left out.

    So nora.ostby@example.no is four words, and O'Connor is one.
    """
    return " ".join(search_key(text).translate(_SIGNS).split())


def written_out(words: str) -> str:
    """Return ``plain_words`` in ASCII alone, other letters written out in five signs.

    PostgreSQL's index of three letters knows no others where the database compares by
    code point.
    """
    return words if words.isascii() else words.translate(_WRITTEN_OUT)


def one_spelling(words: str) -> str:
    """Return ``plain_words`` in the one spelling that stands for all of a sound's."""
    return written_out(_SPELLINGS.sub(lambda found: found[0][0], words))


def name_sort_key(name: str, language: str) -> str:
    """Return a key whose code-point order is the alphabet of ``language``.

    Norwegian and Danish end in æ ø å, Swedish and Finnish in å ä ö; elsewhere accents
    are dropped. Accented letters outside the alphabet sort as their base letter.
    """
    lowered = unicodedata.normalize("NFC", name).casefold()
    order = _NORDIC_ORDER.get(language, {})
    letters = (
        order.get(letter) or strip_marks(letter.translate(_PLAIN_LETTERS))
        for letter in lowered
    )
    return " ".join("".join(letters).split())


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of ``name``."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    return "".join(word[0].upper() for word in dict.fromkeys((words[0], words[-1])))
