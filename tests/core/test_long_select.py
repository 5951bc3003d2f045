import pytest
from django import forms
from django.test.html import parse_html

from crm.core.long_select import LongSelect

CHOICES = [
    ("", "Choose"),
    ("NO", "Norge & Svalbard"),
    ("Europe", [("Europe/Oslo", "Oslo"), ("Europe/Berlin", "<Berlin>")]),
]


@pytest.mark.parametrize("value", ["", "NO", "Europe/Berlin", None, '"><script>'])
def test_it_says_what_the_ordinary_one_says(value):
    attrs = {"id": "id_place", "required": True, "aria-describedby": "help"}

    ours = LongSelect(choices=CHOICES).render("place", value, attrs)
    theirs = forms.Select(choices=CHOICES).render("place", value, attrs)

    assert parse_html(ours) == parse_html(theirs)
