import pytest
from babel import Locale
from django.utils import translation

from crm.core.ordinals import say_nth


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (102, "102nd"),
        (111, "111th"),
    ],
)
def test_english_says_which_one(number, said):
    with translation.override("en"):
        assert say_nth(number, Locale.parse("en_GB")) == said
