import pytest
from babel import Locale

from crm.core.regions import (
    country_choices,
    country_name,
    currencies,
    currency_of,
    is_country,
    time_zones_by_area,
)

BOKMAL = Locale.parse("nb")


def test_the_near_countries_come_first_and_the_rest_by_name():
    choices = country_choices(BOKMAL)

    assert choices[:3] == (("NO", "Norge"), ("SE", "Sverige"), ("DK", "Danmark"))
    rest = [name for _code, name in choices[11:]]
    assert rest == sorted(rest)
    assert len({code for code, _name in choices}) == len(choices) > 200


@pytest.mark.parametrize(
    ("code", "is_one"),
    [("NO", True), ("GL", True), ("XX", False), ("no", False), ("EU", False)],
)
def test_a_country_is_a_place_with_money_of_its_own(code, is_one):
    assert is_country(code) is is_one


def test_names_are_in_the_readers_language():
    assert country_name("DE", BOKMAL) == "Tyskland"
    assert country_name("??", BOKMAL) == "??"


@pytest.mark.parametrize(
    ("country", "currency"), [("NO", "NOK"), ("SE", "SEK"), ("FI", "EUR")]
)
def test_a_country_has_its_currency(country, currency):
    assert currency_of(country) == currency


def test_money_that_is_gone_is_not_offered():
    assert {"NOK", "EUR", "ISK"} <= currencies()
    assert not {"DEM", "FIM"} & currencies()


def test_zones_are_in_groups_without_abbreviations():
    groups = dict(time_zones_by_area())

    assert "Europe/Oslo" in groups["Europe"]
    assert "Etc" not in groups
