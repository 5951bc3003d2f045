import pytest

from crm.core.phones import InvalidPhone, format_phone, normalize_phone


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
