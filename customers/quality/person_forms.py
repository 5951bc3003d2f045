"""Who a guest is, one fact at a time: name, birthday, language."""

from typing import Any

from babel.dates import get_month_names
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm.core.locales import active_locale
from customers.edited_at_once import Values
from customers.models import Fact
from customers.quality.fact_form import FactForm

# February has 29: birthdays come round in leap years too.
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_WORDS = dict.fromkeys(
    ("invalid", "min_value", "max_value"), _("Write a day from 1 to 31.")
)


class NameForm(FactForm):
    fact = Fact.NAME
    given_name = forms.CharField(label=_("First name"), max_length=80)
    family_name = forms.CharField(label=_("Family name"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields_of():
            # Some names are read from right to left.
            self.fields[name].widget.attrs |= {"dir": "auto", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        names = self.fields_of()
        had = any(self.held[name] for name in names)
        if had and not self.errors and not any(cleaned[name] for name in names):
            self.add_error("given_name", _("Write a name, or at least a part of it."))
        return cleaned

    def values(self) -> Values:
        """Return the names; one that is read in its own way, of a firm say, stays."""
        values = super().values()
        typed = " ".join(values.values()).casefold().split()
        if all(word in typed for word in self.held["display_name"].casefold().split()):
            values["display_name"] = ""
        return values


class BirthdayForm(FactForm):
    fact = Fact.BIRTHDAY
    birthday_day = forms.IntegerField(
        label=_("Day"), min_value=1, max_value=31, error_messages=_DAY_WORDS
    )
    birthday_month = forms.TypedChoiceField(
        label=_("Month"), coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = get_month_names("wide", "stand-alone", locale=active_locale())
        months = [(month, str(names[month]).capitalize()) for month in names]
        field = self.fields["birthday_month"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *months]

    def initial_from(self, held: Values) -> dict[str, Any]:
        return dict(held["birthday"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        day, month = cleaned["birthday_day"], cleaned["birthday_month"]
        if day and not month:
            self.add_error("birthday_month", _("In which month?"))
        elif month and not day:
            self.add_error("birthday_day", _("On which day?"))
        elif day and month and day > _DAYS_IN_MONTH[month - 1]:
            words = _("%(month)s has no day %(day)s.")
            name = dict(self.fields["birthday_month"].choices)[month]  # type: ignore[attr-defined]
            self.add_error("birthday_day", words % {"month": name, "day": day})
        return cleaned

    def values(self) -> Values:
        return {"birthday": super().values()}


class LanguageForm(FactForm):
    fact = Fact.LANGUAGE
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *settings.LANGUAGES]
