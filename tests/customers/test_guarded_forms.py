import pytest
from django import forms

from crm.tenancy.models import Business
from customers.care.preference_forms import PreferenceKindForm
from customers.guarded_forms import GuardedForm, refusal_of_phone

NATIONAL, CARD, CPR = "15108695088", "4111 1111 1111 1111", "211062-5629"


class RemarkForm(GuardedForm):
    unguarded = frozenset({"looked_for"})

    text = forms.CharField(widget=forms.Textarea)
    title = forms.CharField(required=False)
    looked_for = forms.CharField(required=False)
    email = forms.EmailField(required=False)


class HouseForm(GuardedForm, forms.ModelForm):
    class Meta:
        model = Business
        fields = ("name",)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            f"Passport? No: {NATIONAL}",
            "There is a Norwegian identity number in this. It must not be kept here: "
            "please take it out.",
        ),
        (
            "811218-9876",
            "There is a Swedish identity number in this. It must not be kept here: "
            "please take it out.",
        ),
        (
            "131052-308T",
            "There is a Finnish identity number in this. It must not be kept here: "
            "please take it out.",
        ),
        (
            f"Pays with {CARD}",
            "There is a card number in this. Cards belong in the payment terminal "
            "alone: please take it out.",
        ),
    ],
)
def test_a_number_is_refused_with_the_reason(typed, sentence):
    form = RemarkForm({"text": typed})

    assert form.errors == {"text": [sentence]}
    assert not form.asks_about_numbers


def test_each_field_is_looked_at_and_only_those_with_free_words():
    form = RemarkForm(
        {
            "text": NATIONAL,
            "title": CARD,
            "looked_for": NATIONAL,
            "email": f"{NATIONAL}@example.com",
        }
    )

    assert list(form.errors) == ["text", "title"]


def test_a_danish_looking_number_is_asked_about_and_kept_once_confirmed():
    asked = RemarkForm({"text": f"Booking {CPR}"})
    confirmed = RemarkForm({"text": f"Booking {CPR}", "confirmed_numbers": "on"})

    assert asked.errors == {
        "text": [
            "Something in this looks like a Danish identity number (CPR). If it is "
            "one, please take it out. If not, tick the box below."
        ]
    }
    assert asked.asks_about_numbers
    assert confirmed.is_valid()
    assert confirmed.cleaned_data == {
        "text": f"Booking {CPR}", "title": "", "looked_for": "", "email": ""
    }  # fmt: skip


def test_a_form_without_room_for_a_box_asks_to_take_it_out():
    class ShortForm(RemarkForm):
        may_confirm = False

    form = ShortForm({"text": f"Booking {CPR}", "confirmed_numbers": "on"})

    assert form.errors == {
        "text": [
            "Something in this looks like a Danish identity number (CPR). Please take "
            "it out, or write it in another way."
        ]
    }
    assert not form.asks_about_numbers


def test_confirming_lets_no_certain_number_through():
    form = RemarkForm({"text": f"{CPR} {NATIONAL}", "confirmed_numbers": "on"})

    assert list(form.errors) == ["text"]


def test_a_form_of_a_model_is_guarded_too():
    form = HouseForm({"name": f"Casa {CARD}"})

    assert list(form.errors) == ["name"]


def test_a_text_without_numbers_passes():
    form = RemarkForm({"text": "Window table, +47 406 12 345, from 12.05.2024"})

    assert form.is_valid()
    assert "confirmed_numbers" not in form.fields


def test_lines_that_a_form_has_taken_apart_are_looked_at_too(casa_alba):
    typed = {"name": "Key", "suggestions": "Paper\n4111111111111111"}

    form = PreferenceKindForm(typed, business=casa_alba)

    assert "There is a card number in this." in str(form.errors["suggestions"])


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("811218-9876", "SE"),
        ("8112189876", "SE"),
        ("811218-9876", "US"),
        ("4111 1111 1111 1111", "NO"),
    ],
)
def test_a_number_of_a_person_or_a_card_is_no_phone_number(typed, country):
    assert "please take it out." in str(refusal_of_phone(typed, country=country))


@pytest.mark.parametrize(
    ("typed", "country"),
    [
        ("406 12 345", "NO"),
        ("+46 811 218 98 76", "SE"),
        ("070-123 45 67", "SE"),
        ("0811223344", "SE"),
        ("8112189876", "US"),
        ("(811) 218-9876", "US"),
    ],
)
def test_a_phone_number_is_none_of_them(typed, country):
    assert refusal_of_phone(typed, country=country) is None
