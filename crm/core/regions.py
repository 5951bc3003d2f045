"""Countries, currencies and time zones to choose from, by the names people know."""

import zoneinfo
from functools import lru_cache

from babel import Locale
from babel.numbers import get_territory_currencies

# What a business outside the seven languages' countries would look for comes after.
_NEAR_FIRST = ("NO", "SE", "DK", "FI", "IS", "DE", "AT", "CH", "NL", "GB", "IE")
# Unions of countries, which have currencies and nobody living in them.
_UNIONS = frozenset({"EU", "EZ", "UN"})
_AREAS = frozenset(
    {
        "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia",
        "Europe", "Indian", "Pacific",
    }
)  # fmt: skip


@lru_cache(maxsize=16)
def country_choices(locale: Locale) -> tuple[tuple[str, str], ...]:
    """Return ``(code, name)`` of every country: the near ones first, then by name."""
    names = {
        code: name
        for code, name in locale.territories.items()
        if is_country(code) and code.isalpha()
    }
    near = [(code, names[code]) for code in _NEAR_FIRST]
    rest = [(code, name) for code, name in names.items() if code not in _NEAR_FIRST]
    return (*near, *sorted(rest, key=lambda choice: choice[1]))


def country_name(code: str, locale: Locale) -> str:
    """Return the name of a country; the code itself when it is not known."""
    return str(locale.territories.get(code, code))


def is_country(code: str) -> bool:
    """Return whether ``code`` is an ISO code of a country that has a currency."""
    if len(code) != 2 or not code.isupper() or code in _UNIONS:
        return False
    return bool(get_territory_currencies(code))


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """Return the ISO codes of all money that is legal somewhere today."""
    return frozenset(
        code
        for country in Locale("en").territories
        for code in get_territory_currencies(str(country))
    )


def currency_of(country: str) -> str:
    """Return the currency people pay with in ``country`` today."""
    return str(get_territory_currencies(country)[0])


@lru_cache(maxsize=1)
def time_zones_by_area() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return every zone people live by, in groups such as Europe, in order of name."""
    groups: dict[str, list[str]] = {}
    for zone in sorted(zoneinfo.available_timezones()):
        area = zone.partition("/")[0]
        if area in _AREAS:
            groups.setdefault(area, []).append(zone)
    return tuple((area, tuple(zones)) for area, zones in groups.items())
