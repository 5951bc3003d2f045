import pytest
from babel import Locale

from crm.core.numbers import format_number, format_range, format_share

THIN = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"
EN, NB, DA = Locale.parse("en_GB"), Locale.parse("nb"), Locale.parse("da")


@pytest.mark.parametrize(
    ("value", "locale", "options", "expected"),
    [
        (2316, EN, {}, f"2{THIN}316"),
        (2316, NB, {}, f"2{THIN}316"),
        (2316, DA, {}, "2.316"),
        (4.25, NB, {"decimals": 1}, "4,2"),
        (4, EN, {"signed": True}, "+4"),
        (-4, EN, {"signed": True}, "\N{MINUS SIGN}4"),
        (0, EN, {"signed": True}, "0"),
        (-0.2, EN, {}, "0"),
    ],
)
def test_numbers_follow_the_house(value, locale, options, expected):
    assert format_number(value, locale, **options) == expected


@pytest.mark.parametrize(
    ("share", "decimals", "expected"),
    [(0.23, 0, f"23{SPACE}%"), (0.225, 0, f"23{SPACE}%"), (0.2314, 1, f"23.1{SPACE}%")],
)
def test_a_share_is_a_percentage_rounded_the_way_people_do(share, decimals, expected):
    assert format_share(share, EN, decimals=decimals) == expected


def test_a_range_has_an_en_dash():
    assert format_range(40.6, 47.4, EN) == "41–47"


def test_a_range_below_zero_keeps_its_signs_apart():
    assert format_range(-12, 5, EN) == "\N{MINUS SIGN}12 – 5"
