"""The numbers are published test numbers; no person has one of them.

Norwegian ones stand for people in tests (month + 40 and + 80), Swedish and Finnish ones
are examples of the authorities, cards are those of the issuers' test pages.
"""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.core.identity_numbers import Found, NumberKind, find_numbers, mask_numbers

NORWEGIAN, SWEDISH, FINNISH, DANISH, CARD = (
    NumberKind.NORWEGIAN,
    NumberKind.SWEDISH,
    NumberKind.FINNISH,
    NumberKind.DANISH,
    NumberKind.CARD,
)

# As keyboards of East Asia write digits.
_WIDE = {ord(digit): chr(0xFF10 + int(digit)) for digit in "0123456789"}

CERTAIN = [
    (NORWEGIAN, "15108695088"),
    (NORWEGIAN, "151086 95088"),
    (NORWEGIAN, "151086-95088"),
    (NORWEGIAN, "15 10 86 95088"),
    (NORWEGIAN, "15.10.86 950 88"),
    # D-numbers and the two ways of numbers for tests, with and without D.
    (NORWEGIAN, "55507608360"),
    (NORWEGIAN, "15507600333"),
    (NORWEGIAN, "17912099997"),
    (NORWEGIAN, "57912075186"),
    (NORWEGIAN, "29822099635"),
    (SWEDISH, "811218-9876"),
    (SWEDISH, "8112189876"),
    (SWEDISH, "811218+9876"),
    (SWEDISH, "19811218-9876"),
    (SWEDISH, "198112189876"),
    (SWEDISH, "1981-12-18-9876"),
    (SWEDISH, "811218 9876"),
    # A coordination number: sixty is added to the day.
    (SWEDISH, "701063-2391"),
    (FINNISH, "131052-308T"),
    (FINNISH, "131052-308t"),
    (FINNISH, "131052A308T"),
    (FINNISH, "131052 - 308T"),
    # The new signs of 2023 and the numbers of the authorities' own tests.
    (FINNISH, "010594Y9032"),
    (FINNISH, "010594-9032"),
    (FINNISH, "020594X903P"),
    (CARD, "4111111111111111"),
    (CARD, "4111 1111 1111 1111"),
    (CARD, "4111-1111-1111-1111"),
    (CARD, "4222222222222"),
    (CARD, "5555 5555 5555 4444"),
    (CARD, "2223003122003222"),
    (CARD, "3782 822463 10005"),
    (CARD, "378282246310005"),
    (CARD, "3056 930902 5904"),
    (CARD, "6011111111111117"),
    (CARD, "3530111333300000"),
    (CARD, "6240008631401148"),
    (CARD, "6759649826438453"),
    (CARD, "5019717010103742"),
    (CARD, "6007220000000004"),
    # Spaces that do not look like one, none at all, and other people's digits.
    (CARD, "4111\u00a01111\u00a01111\u00a01111"),
    (CARD, "4111\u200b1111\u200b1111\u200b1111"),
    (CARD, "4111–1111–1111–1111"),
    (CARD, "٤١١١١١١١١١١١١١١١"),
    (CARD, "4111 1111 1111 1111".translate(_WIDE)),
    (NORWEGIAN, "۱۵۱۰۸۶۹۵۰۸۸"),
]

DOUBTFUL = [
    # Danish numbers have no check digit since 2007.
    (DANISH, "211062-5629"),
    (DANISH, "2110625629"),
    (DANISH, "120590-1234"),
    (DANISH, "12.05.90-1234"),
    # Valid by the rule that begins in 2032: the first check digit is one too high.
    (NORWEGIAN, "15108695096"),
    # A day and an hour, a mobile number: and yet it may be the other thing.
    (SWEDISH, "811218 1238"),
    (SWEDISH, "0701234569"),
    # Over several lines, or grouped as nobody groups cards.
    (CARD, "4111\r\n1111\r\n1111\r\n1111"),
    (CARD, "4111.1111.1111.1111"),
    (CARD, "41 11 11 11 11 11 11 11"),
    (CARD, "41111111 11111111"),
]

NOTHING = [
    "",
    "Two of them, window table, no nuts.",
    # Phone numbers
    "+47 406 12 345",
    "+4740612345",
    "0047 406 12 345",
    "40612345 92817334",
    "406 12 345\n928 17 334",
    "070-123 45 67",
    "0701234567",
    "+46701234567",
    "040 123 4567",
    "0401234567",
    "+358 40 1234567",
    "+45 12 05 90 12",
    "+491711234567",
    # Days and hours
    "12.05.2024",
    "2024-05-12",
    "2024-05-12 1430",
    "20240512143000",
    "12.05.24–15.05.24",
    "13.10.52 at 3",
    # What the house writes
    "rooms 101, 102 and 4101 4102 4103",
    "booking 4012345678",
    "booking HM8112189876X",
    "kr 12 500,50",
    "1 234 567,00",
    "550e8400-e29b-41d4-a716-446655440000",
    # Companies and accounts
    "923 609 016",
    "556012-5790",
    "SE556012579001",
    "NO93 8601 1117 947",
    "DE89370400440532013000",
    "DK5000400440116243",
    "FI21 1234 5600 0007 85",
    "1503.40.12345",
    # Wrong check digits, wrong days, no such issuer
    "15108695077",
    "811218-9875",
    "131052-308U",
    "310252-308Y",
    "4111111111111112",
    "9111111111111118",
    "320190-1234",
    # A part of something longer is something else.
    "123456784111111111111111",
    "4111111111111111111111",
]


@pytest.mark.parametrize(("kind", "number"), CERTAIN)
def test_a_valid_number_is_found_wherever_it_stands(kind, number):
    text = f"Note: {number}, said so."

    found = find_numbers(text)

    assert found == [Found(kind, 6, 6 + len(number))]


@pytest.mark.parametrize(("kind", "number"), DOUBTFUL)
def test_what_only_looks_like_a_number_is_found_without_certainty(kind, number):
    text = f"Note: {number}, said so."

    found = find_numbers(text)

    assert found == [Found(kind, 6, 6 + len(number), is_certain=False)]


@pytest.mark.parametrize("text", NOTHING)
def test_other_numbers_are_left_alone(text):
    assert find_numbers(text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("room 5 4111 1111 1111 1111", "4111 1111 1111 1111"),
        ("4111 1111 1111 1111 12/27 123", "4111 1111 1111 1111"),
        ("visa4111111111111111", "4111111111111111"),
        ("fnr:15108695088.", "15108695088"),
        ("hetu131052-308T", "131052-308T"),
    ],
)
def test_a_number_is_found_among_other_numbers_and_letters(text, number):
    found = find_numbers(text)

    assert [text[one.start : one.end] for one in found] == [number]


def test_several_numbers_come_in_order():
    text = "4111111111111111 and 15108695088 and 120590-1234"

    kinds = [one.kind for one in find_numbers(text)]

    assert kinds == [CARD, NORWEGIAN, DANISH]


def test_only_the_digits_are_masked_and_the_text_is_kept():
    text = "My card 4111 1111 1111 1111 was charged twice, call +47 406 12 345."

    masked = mask_numbers(text)

    assert masked == (
        "My card •••• •••• •••• •••• was charged twice, call +47 406 12 345."
    )


_NUMBERS = st.sampled_from([number for _kind, number in CERTAIN + DOUBTFUL])
_PIECES = st.one_of(_NUMBERS, st.text("0123456789 -+.\nATx٣", max_size=12))


@given(st.lists(_PIECES, max_size=6).map("".join))
@example("4111 1111 1111 1111 4111 1111 1111 1111")
def test_masked_text_is_as_long_and_holds_no_number(text):
    masked = mask_numbers(text)

    assert len(masked) == len(text)
    assert find_numbers(masked) == []


@given(st.text(max_size=80))
def test_any_text_can_be_read(text):
    for one in find_numbers(text):
        assert 0 <= one.start < one.end <= len(text)
