"""One rule as fields of a form: which fact, how it is compared, and with what."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.core.locales import active_locale
from crm.core.long_select import LongSelect
from crm.core.money import format_amount
from crm.core.money_field import MoneyField
from crm.core.number_field import NumberField
from customers.lists.guest_filter_form import DayField
from customers.segments.drafts import Draft, Typed
from customers.segments.offering import Offer, Shape, shape_of
from customers.segments.operators import (
    LONGEST_TEXT,
    BadValue,
    Kind,
    Operator,
    read_value,
)
from customers.segments.trees import TreeProblem

# More than this is folded away, with what is chosen in words.
MOST_IN_SIGHT = 8


class RuleForm:
    """The fields of one rule, filled with what was typed or with the rule as kept.

    ``is_inside_visit`` says which facts are offered.
    """

    def __init__(self, draft: Draft, offer: Offer, *, is_inside_visit: bool) -> None:
        self.draft, self.offer = draft, offer
        self.is_inside_visit = is_inside_visit
        if draft.held is not None:
            draft.typed = self._typed_of(draft.held)
        self.chosen = offer.field(draft.word("field"))
        self._forget_what_was_about_another()

    def _forget_what_was_about_another(self) -> None:
        """Drop what was typed before another fact, or another kind of value, was chosen."""
        fact, _colon, shape = self.draft.word("was").partition(":")
        if fact and fact != self.field_name:
            self.draft.typed = {"field": [self.field_name]}
        elif shape and shape != self.shape.name:
            self.draft.typed = {
                name: self.draft.typed[name]
                for name in ("field", "is")
                if name in self.draft.typed
            }

    @property
    def was(self) -> str:
        """Return what a form says about itself, to see what was changed in it."""
        return f"{self.field_name}:{self.shape.name}" if self.chosen else ""

    @property
    def field_name(self) -> str:
        return self.draft.word("field")

    @property
    def operators(self) -> tuple[Operator, ...]:
        return self.chosen.asks if self.chosen else ()

    @property
    def chosen_operator(self) -> Operator | None:
        """Return what was chosen, or what is usual for the fact."""
        typed = self.draft.word("is")
        return next(
            (one for one in self.operators if one == typed),
            self.operators[0] if self.operators else None,
        )

    @property
    def shape(self) -> Shape:
        if self.chosen is None or self.chosen_operator is None:
            return Shape.NOTHING
        return shape_of(self.chosen, self.chosen_operator)

    # What a page shows

    def field(self) -> SafeString:
        """Return the select of facts, in groups. Choosing another one asks anew."""
        choices = self.offer.fields(is_inside_visit=self.is_inside_visit)
        missing = self.field_name if self.field_name and not self.chosen else ""
        first = _("No longer there") if missing else _("Choose …")
        select = LongSelect(choices=[(missing, first), *choices])
        return self._drawn(select, "field", self.field_name, _("What"))

    def operator(self) -> SafeString:
        select = forms.Select(choices=[(one, one.label) for one in self.operators])
        words = _("How it compares")
        return self._drawn(select, "is", self.chosen_operator, words)

    def values(self) -> SafeString:
        """Return what it is compared with: nothing, one field, two, or boxes to tick."""
        if self.shape is Shape.NOTHING:
            return SafeString("")
        if self.shape is Shape.SEVERAL:
            return self._boxes()
        if self.shape is Shape.DAYS:
            return format_html("{} <span>{}</span>", self._input("value"), _("days"))
        if self.shape is Shape.PAIR:
            both = self._input("value"), _("and"), self._input("to")
            return format_html("{} <span>{}</span> {}", *both)
        return self._input("value")

    def _input(self, name: str) -> SafeString:
        assert self.chosen is not None
        words = _("Until") if name == "to" else _("Value")
        attrs: dict[str, str] = {"autocomplete": "off", "maxlength": "200"}
        widget: forms.Widget = forms.TextInput()
        if self._kind == Kind.DATE and self.shape is not Shape.DAYS:
            widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            attrs = {}
        elif self._kind != Kind.TEXT:
            attrs |= {"inputmode": "decimal", "size": "8"}
        drawn = self._drawn(widget, name, words=words, attrs=attrs)
        if self._kind != Kind.MONEY:
            return drawn
        currency = self.offer.business.currency
        return format_html("{} <span>{}</span>", drawn, currency)

    def _boxes(self) -> SafeString:
        ticked = set(self.draft.typed.get("value", [])) - {""}
        choices = self._choices()
        known = {value for value, _label in choices}
        gone = sorted(ticked - known)
        choices += [(value, _("No longer there")) for value in gone]
        boxes = format_html_join(
            "",
            '<label><input type="checkbox" name="{}" id="{}" value="{}"{}> {}</label>',
            (
                (
                    self._name("value"),
                    f"{self._name('value')}-{number}",
                    value,
                    SafeString(" checked") if value in ticked else "",
                    label,
                )
                for number, (value, label) in enumerate(choices)
            ),
        )
        boxes = format_html('<div class="ticks">{}</div>', boxes)
        if not choices:
            return format_html('<span class="quiet">{}</span>', _("None yet"))
        if len(choices) <= MOST_IN_SIGHT:
            return boxes
        labels = [str(label) for value, label in choices if value in ticked]
        return format_html(
            '<details class="fold"{}><summary>{}</summary>{}</details>',
            SafeString("" if labels else " open"),
            _few(labels) or _("Choose …"),
            boxes,
        )

    def _drawn(
        self,
        widget: forms.Widget,
        name: str,
        value: object = None,
        words: str = "",
        *,
        attrs: dict[str, str] | None = None,
    ) -> SafeString:
        attrs = {"id": self._name(name), "aria-label": words, **(attrs or {})}
        if self.draft.is_new and name == "field":
            attrs["autofocus"] = "autofocus"
        if self.draft.problem:
            attrs |= {
                "aria-invalid": "true",
                "aria-describedby": f"{self.draft.key}-problem",
            }
        shown = self.draft.word(name) if value is None else value
        return widget.render(self._name(name), shown, attrs)

    def _name(self, name: str) -> str:
        return f"{self.draft.key}-{name}"

    def _choices(self) -> list[tuple[str, str]]:
        assert self.chosen is not None
        if self.chosen_operator == Operator.IN_MONTHS:
            return self.offer.months()
        return list(self.offer.choices(self.chosen))

    @property
    def _kind(self) -> Kind:
        return self.chosen.kind if self.chosen else Kind.TEXT

    # What comes of it

    def rule(self) -> dict[str, Any]:
        """Return the rule as ``read_tree`` wants it. Raise TreeProblem in words."""
        if self.chosen is None:
            raise TreeProblem(
                _("This fact is no longer known. Choose another.")
                if self.field_name
                else _("Choose what the rule is about.")
            )
        assert self.chosen_operator is not None
        rule = {"field": self.field_name, "is": self.chosen_operator.value}
        if self.shape is not Shape.NOTHING:
            rule["value"] = self._value()
            try:
                read_value(self._kind, self.chosen_operator, rule["value"])
            except BadValue as problem:
                raise TreeProblem(str(problem)) from problem
        return rule

    def _value(self) -> Any:
        if self.shape is Shape.SEVERAL:
            ticked = self.draft.typed.get("value", [])
            is_month = self.chosen_operator == Operator.IN_MONTHS
            return [int(one) if is_month and _is_short(one) else one for one in ticked]
        if self.shape is Shape.PAIR:
            return [self._read("value"), self._read("to")]
        return self._read("value")

    def _read(self, name: str) -> Any:
        text = self.draft.word(name).strip()
        if not text:
            raise TreeProblem(_("Something is missing here."))
        try:
            return _json(self._reader().clean(text))
        except ValidationError as error:
            raise TreeProblem(" ".join(error.messages)) from error

    def _reader(self) -> forms.Field:
        if self.shape is Shape.DAYS or self._kind == Kind.NUMBER:
            return NumberField()
        if self._kind == Kind.MONEY:
            return MoneyField(currency=self.offer.business.currency)
        if self._kind == Kind.DATE:
            return DayField(label="")
        return forms.CharField(max_length=LONGEST_TEXT)

    def _typed_of(self, rule: dict[str, Any]) -> Typed:
        typed = {"field": [str(rule["field"])], "is": [str(rule.get("is", ""))]}
        value = rule.get("value")
        if value is None:
            return typed
        if typed["is"] == [Operator.BETWEEN] and isinstance(value, list):
            typed["value"], typed["to"] = ([self._words(one, typed)] for one in value)
        elif isinstance(value, list):
            typed["value"] = [str(one) for one in value]
        else:
            typed["value"] = [self._words(value, typed)]
        return typed

    def _words(self, value: Any, typed: Typed) -> str:
        field = self.offer.field(typed["field"][0])
        if field and field.kind == Kind.MONEY and isinstance(value, int):
            return format_amount(value, self.offer.business.currency, active_locale())
        return str(value)


def _few(labels: list[str]) -> str:
    """Return the first few, and how many more."""
    if len(labels) <= 3:
        return ", ".join(labels)
    more = len(labels) - 2
    words = ngettext("%(few)s and %(count)s more", "%(few)s and %(count)s more", more)
    return words % {"few": ", ".join(labels[:2]), "count": more}


def _is_short(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 2


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else str(value)
    return value.isoformat() if isinstance(value, date) else value
