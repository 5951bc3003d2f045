from decimal import Decimal

import pytest
from babel import Locale

from crm.core.money import InvalidAmount, format_money, parse_money, to_minor

THIN = "\N{NARROW NO-BREAK SPACE}"
SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("minor", "currency", "language", "expected"),
    [
        (4_820_000, "NOK", "en_GB", f"48{THIN}200{SPACE}kr"),
        (4_820_050, "NOK", "en_GB", f"48{THIN}200.50{SPACE}kr"),
        (4_820_050, "NOK", "nb", f"48{THIN}200,50{SPACE}kr"),
        (4_820_000, "SEK", "sv", f"48{THIN}200{SPACE}kr"),
        (4_820_050, "DKK", "da", f"48.200,50{SPACE}kr."),
        (123_450, "EUR", "fi", f"1{THIN}234,50{SPACE}€"),
        (123_450, "EUR", "de", f"1.234,50{SPACE}€"),
        (123_450, "EUR", "en_GB", f"€1{THIN}234.50"),
        (48_200, "ISK", "en_GB", f"48{THIN}200{SPACE}kr"),
        (0, "NOK", "nb", f"0{SPACE}kr"),
        (-5_000, "NOK", "nb", f"\N{MINUS SIGN}50{SPACE}kr"),
        (1_234_567, "KWD", "en_GB", f"KWD1{THIN}234.567"),
    ],
)
def test_money_is_written_as_the_house_writes_it(minor, currency, language, expected):
    assert format_money(minor, currency, Locale.parse(language)) == expected


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1234", "NOK", 123_400),
        ("1 234,50", "NOK", 123_450),
        (f"1{THIN}234,5", "NOK", 123_450),
        (f"1{SPACE}234.50", "NOK", 123_450),
        ("1.234,50", "NOK", 123_450),
        ("1,234.50", "NOK", 123_450),
        ("1,234", "NOK", 123_400),
        ("12.345", "NOK", 1_234_500),
        ("1.234.567", "NOK", 123_456_700),
        ("1'234.50", "CHF", 123_450),
        ("12,5", "EUR", 1_250),
        ("0,50", "EUR", 50),
        (",50", "EUR", 50),
        ("kr 1 234", "NOK", 123_400),
        ("1 234 kr.", "DKK", 123_400),
        ("1 234,-", "NOK", 123_400),
        ("€12.50", "EUR", 1_250),
        ("NOK 99", "NOK", 9_900),
        ("48 200", "ISK", 48_200),
        ("1,234", "KWD", 1_234_000),
        ("0", "NOK", 0),
    ],
)
def test_an_amount_is_read_the_way_people_type_it(typed, currency, minor):
    assert parse_money(typed, currency) == minor


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "many",
        "-50",
        "12,345,67",
        "1.23.456",
        "1,2,3",
        "0,500",
        "1.234,567",
        "1,23,4.5",
        "12 kr 50",
        "١٢",
        "1e9",
        "99999999999999999",
        "9" * 5000,
    ],
)
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(InvalidAmount):
        parse_money(typed, "NOK")


def test_decimals_that_the_currency_lacks_are_refused_not_rounded():
    with pytest.raises(InvalidAmount, match="more decimals"):
        parse_money("48,50", "ISK")


@pytest.mark.parametrize("minor", [0, 5, 50, 99, 100, 123_450, 99_999_999])
@pytest.mark.parametrize("language", ["nb", "sv", "da", "fi", "de", "en_GB"])
def test_what_is_written_can_be_typed_back(minor, language):
    written = format_money(minor, "NOK", Locale.parse(language))

    assert parse_money(written, "NOK") == minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.345", "EUR", 1235),
        ("12.344", "EUR", 1234),
        ("-12.345", "EUR", -1235),
        ("12.5", "ISK", 13),
    ],
)
def test_halves_round_away_from_zero(amount, currency, minor):
    assert to_minor(Decimal(amount), currency) == minor
