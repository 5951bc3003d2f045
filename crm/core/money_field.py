"""A form field for an amount of money, typed the way people write it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.core.locales import active_locale
from crm.core.money import InvalidAmount, format_money, parse_money


class MoneyField(forms.CharField):
    """Clean to minor units (int), or None when left empty.

    The form sets ``currency`` to the business's before the field is used.
    """

    default_error_messages = {
        "invalid": _("Write an amount such as 1 234,50."),
    }

    def __init__(self, *, currency: str = "EUR", **options: Any) -> None:
        self.currency = currency
        options.setdefault("max_length", 30)
        super().__init__(**options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal"}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return format_money(value, self.currency, active_locale())
        return value

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if not typed:
            return None
        try:
            return parse_money(typed, self.currency)
        except InvalidAmount as error:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid"
            ) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True
