import pytest

from crm.core.paging import page_number


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("1", 1),
        ("12", 12),
        ("9999", 9999),
        ("10000", 1),
        ("0", 1),
        ("-1", 1),
        ("", 1),
        ("two", 1),
        ("²", 1),
        ("\0", 1),
        ("9" * 5000, 1),
    ],
)
def test_a_page_that_cannot_be_is_the_first(asked, number):
    assert page_number(asked) == number
