"""What an SMS will cost, before it is sent, by the prices an account has.

Amounts are whole ten-thousandths of the account's currency: a part costs fractions of
an øre, and providers count so too.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, Overflow

import phonenumbers
from babel.numbers import format_decimal

from crm.core.locales import active_locale
from crm.core.money import format_price

# What an SMS costs is known to its hundredth of a cent.
PER_UNIT = 10_000
_HIGHEST = 1_000 * PER_UNIT


class InvalidPrice(ValueError):
    """The text is not a price that a part of an SMS can have."""


def estimate(parts: int, to: str, prices: Mapping[str, int]) -> int | None:
    """Return what ``parts`` cost to the E.164 number ``to``; None when nobody knows.

    ``prices`` are of one part, by ISO country.
    """
    for country in _countries_of(to):
        if country in prices:
            return parts * prices[country]
    return None


def _countries_of(to: str) -> list[str]:
    """Return the country of a number, then the one whose code it borrows.

    A mobile on Jersey is not in a list of prices; Great Britain is.
    """
    try:
        number = phonenumbers.parse(to, None)
    except phonenumbers.NumberParseException:
        return []
    main = phonenumbers.region_code_for_country_code(number.country_code or 0)
    own = phonenumbers.region_code_for_number(number)
    return [country for country in (own, main) if country]


def read_price(text: str) -> int:
    """Return a price as people or providers write it, 0.35 or 0,35, without its sign.

    Some providers write what an account paid with a minus. Raise InvalidPrice.
    """
    try:
        price = abs(Decimal(text.strip().replace(",", ".")))
    except (InvalidOperation, Overflow) as error:
        raise InvalidPrice from error
    if not price.is_finite() or price * PER_UNIT > _HIGHEST:
        raise InvalidPrice
    return int((price * PER_UNIT).to_integral_value(ROUND_HALF_UP))


def say_price(price: int, currency: str) -> str:
    """Return a price in words, with its currency where that is known."""
    amount = Decimal(price) / PER_UNIT
    if not currency:
        return format_decimal(amount, format="#,##0.00##", locale=active_locale())
    return format_price(amount, currency, active_locale())
