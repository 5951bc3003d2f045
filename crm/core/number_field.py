"""A form field for a plain number, typed the way people write it."""

import re
from decimal import Decimal
from typing import Any

from babel.numbers import get_decimal_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.core.locales import active_locale
from crm.core.numbers import MINUS

# Longer ones are numbers of people and cards, which have no place in the register.
MOST_DIGITS = 9
_NUMBER = re.compile(r"[-+]?[0-9]+([.,][0-9]+)?")


class NumberField(forms.Field):
    """Clean to a Decimal, or None when left empty. Comma and point both part decimals."""

    default_error_messages = {
        "invalid": _("Write a number such as 12 or 12,5."),
        "too_long": _("Write a number of at most nine digits."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "maxlength": "30", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        # Without groups: in some languages a point parts them, which is a mark here.
        if isinstance(value, Decimal):
            mark = get_decimal_symbol(active_locale())
            return f"{value.normalize():f}".replace(".", mark)
        return value

    def to_python(self, value: Any) -> Decimal | None:
        typed = re.sub(r"\s", "", str(value or "")).replace(MINUS, "-")
        if not typed:
            return None
        # Digits of other scripts are digits to Python, but not to whoever reads them.
        if not _NUMBER.fullmatch(typed):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        if sum(sign.isdigit() for sign in typed) > MOST_DIGITS:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        return Decimal(typed.replace(",", "."))

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True
