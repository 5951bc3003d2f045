"""What a text costs on the air: its alphabet, its parts, and why it is not cheaper.

An SMS carries 140 bytes: 160 letters of GSM-7 (3GPP TS 23.038), or 70 of UCS-2 as soon
as one letter is missing there. Longer texts travel in parts that each give up some room
to say where they belong.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

# Letters of one septet. Carriage return and escape are left out: neither is a letter.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Letters that take an escape before them, so two septets that must not be parted.
GSM_EXTENDED = frozenset("^{}\\[~]|€")


class Encoding(StrEnum):
    GSM = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class _Room:
    """How many units a text may have alone, and each part of a longer one."""

    alone: int
    part: int


_ROOM = {Encoding.GSM: _Room(160, 153), Encoding.UCS2: _Room(70, 67)}

# Signs that word processors put in by themselves, as a plain keyboard writes them.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u2039\u203a`\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022", "-"),
        "\u2026": "...",
        "\t": " ",
    }
)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Nothing to see: soft hyphens, marks of direction, control signs, halves of pairs.
# Joiners stay, because emoji and some languages need them.
_UNSEEN = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
class SmsText:
    """A text as it is sent, and what it takes.

    ``units`` are septets in GSM-7 and UTF-16 units in UCS-2. ``why`` are the letters
    that force UCS-2, each once, in the order of the text; empty in GSM-7.
    """

    text: str
    encoding: Encoding
    parts: int
    units: int
    why: tuple[str, ...]


def prepare(text: str) -> SmsText:
    """Return ``text`` with plain punctuation and spaces, and what sending it takes.

    Letters stay as they are written: a name is never changed to save money.
    """
    plain = plain_text(text)
    why = tuple(dict.fromkeys(letter for letter in plain if not _is_gsm(letter)))
    encoding = Encoding.UCS2 if why else Encoding.GSM
    sizes = [size for _letter, size in _sizes(plain, encoding)]
    return SmsText(
        text=plain,
        encoding=encoding,
        parts=_parts_of(sizes, _ROOM[encoding]),
        units=sum(sizes),
        why=why,
    )


def plain_text(text: str) -> str:
    """Return ``text`` composed, without what a phone keyboard could not have typed."""
    # Composing comes first, as it turns some rare signs into those that are replaced,
    # and once more for what only an unseen sign kept apart.
    composed = unicodedata.normalize("NFC", text)
    lines = _LINE_ENDS.sub("\n", composed.translate(_PLAIN))
    seen = _UNSEEN.sub("", _SPACES.sub(" ", lines))
    return unicodedata.normalize("NFC", seen)


def _is_gsm(letter: str) -> bool:
    return letter in GSM_BASIC or letter in GSM_EXTENDED


def _sizes(text: str, encoding: Encoding) -> Iterator[tuple[str, int]]:
    """Yield each letter with its units. A letter's units stay in one part."""
    for letter in text:
        if encoding is Encoding.GSM:
            yield letter, 2 if letter in GSM_EXTENDED else 1
        else:
            yield letter, 2 if ord(letter) > 0xFFFF else 1


def _parts_of(sizes: Iterable[int], room: _Room) -> int:
    sizes = list(sizes)
    if sum(sizes) <= room.alone:
        return 1
    parts, left = 1, room.part
    for size in sizes:
        if size > left:
            parts, left = parts + 1, room.part
        left -= size
    return parts
