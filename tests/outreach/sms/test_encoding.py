import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.sms.encoding import Encoding, SmsText, plain_text, prepare

GSM, UCS2 = Encoding.GSM, Encoding.UCS2


def measured(text):
    sms = prepare(text)
    return sms.encoding, sms.units, sms.parts


@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts"),
    [
        ("", GSM, 0, 1),
        ("a" * 160, GSM, 160, 1),
        ("a" * 161, GSM, 161, 2),
        ("a" * 306, GSM, 306, 2),
        ("a" * 307, GSM, 307, 3),
        ("å" * 160, GSM, 160, 1),
        ("a" * 158 + "€", GSM, 160, 1),
        ("a" * 159 + "€", GSM, 161, 2),
        ("a" * 152 + "€" * 5, GSM, 162, 2),
        # Three parts, because no escape may be parted from its letter.
        ("a" * 152 + "€" + "a" * 152, GSM, 306, 3),
        ("á" * 70, UCS2, 70, 1),
        ("á" * 71, UCS2, 71, 2),
        ("á" * 134, UCS2, 134, 2),
        ("á" * 135, UCS2, 135, 3),
        ("😀" * 35, UCS2, 70, 1),
        ("😀" * 36, UCS2, 72, 2),
        # 33 pairs fill 66 of 67 units: the pair that remains goes on whole.
        ("😀" * 66, UCS2, 132, 2),
        ("😀" * 67, UCS2, 134, 3),
    ],
)
def test_a_text_is_measured_as_the_networks_do(text, encoding, units, parts):
    assert measured(text) == (encoding, units, parts)


@pytest.mark.parametrize("letter", "æøåäöÆØÅÄÖéüÜßñÑèàìòÇ@£$¥§¿¡ΔΩ\n")
def test_letters_of_the_plain_alphabet_take_one_unit(letter):
    assert measured(letter) == (GSM, 1, 1)


@pytest.mark.parametrize("letter", "€[]{}\\^~|")
def test_letters_of_the_extension_take_two_units(letter):
    assert measured(letter) == (GSM, 2, 1)


@pytest.mark.parametrize("letter", "çêëáíóúýþðšžčđŋŧõ°")
def test_other_letters_are_kept_and_named_as_the_reason(letter):
    sms = prepare(f"Hei {letter}ra {letter}")

    assert sms == SmsText(f"Hei {letter}ra {letter}", UCS2, 1, 9, (letter,))


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("It’s ‘here’", "It's 'here'"),
        ("“Hi” „du‟ «nei»", '"Hi" "du" "nei"'),
        ("9–17 — or\u2011so", "9-17 - or-so"),
        ("and so on…", "and so on..."),
        ("• one", "- one"),
        ("`a\u00b4", "'a'"),
        ("1\u00a0200\u202fkr\tnow", "1 200 kr now"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("so\u00adft\u200b\ufeff", "soft"),
        ("bell\x07\x1b", "bell"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("A\u030ase", "Åse"),
        ("A\u200b\u030ase", "Åse"),
        ("\u212bse \u2126", "Åse Ω"),
        ("\u1fef", "'"),
    ],
)
def test_signs_that_word_processors_put_in_become_plain(typed, sent):
    assert prepare(typed) == SmsText(sent, GSM, 1, len(sent), ())


def test_a_decomposed_name_costs_no_more_than_a_composed_one():
    name = "Åse Bjørnsønn Ål " * 9

    assert prepare(unicodedata.normalize("NFD", name)) == prepare(name)


def test_reasons_are_named_once_in_the_order_of_the_text():
    assert prepare("Čáhppe, áhkku 😀").why == ("Č", "á", "😀")


# An oracle that shares nothing with the code: the code table of 3GPP TS 23.038, row by
# row, and a packer that writes units down one by one.
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
ESCAPED = {0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~"} | {
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}


def test_the_table_of_the_standard_has_128_places():
    assert len(TABLE) == len(set(TABLE)) == 128


def oracle(text):
    septets = []
    for letter in text:
        if letter in TABLE:
            septets.append([TABLE.index(letter)])
        elif letter in ESCAPED.values():
            code = next(code for code, known in ESCAPED.items() if known == letter)
            septets.append([0x1B, code])
        else:
            pairs = [letter.encode("utf-16-be") for letter in text]
            return UCS2, *packed([[*pair] for pair in pairs], 140, 134, 2)
    return GSM, *packed(septets, 160, 153, 1)


def packed(letters, alone, part, size):
    total = [unit for letter in letters for unit in letter]
    if len(total) <= alone:
        return len(total) // size, 1
    parts = [[]]
    for letter in letters:
        if len(parts[-1]) + len(letter) > part:
            parts.append([])
        parts[-1].extend(letter)
    return len(total) // size, len(parts)


ALPHABET = st.sampled_from(
    [*TABLE.replace("\r", "").replace("\x1b", ""), *ESCAPED.values(), *"áŋč😀’…\u00a0"]
)
SHORT = st.text(max_size=400)
LONG = st.builds(
    lambda some, times: "".join(some) * times,
    st.lists(ALPHABET, max_size=40),
    st.integers(1, 20),
)


@given(SHORT | LONG)
def test_any_text_is_measured_as_by_hand(text):
    sms = prepare(text)

    assert (sms.encoding, sms.units, sms.parts) == oracle(sms.text)


@given(SHORT | LONG)
def test_a_prepared_text_is_not_prepared_any_further(text):
    once = plain_text(text)

    assert plain_text(once) == once
    assert once == unicodedata.normalize("NFC", once)
    once.encode("utf-8")


@given(st.text(st.characters(categories=["Ll", "Lu", "Nd"]), max_size=50))
def test_letters_and_digits_are_never_changed(name):
    composed = unicodedata.normalize("NFC", name)

    assert plain_text(name) == composed


@given(st.text(st.sampled_from("a€å["), max_size=2000))
def test_parts_are_as_few_as_can_be_and_never_overfull(text):
    sms = prepare(text)

    least = 1 if sms.units <= 160 else math.ceil(sms.units / 153)
    most = 1 if sms.units <= 160 else math.ceil(sms.units / 152)
    assert least <= sms.parts <= most
