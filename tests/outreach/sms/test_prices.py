import pytest

from outreach.sms.prices import InvalidPrice, estimate, read_price, say_price

PRICES = {"NO": 3_900, "GB": 4_250, "US": 830}


@pytest.mark.parametrize(
    ("parts", "to", "cost"),
    [
        (1, "+4740612345", 3_900),
        (3, "+4740612345", 11_700),
        (2, "+447700900123", 8_500),
        # Jersey and Svalbard borrow the codes of others.
        (1, "+447797712345", 4_250),
        (1, "+4779123456", 3_900),
        (1, "+15005550006", 830),
        (1, "+46701234567", None),
        (1, "2333", None),
        (1, "", None),
    ],
)
def test_an_estimate_is_parts_times_the_price_of_the_country(parts, to, cost):
    assert estimate(parts, to, PRICES) == cost


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("0.35", 3_500),
        ("0,35", 3_500),
        (" 1 ", 10_000),
        ("-0.00750", 75),
        ("0.00005", 1),
        ("0", 0),
    ],
)
def test_a_price_is_read_in_ten_thousandths(text, price):
    assert read_price(text) == price


@pytest.mark.parametrize(
    "text", ["", "free", "1,2,3", "NaN", "Infinity", "1e9", "1e999999999", "1001"]
)
def test_what_is_no_price_is_refused(text):
    with pytest.raises(InvalidPrice):
        read_price(text)


@pytest.mark.parametrize(
    ("price", "currency", "words"),
    [
        (695, "NOK", "0.0695\N{NO-BREAK SPACE}kr"),
        (3500, "SEK", "0.35\N{NO-BREAK SPACE}kr"),
        (10_000, "EUR", "€1.00"),
        (3500, "", "0.35"),
    ],
)
def test_a_price_is_said_with_the_decimals_it_has(price, currency, words):
    assert say_price(price, currency) == words
