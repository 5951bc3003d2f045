"""Money: whole minor units of an ISO currency, never fractions of them.

Rounding happens here and nowhere else.
"""

import re
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.numbers import format_currency, format_decimal, get_currency_precision

from crm.core.numbers import MINUS, with_thin_spaces

# What a Nordic house writes after the amount, also on an English page.
_HOME_SYMBOLS = {"NOK": "kr", "SEK": "kr", "DKK": "kr", "ISK": "kr"}
_DIGITS_AND_MARKS = re.compile(r"[0-9][0-9.,]*|[.,][0-9]+")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([.,][0-9]{3})+")
_LARGEST = 10**12
_MOST_CHARACTERS = 30


class InvalidAmount(ValueError):
    """The text is not an amount of money in this currency."""


def format_money(minor: int, currency: str, locale: Locale) -> str:
    """Return ``48 200 kr``; decimals are shown only when they are not all zero."""
    amount, decimals = _shown(minor, currency)
    return _with_symbol(amount, decimals, currency, locale)


def format_price(amount: Decimal, currency: str, locale: Locale) -> str:
    """Return a small price with as many decimals as it has, ``0,0695 kr``."""
    return _with_symbol(amount, ".00##", currency, locale)


def _with_symbol(amount: Decimal, decimals: str, currency: str, locale: Locale) -> str:
    if locale.language == "en" and currency in _HOME_SYMBOLS:
        pattern = f"#,##0{decimals}\N{NO-BREAK SPACE}'{_HOME_SYMBOLS[currency]}'"
        text = format_decimal(amount, format=pattern, locale=locale)
    else:
        standard = locale.currency_formats["standard"].pattern
        pattern = standard.replace(".00", decimals)
        text = format_currency(
            amount, currency, format=pattern, locale=locale, currency_digits=False
        )
    return with_thin_spaces(text, locale).replace("-", MINUS)


def format_amount(minor: int, currency: str, locale: Locale) -> str:
    """Return ``48 200``, without the currency: for a field that is typed into."""
    amount, decimals = _shown(minor, currency)
    text = format_decimal(amount, format=f"#,##0{decimals}", locale=locale)
    return with_thin_spaces(text, locale)


def _shown(minor: int, currency: str) -> tuple[Decimal, str]:
    """Return the amount, and the decimals of the pattern that shows it."""
    digits = get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-digits)
    whole = amount == amount.to_integral_value()
    return amount, "" if whole else "." + "0" * digits


def to_minor(amount: Decimal, currency: str) -> int:
    """Return ``amount`` in minor units, halves rounded away from zero."""
    units = amount.scaleb(get_currency_precision(currency))
    return int(units.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def parse_money(text: str, currency: str) -> int:
    """Return the minor units of an amount as people type it.

    ``1 234,50``, ``1.234,50``, ``1,234.50``, ``1234.5``, ``kr 1 234`` and ``1 234,-`` are
    all understood; one mark with three digits after it groups thousands. Raise
    InvalidAmount for anything else, for a negative amount, and for more decimals than
    the currency has: money is never rounded behind the back of who typed it.
    """
    typed = _without_currency(text, currency)
    if len(typed) > _MOST_CHARACTERS or not _DIGITS_AND_MARKS.fullmatch(typed):
        raise InvalidAmount("not an amount")
    whole, decimals = _split_at_decimal_mark(typed)
    digits = get_currency_precision(currency)
    if len(decimals) > digits:
        raise InvalidAmount("more decimals than the currency has")
    minor = int(whole + decimals.ljust(digits, "0"))
    if minor > _LARGEST:
        raise InvalidAmount("too large")
    return minor


def _without_currency(text: str, currency: str) -> str:
    compact = re.sub(r"[\s'’]", "", text).upper()
    for word in (currency, f"{currency[0]}KR", "KR.", "KR", "€", "£", "$"):
        compact = compact.removeprefix(word).removesuffix(word)
    return re.sub(r"[.,][-\N{EN DASH}]$", "", compact)


def _split_at_decimal_mark(typed: str) -> tuple[str, str]:
    """Return the digits before and after the decimal mark, group marks removed."""
    whole, mark, decimals = _rpartition_at_mark(typed)
    if not mark or (len(decimals) == 3 and _GROUPED.fullmatch(typed)):
        whole, mark, decimals = typed, "", ""
    marks = set(whole) & {".", ","}
    if marks and (len(marks) > 1 or mark in marks or not _GROUPED.fullmatch(whole)):
        raise InvalidAmount("marks that do not fit together")
    return whole.replace(".", "").replace(",", "") or "0", decimals


def _rpartition_at_mark(typed: str) -> tuple[str, str, str]:
    at = max(typed.rfind("."), typed.rfind(","))
    return (typed, "", "") if at < 0 else (typed[:at], typed[at], typed[at + 1 :])
