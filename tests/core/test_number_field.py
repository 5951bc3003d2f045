from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from crm.core.number_field import NumberField


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        (" 12,5 ", "12.5"),
        ("12.50", "12.50"),
        ("-3", "-3"),
        ("\N{MINUS SIGN}3", "-3"),
        ("2 316", "2316"),
        ("2\N{NARROW NO-BREAK SPACE}316", "2316"),
        ("123456789", "123456789"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed, number):
    assert NumberField().clean(typed) == Decimal(number)


@pytest.mark.parametrize("typed", ["", "   ", None])
def test_nothing_is_nothing(typed):
    assert NumberField(required=False).clean(typed) is None


@pytest.mark.parametrize(
    "typed", ["twelve", "1,2,3", "1e5", "NaN", "Infinity", "٣", "12-", ",5", "0x10"]
)
def test_what_is_no_number_is_answered_in_words(typed):
    with pytest.raises(ValidationError, match="Write a number such as"):
        NumberField().clean(typed)


@pytest.mark.parametrize("typed", ["1234567890", "12345678,90", "4111111111111111"])
def test_a_long_number_has_no_place_here(typed):
    with pytest.raises(ValidationError, match="at most nine digits"):
        NumberField().clean(typed)


@pytest.mark.parametrize("language", ["en", "nb", "de", "fi"])
@pytest.mark.parametrize("number", ["2316", "12.5", "-0.25", "100", "0"])
def test_what_is_shown_in_the_field_is_read_back_as_the_same(language, number):
    with translation.override(language):
        field = NumberField()
        shown = field.prepare_value(Decimal(number))

        assert field.clean(shown) == Decimal(number)
        assert not field.has_changed(Decimal(number), shown)
