"""Form fields for days, times and nights, typed the way people write them."""

from datetime import date, time
from typing import Any

from babel.dates import format_skeleton
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.core.locales import active_locale
from crm.core.typed_time import UnreadableTime, parse_clock, parse_day, parse_nights


class DayField(forms.DateField):
    """A day: by the browser's calendar, or typed as ``parse_day`` reads it.

    A day without a year is the one that comes closest to ``near``, which the form sets.
    """

    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    near: date | None = None

    def to_python(self, value: Any) -> date | None:
        if not isinstance(value, str):
            return super().to_python(value)
        if not value.strip():
            return None
        try:
            return parse_day(value, near=self.near or timezone.localdate())
        except UnreadableTime as error:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid"
            ) from error


class ClockField(forms.Field):
    """A time of day as ``parse_clock`` reads it: 19, 1930, 19.30, 7pm."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Write a time such as 19:30.")}

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"maxlength": "12", "autocomplete": "off", "placeholder": "19:30"}

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, time) else value

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, time):
            return value
        if value is None or not str(value).strip():
            return None
        try:
            return parse_clock(str(value))
        except UnreadableTime as error:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid"
            ) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class UntilField(forms.Field):
    """How long: a number of nights (int) or a last day (date), None when left empty.

    A day without a year is the one that comes closest to ``near``, which the form sets.
    """

    widget = forms.TextInput
    near: date | None = None
    default_error_messages = {
        "invalid": _("Write how many nights, or a day such as %(day)s."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"maxlength": "20", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, date):
            return format_skeleton("yMd", value, locale=active_locale())
        if isinstance(value, int):
            return ngettext("%(n)s night", "%(n)s nights", value) % {"n": value}
        return value

    def to_python(self, value: Any) -> int | date | None:
        if isinstance(value, int | date):
            return value
        if value is None or not str(value).strip():
            return None
        near = self.near or timezone.localdate()
        try:
            return parse_nights(str(value))
        except UnreadableTime:
            pass
        try:
            return parse_day(str(value), near=near)
        except UnreadableTime as error:
            day = format_skeleton("yMd", near, locale=active_locale())
            raise ValidationError(
                self.error_messages["invalid"], code="invalid", params={"day": day}
            ) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True
