import pytest
from django import forms
from django.utils import translation

from crm.core.money_field import MoneyField


class SpendForm(forms.Form):
    spend = MoneyField(currency="NOK", required=False)


@pytest.mark.parametrize(("typed", "minor"), [("1 234,50", 123_450), ("", None)])
def test_the_field_cleans_to_minor_units(typed, minor):
    form = SpendForm({"spend": typed})

    assert form.is_valid()
    assert form.cleaned_data == {"spend": minor}


def test_a_wrong_amount_is_answered_with_an_example():
    form = SpendForm({"spend": "a lot"})

    assert form.errors == {"spend": ["Write an amount such as 1 234,50."]}


def test_an_amount_shown_in_the_form_is_the_one_saved_when_nothing_is_touched():
    with translation.override("nb"):
        shown = SpendForm(initial={"spend": 123_450})["spend"].value()
        form = SpendForm({"spend": shown}, initial={"spend": 123_450})

        assert form.is_valid()
        assert form.cleaned_data == {"spend": 123_450}
        assert form.changed_data == []
