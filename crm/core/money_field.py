"""A form field for an amount of money, typed the way people write it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.core.locales import active_locale
from crm.core.money import InvalidAmount, format_amount, parse_money


class MoneyField(forms.Field):
    """Clean to minor units (int), or None when left empty.

    The form sets ``currency`` to the business's before the field is used.
    """

    default_error_messages = {
        "invalid": _("Write an amount such as 1 234,50."),
    }

    def __init__(self, *, currency: str = "EUR", **options: Any) -> None:
        self.currency = currency
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "maxlength": "30", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return format_amount(value, self.currency, active_locale())
        return value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or not str(value).strip():
            return None
        try:
            return parse_money(str(value), self.currency)
        except InvalidAmount as error:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid"
            ) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True
