import pytest

from crm.core.addresses import InvalidEmail, is_relay_address, normalize_email


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        (" Nora.Ostby@Example.NO ", "nora.ostby@example.no"),
        ("nora+fjord@example.no", "nora+fjord@example.no"),
        ("post@blåbær.example", "post@xn--blbr-roah.example"),
        ("PÅL@example.no", "pål@example.no"),
    ],
)
def test_addresses_compare_by_folded_local_part_and_ascii_domain(typed, compared):
    assert normalize_email(typed) == compared


@pytest.mark.parametrize(
    "typed", ["", "nora", "nora@", "@example.no", "a b@example.no", "n@x\ny.no"]
)
def test_what_no_server_would_take_is_refused_with_a_sentence(typed):
    with pytest.raises(InvalidEmail, match="does not look like an email address"):
        normalize_email(typed)


@pytest.mark.parametrize(
    ("address", "is_relay"),
    [
        ("x.1234@guest.booking.com", True),
        ("nora@booking.com", False),
        ("nora@notguest.booking.com.example", False),
    ],
)
def test_addresses_lent_by_booking_sites_are_recognised(address, is_relay):
    assert is_relay_address(address) is is_relay
