from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.utils import translation

from crm.core.number_field import NumberField
from customers.models import CustomField
from customers.profile.custom_fields import (
    custom_form_fields,
    custom_initial,
    custom_shown,
    custom_values,
)
from tests.factories import make_field

Kind = CustomField.Kind


def form_of(business, typed=None, guest=None):
    form = forms.Form(
        {f"custom_{field.uuid.hex}": text for field, text in (typed or {}).items()}
    )
    form.fields |= custom_form_fields(business, guest)
    return form


def test_each_kind_has_a_form_field_of_its_own(casa_alba):
    for kind in Kind:
        make_field(casa_alba, kind.label, kind=kind, choices=["Sea"])

    fields = custom_form_fields(casa_alba)

    assert [(field.label, type(field)) for field in fields.values()] == [
        ("Text", forms.CharField),
        ("Number", NumberField),
        ("Date", forms.DateField),
        ("One of a few", forms.ChoiceField),
        ("Yes or no", forms.ChoiceField),
    ]
    assert not any(field.required for field in fields.values())


@pytest.mark.parametrize(
    ("kind", "typed", "stored", "shown"),
    [
        (Kind.TEXT, "  Fjordhest ", "Fjordhest", "Fjordhest"),
        (Kind.TEXT, "  ", None, None),
        (Kind.NUMBER, "1234,5", "1234.5", "1\N{NARROW NO-BREAK SPACE}234,5"),
        (Kind.DATE, "2027-03-09", "2027-03-09", "9. mars 2027"),
        (Kind.CHOICE, "Sea", "Sea", "Sea"),
        (Kind.CHOICE, "", None, None),
        (Kind.YES_NO, "yes", True, "Ja"),
        (Kind.YES_NO, "no", False, "Nei"),
        (Kind.YES_NO, "", None, None),
    ],
)
def test_what_is_typed_is_stored_and_shown_in_the_readers_language(
    casa_alba, nora, kind, typed, stored, shown
):
    field = make_field(casa_alba, "Boat", kind=kind, choices=["Sea", "Lake"])
    form = form_of(casa_alba, {field: typed})

    assert form.is_valid()
    nora.custom = custom_values(casa_alba, form.cleaned_data)

    assert nora.custom == ({} if stored is None else {str(field.uuid): stored})
    with translation.override("nb"):
        assert [value for _label, value in custom_shown(nora)] == [shown][
            : len(nora.custom)
        ]


@pytest.mark.parametrize(
    ("kind", "stored", "initial"),
    [
        (Kind.TEXT, "Fjordhest", "Fjordhest"),
        (Kind.NUMBER, "12.5", Decimal("12.5")),
        (Kind.DATE, "2027-03-09", date(2027, 3, 9)),
        (Kind.CHOICE, "Sea", "Sea"),
        (Kind.YES_NO, False, "no"),
    ],
)
def test_a_form_shown_and_sent_back_untouched_changes_nothing(
    casa_alba, nora, kind, stored, initial
):
    field = make_field(casa_alba, "Boat", kind=kind, choices=["Sea"])
    nora.custom = {str(field.uuid): stored}
    name = f"custom_{field.uuid.hex}"
    assert custom_initial(nora) == {name: initial}

    bound = forms.Form(initial=custom_initial(nora))
    bound.fields |= custom_form_fields(casa_alba, nora)
    form = form_of(casa_alba, {field: bound[name].value()}, nora)

    assert form.is_valid()
    assert custom_values(casa_alba, form.cleaned_data, nora.custom) == nora.custom


def test_a_wrong_value_is_refused_at_its_field(casa_alba):
    number = make_field(casa_alba, "Shoe size", kind=Kind.NUMBER)
    choice = make_field(casa_alba, "View", kind=Kind.CHOICE, choices=["Sea"])

    form = form_of(casa_alba, {number: "large", choice: "Moon"})

    assert set(form.errors) == {f"custom_{f.uuid.hex}" for f in (number, choice)}


def test_what_a_guest_holds_is_still_offered_when_the_house_dropped_it(casa_alba, nora):
    field = make_field(casa_alba, "View", kind=Kind.CHOICE, choices=["Sea"])
    nora.custom = {str(field.uuid): "Garden"}

    (offered,) = custom_form_fields(casa_alba, nora).values()

    assert [value for value, _label in offered.choices] == ["", "Sea", "Garden"]


def test_an_archived_field_is_hidden_and_keeps_its_value(casa_alba, nora):
    kept = make_field(casa_alba, "Boat", is_archived=True)
    asked = make_field(casa_alba, "Horse")
    nora.custom = {str(kept.uuid): "Saga", str(asked.uuid): "Brunen"}
    form = form_of(casa_alba, {asked: ""})
    assert form.is_valid()

    assert custom_shown(nora) == [("Horse", "Brunen")]
    assert custom_shown(nora, with_archived=True) == [
        ("Horse", "Brunen"),
        ("Boat", "Saga"),
    ]
    assert custom_values(casa_alba, form.cleaned_data, nora.custom) == {
        str(kept.uuid): "Saga"
    }


def test_a_form_that_did_not_ask_changes_nothing(casa_alba, nora):
    field = make_field(casa_alba, "Boat")
    held = {str(field.uuid): "Saga"}

    assert custom_values(casa_alba, {}, held) == held


def test_fields_stand_in_the_order_of_the_house(casa_alba, nora):
    later = make_field(casa_alba, "Later", position=2)
    first = make_field(casa_alba, "First", position=1)
    nora.custom = {str(later.uuid): "b", str(first.uuid): "a"}

    assert [field.label for field in custom_form_fields(casa_alba).values()] == [
        "First",
        "Later",
    ]
    assert custom_shown(nora) == [("First", "a"), ("Later", "b")]


def test_the_fields_of_another_house_are_not_asked_for(casa_alba, bar_carla, nora):
    theirs = make_field(bar_carla, "Stool")
    nora.custom = {str(theirs.uuid): "left"}

    assert custom_form_fields(casa_alba) == {}
    assert custom_shown(nora) == []


def test_a_value_that_does_not_fit_its_kind_is_shown_as_it_stands(casa_alba, nora):
    day = make_field(casa_alba, "Wedding", kind=Kind.DATE)
    number = make_field(casa_alba, "Size", kind=Kind.NUMBER)
    nora.custom = {str(day.uuid): "in spring", str(number.uuid): ["?"]}

    assert custom_shown(nora) == [("Wedding", "in spring"), ("Size", "['?']")]


@pytest.mark.parametrize("count", [1, 3])
def test_showing_costs_one_query_however_many_there_are(
    casa_alba, nora, django_assert_num_queries, count
):
    fields = [make_field(casa_alba, "Boat") for _number in range(count)]
    nora.custom = {str(field.uuid): "Saga" for field in fields}

    with django_assert_num_queries(1):
        assert len(custom_shown(nora)) == count
