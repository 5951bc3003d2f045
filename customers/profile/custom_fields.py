"""The house's own fields: what is asked for, what is held, and how it is shown.

``Guest.custom`` holds values by the field's uuid: words as they are, a number and a day
as text, yes and no as true and false. What is not known is left out. The settings are
in customers/profile/field_settings.py.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from crm.core.dates import say_date
from crm.core.locales import active_locale
from crm.core.number_field import NumberField
from crm.core.numbers import say_number
from crm.tenancy.models import Business
from customers.models import CustomField, Guest

Kind = CustomField.Kind

LONGEST_WORDS = 300
_YES, _NO = "yes", "no"


def current_fields(business: Business) -> QuerySet[CustomField]:
    """Return the fields in use, in the house's order."""
    return business.custom_fields.filter(is_archived=False).order_by("position", "pk")


def form_name(field: CustomField) -> str:
    """Return the name the field has in a form."""
    return f"custom_{field.uuid.hex}"


def custom_form_fields(
    business: Business, guest: Guest | None = None
) -> dict[str, forms.Field]:
    """Return a form field, not required, for each of the house's fields, in order.

    What ``guest`` holds stays a choice, also when the house no longer offers it. Costs
    one query.
    """
    held = guest.custom if guest else {}
    return {
        form_name(field): _form_field(field, held.get(str(field.uuid)))
        for field in current_fields(business)
    }


def custom_initial(guest: Guest) -> dict[str, Any]:
    """Return what the guest's fields hold, by form name. Costs one query."""
    return {
        form_name(field): _as_form_value(field.kind, guest.custom.get(str(field.uuid)))
        for field in current_fields(guest.business)
    }


def custom_values(
    business: Business,
    cleaned: Mapping[str, Any],
    held: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what ``Guest.custom`` becomes when a form was filled in with ``cleaned``.

    What ``held`` has in fields that the form did not ask for stays. Costs one query.
    """
    values = dict(held or {})
    for field in current_fields(business):
        if (name := form_name(field)) not in cleaned:
            continue
        values.pop(str(field.uuid), None)
        if (value := _as_stored(field.kind, cleaned[name])) is not None:
            values[str(field.uuid)] = value
    return values


def custom_shown(guest: Guest, *, with_archived: bool = False) -> list[tuple[str, str]]:
    """Return label and value, in words, of each field the guest has something in.

    Costs one query, and none for a guest without values.
    """
    if not guest.custom:
        return []
    fields = guest.business.custom_fields.order_by("is_archived", "position", "pk")
    return [
        (field.label, _in_words(field.kind, guest.custom[str(field.uuid)]))
        for field in fields
        if str(field.uuid) in guest.custom and (with_archived or not field.is_archived)
    ]


def _form_field(field: CustomField, held: Any) -> forms.Field:
    if field.kind == Kind.NUMBER:
        return NumberField(label=field.label, required=False)
    if field.kind == Kind.DATE:
        widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=field.label, required=False, widget=widget)
    if field.kind == Kind.CHOICE:
        offered = dict.fromkeys([*field.choices, *([held] if held else [])])
        return _choice(field.label, [(word, word) for word in offered])
    if field.kind == Kind.YES_NO:
        answers = [
            (_YES, pgettext_lazy("a guest's answer", "Yes")),
            (_NO, pgettext_lazy("a guest's answer", "No")),
        ]
        return _choice(field.label, answers)
    return forms.CharField(
        label=field.label, required=False, max_length=LONGEST_WORDS, strip=True
    )


def _choice(label: str, choices: list[tuple[Any, Any]]) -> forms.ChoiceField:
    nothing = ("", gettext_lazy("Not known"))
    return forms.ChoiceField(label=label, required=False, choices=[nothing, *choices])


def _as_stored(kind: str, cleaned: Any) -> Any:
    """Return a cleaned value as JSON holds it, or None for nothing."""
    if cleaned is None or cleaned == "":
        return None
    if kind == Kind.YES_NO:
        return cleaned == _YES
    if kind == Kind.DATE:
        return cleaned.isoformat()
    return str(cleaned)


def _as_form_value(kind: str, stored: Any) -> Any:
    if stored is None:
        return "" if kind in {Kind.CHOICE, Kind.YES_NO, Kind.TEXT} else None
    if kind == Kind.YES_NO:
        return _YES if stored is True else _NO
    return _as_python(kind, stored)


def _as_python(kind: str, stored: Any) -> Any:
    """Return a day as a date and a number as a Decimal; anything odd as it stands."""
    try:
        if kind == Kind.NUMBER:
            return Decimal(stored)
        if kind == Kind.DATE:
            return date.fromisoformat(stored)
    except (InvalidOperation, TypeError, ValueError):
        pass
    return stored


def _in_words(kind: str, stored: Any) -> str:
    value = _as_python(kind, stored)
    if isinstance(value, bool):
        return (
            pgettext("a guest's answer", "Yes")
            if value
            else pgettext("a guest's answer", "No")
        )
    if isinstance(value, Decimal) and value.is_finite():
        return say_number(value, active_locale())
    if isinstance(value, date):
        return say_date(value, active_locale())
    return str(value) or _("Not known")
