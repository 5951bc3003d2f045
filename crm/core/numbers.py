"""Numbers as the house writes them: thin spaces in English, local custom elsewhere."""

import re
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.numbers import format_decimal

THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"
_WIDE_GROUP = re.compile(f"(?<=\\d){NO_BREAK_SPACE}(?=\\d)")


def format_number(
    value: Decimal | float, locale: Locale, *, decimals: int = 0, signed: bool = False
) -> str:
    """Return ``2 316`` or ``4.3``, always with ``decimals`` digits after the mark.

    With ``signed``, a value above zero gets a plus sign.
    """
    fraction = "." + "0" * decimals if decimals else ""
    text = format_decimal(value, format=f"#,##0{fraction}", locale=locale)
    text = with_thin_spaces(text, locale).replace("-", MINUS)
    if text.strip(f"{MINUS}0.,") == "":
        return text.removeprefix(MINUS)
    return f"+{text}" if signed and value > 0 else text


def say_number(value: Decimal, locale: Locale) -> str:
    """Return a number as it was typed: ``2 316``, ``12,5``, with no more decimals."""
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return format_number(value, locale, decimals=max(0, -exponent))


def format_share(share: float, locale: Locale, *, decimals: int = 0) -> str:
    """Return a share from 0 to 1 as percent: 0.23 is ``23 %``."""
    number = format_number(
        round_half_up(share * 100, decimals), locale, decimals=decimals
    )
    return f"{number}{NO_BREAK_SPACE}%"


def format_range(low: float, high: float, locale: Locale, *, decimals: int = 0) -> str:
    """Return ``41–47``, with air around the dash when a minus sign is near it."""
    ends = [
        format_number(round_half_up(end, decimals), locale, decimals=decimals)
        for end in (low, high)
    ]
    return (f" {EN_DASH} " if low < 0 else EN_DASH).join(ends)


def round_half_up(value: float, decimals: int = 0) -> Decimal:
    """Round the way people do. Python's own rounding takes 2.5 to 2."""
    step = Decimal(1).scaleb(-decimals)
    return Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)


def with_thin_spaces(text: str, locale: Locale) -> str:
    """Group digits with thin spaces where the language uses commas (English) or wide
    spaces. Points, as in Danish and German, stay.
    """
    if locale.language == "en":
        text = text.replace(",", THIN_SPACE)
    return _WIDE_GROUP.sub(THIN_SPACE, text)
