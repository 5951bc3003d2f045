"""The lines of a visit as they are typed, row by row."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.core.locales import active_locale
from crm.core.money import format_money
from crm.core.money_field import MoneyField
from customers.guarded_forms import GuardedForm
from customers.models import Visit, VisitLine
from customers.visiting.lines import (
    LineFacts,
    LinesChangedMeanwhile,
    LineValues,
    line_values,
    lines_of,
)

MOST_LINES = 60
EMPTY_ROWS = 2
MOST_OF_ONE = 1000


class LineForm(GuardedForm):
    """One line; a row that is left as it came says nothing."""

    uuid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    # What the line was when the form was shown, to see what others did since.
    began = forms.JSONField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("What"),
        max_length=80,
        widget=forms.TextInput({"list": "usual-lines", "autocomplete": "off"}),
        error_messages={"required": _("What was it?")},
    )
    category = forms.ChoiceField(
        label=_("Category"),
        choices=VisitLine.Category.choices,
        initial=VisitLine.Category.FOOD,
    )
    quantity = forms.IntegerField(
        label=_("How many"),
        initial=1,
        min_value=1,
        max_value=MOST_OF_ONE,
        error_messages={
            "min_value": _("Write how many there were."),
            "max_value": _("Is that number right?"),
        },
    )
    amount = MoneyField(
        label=_("Amount"),
        required=False,
        error_messages={
            "invalid": _("Write an amount such as 1 234,50. It cannot be below zero.")
        },
    )
    is_alcohol = forms.BooleanField(label=_("Alcohol"), required=False)
    remove = forms.BooleanField(label=_("Remove"), required=False)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["amount"]
        assert isinstance(amount, MoneyField)
        amount.currency = currency

    @property
    def is_known(self) -> bool:
        """Return whether this row is a line that was there before."""
        return bool(self["uuid"].value())

    def facts(self) -> LineFacts:
        """Return what was typed. Only for a valid row that says something."""
        cleaned = self.cleaned_data
        return LineFacts(
            uuid=cleaned["uuid"],
            category=cleaned["category"],
            name=cleaned["name"],
            quantity=cleaned["quantity"],
            amount=cleaned["amount"] or 0,
            is_alcohol=cleaned["is_alcohol"],
        )


class BaseLineForms(BaseFormSet):
    def clean(self) -> None:
        """A row that is to go needs nothing else to be right."""

    @property
    def is_right(self) -> bool:
        return self.is_valid() or all(
            not form.errors or form in self._going for form in self.forms
        )

    @property
    def _going(self) -> list[LineForm]:
        return [
            form
            for form in self.forms
            if form["remove"].data and form.cleaned_data.get("uuid")
        ]

    @property
    def removed(self) -> list[UUID]:
        return [form.cleaned_data["uuid"] for form in self._going]

    @property
    def facts(self) -> list[LineFacts]:
        """Return the rows that say something, without those that go."""
        return [
            form.facts()
            for form in self.forms
            if form not in self._going
            and (form.is_known or form.has_changed())
            and form.cleaned_data.get("name")
        ]

    def show_clashes(self, problem: LinesChangedMeanwhile) -> None:
        """Say what others changed at the rows; sent once more, mine are taken."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        held = {line.uuid: line for line in problem.held}
        for form in self.forms:
            line = held.get(form.cleaned_data.get("uuid"))
            if line is None:
                continue
            form.add_error(
                "name",
                ValidationError(
                    _("Changed to “%(theirs)s” meanwhile. Save again to keep yours."),
                    params={"theirs": _say(line)},
                ),
            )
            data[form.add_prefix("began")] = json.dumps(line_values(line))
            form.data = data
        self.data = data

    @property
    def began(self) -> dict[UUID, LineValues]:
        return {
            form.cleaned_data["uuid"]: form.cleaned_data["began"]
            for form in self.forms
            if form.cleaned_data.get("uuid") and form.cleaned_data.get("began")
        }


LineForms = formset_factory(
    LineForm,
    formset=BaseLineForms,
    extra=EMPTY_ROWS,
    max_num=MOST_LINES,
    absolute_max=MOST_LINES + EMPTY_ROWS,
)


def line_forms(visit: Visit, typed: Any = None) -> BaseLineForms:
    """Return the rows of a visit: its lines, and some that are still empty."""
    initial = [
        {
            "uuid": line.uuid,
            "began": line_values(line),
            "name": line.name,
            "category": line.category,
            "quantity": line.quantity,
            "amount": line.amount or None,
            "is_alcohol": line.is_alcohol,
        }
        for line in lines_of(visit)
    ]
    rows = LineForms(
        typed,
        initial=None if typed else initial,
        prefix="line",
        form_kwargs={"currency": visit.business.currency},
    )
    assert isinstance(rows, BaseLineForms)
    return rows


def _say(line: VisitLine) -> str:
    amount = format_money(line.amount, line.business.currency, active_locale())
    return f"{line.quantity} × {line.name}, {amount}"
