import pytest

from crm.core.phones import (
    InvalidPhone,
    format_phone,
    may_take_sms,
    normalize_phone,
)


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("406 12 345", "NO", "+4740612345"),
        ("+47 406 12 345", "SE", "+4740612345"),
        ("0047 40612345", "NO", "+4740612345"),
        ("070-123 45 67", "SE", "+46701234567"),
        ("(020) 7946 0018", "GB", "+442079460018"),
    ],
)
def test_a_phone_is_stored_as_the_network_dials_it(typed, country, e164):
    assert normalize_phone(typed, country=country) == e164


@pytest.mark.parametrize("typed", ["", "call me", "12", "+47 406 12 345 678 901 234"])
def test_what_cannot_be_dialled_is_refused_with_a_sentence(typed):
    with pytest.raises(InvalidPhone, match=r"phone number"):
        normalize_phone(typed, country="NO")


def test_a_number_is_shown_with_the_spaces_of_its_country():
    assert format_phone("+46701234567") == "+46 70 123 45 67"


@pytest.mark.parametrize(
    ("e164", "takes"),
    [
        ("+4740612345", True),
        ("+4791234567", True),
        ("+4757871234", False),
        ("+4781549300", False),
        ("+46701234567", True),
        ("+46812345678", False),
        ("+4520123456", True),
        ("+12125550123", True),
        ("+999123456789", False),
    ],
    ids=[
        "a mobile",
        "another mobile",
        "a landline",
        "a number with shared cost",
        "a Swedish mobile",
        "a landline in Stockholm",
        "a Danish number",
        "where nobody can tell",
        "no country",
    ],
)
def test_a_landline_takes_no_sms(e164, takes):
    assert may_take_sms(e164) is takes
