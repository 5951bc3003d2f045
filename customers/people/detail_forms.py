"""How a guest is reached and what else is known: as the desk types it."""

from collections.abc import Callable, Iterable
from typing import Any

from babel.dates import get_month_names
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.core.addresses import normalize_email
from crm.core.locales import active_locale
from crm.core.long_select import LongSelect
from crm.core.phones import normalize_phone
from crm.core.regions import country_choices
from crm.tenancy.models import Business
from customers.edited_at_once import Values
from customers.guarded_forms import CONFIRMED, GuardedForm, refusal_of_phone
from customers.lists.values_in_use import values_in_use
from customers.models import Guest
from customers.people.guest_values import TOGETHER, initial_from, own_key, typed_of
from customers.profile.custom_fields import custom_form_fields, custom_values
from customers.several import SeveralField, SeveralInputs

Choice = tuple[object, object]

# February has 29: birthdays come round in leap years too.
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_TOO_LONG = _("That is %(show_value)d letters; there is room for %(limit_value)d.")


class DetailsForm(GuardedForm, forms.ModelForm):
    """How a guest is reached, and what else is known of them.

    ``values`` is what it begins with; in what it asks for, addresses are lists, see
    customers/people/guest_values.py. Names, the company and VIP are in ``GuestForm``.
    """

    emails = SeveralField(
        label=_("Email"),
        required=False,
        widget=SeveralInputs("email"),
    )
    phones = SeveralField(
        label=_("Phone"),
        required=False,
        widget=SeveralInputs("tel", note=_("From abroad with +.")),
    )
    birthday_day = forms.IntegerField(
        label=_("Day"),
        required=False,
        min_value=1,
        max_value=31,
        error_messages={
            "invalid": _("Write a day from 1 to 31."),
            "min_value": _("Write a day from 1 to 31."),
            "max_value": _("Write a day from 1 to 31."),
        },
    )
    birthday_month = forms.TypedChoiceField(
        label=_("Month"), required=False, coerce=int, empty_value=None
    )
    country = forms.ChoiceField(label=_("Country"), required=False, widget=LongSelect)

    class Meta:
        model = Guest
        fields: tuple[str, ...] = (
            "member_number", "language", "country", "street", "postal_code", "city",
            "birthday_day", "birthday_month", "source",
        )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        business: Business,
        guest: Guest | None = None,
        values: Values | None = None,
        **kwargs: Any,
    ) -> None:
        self.business = business
        # How addresses and numbers were typed, by what is compared.
        self.typed = typed_of(guest) if guest else {}
        kwargs["initial"] = self._initial_from(values) if values else {}
        super().__init__(*args, **kwargs)
        self.fields |= custom_form_fields(business, guest)
        self._offer_choices()
        self.fields["source"].widget.attrs["list"] = "known-sources"
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.error_messages["max_length"] = _TOO_LONG

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_birthday(cleaned)
        country = cleaned.get("country") or self.business.country
        self._refuse_other_numbers(country)
        cleaned["emails"] = self._read("emails", normalize_email)
        cleaned["phones"] = self._read(
            "phones", lambda text: normalize_phone(text, country=country)
        )
        return cleaned

    def values(self) -> Values:
        """Return what was typed. Only for a valid form."""
        cleaned = self.cleaned_data
        values: Values = {
            name: {part: cleaned[part] for part in TOGETHER[name]}
            if name in TOGETHER
            else cleaned.get(name)
            for name in self.asked
        }
        own = custom_values(self.business, cleaned)
        return values | {
            name: own.get(key)
            for name in self.asked
            if (key := own_key(name)) is not None
        }

    @property
    def asked(self) -> list[str]:
        """Return the names of the values this form asks for."""
        apart = {part: name for name, parts in TOGETHER.items() for part in parts}
        names = dict.fromkeys(apart.get(name, name) for name in self.fields)
        return [name for name in names if name != CONFIRMED]

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """Return the fields that the house has made itself."""
        return [self[name] for name in self.fields if own_key(name)]

    @property
    def known_sources(self) -> list[str]:
        """Return how guests came to the house so far. Costs one query."""
        return values_in_use(Guest, "source", self.business)

    def _initial_from(self, values: Values) -> dict[str, Any]:
        initial = initial_from(values, self.business)
        emails = initial.get("emails", ())
        return initial | {"emails": [self.typed.get(one, one) for one in emails]}

    def _offer_choices(self) -> None:
        locale = active_locale()
        months = get_month_names("wide", context="stand-alone", locale=locale)
        self._offer("language", _("Not known"), settings.LANGUAGES)
        self._offer("country", _("Not known"), country_choices(locale))
        self._offer(
            "birthday_month", "–", [(n, months[n].capitalize()) for n in months]
        )
        self.fields["source"].widget.attrs["list"] = "known-sources"
        for field in self.fields.values():
            if isinstance(field, forms.CharField):
                field.error_messages["max_length"] = _TOO_LONG

    def _offer(self, name: str, nothing: object, choices: Iterable[Choice]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", nothing), *choices]

    def _check_birthday(self, cleaned: dict[str, Any]) -> None:
        if {"birthday_day", "birthday_month"} & set(self.errors):
            return
        day, month = cleaned.get("birthday_day"), cleaned.get("birthday_month")
        if day and not month:
            self.add_error("birthday_month", _("In which month?"))
        elif month and not day:
            self.add_error("birthday_day", _("On which day?"))
        elif day and month and day > _DAYS_IN_MONTH[month - 1]:
            self.add_error(
                "birthday_day",
                ValidationError(
                    _("%(month)s has no day %(day)s."),
                    params={"month": self._month_name(month), "day": day},
                ),
            )

    def _refuse_other_numbers(self, country: str) -> None:
        for text in self.cleaned_data.get("phones", ()):
            if refusal := refusal_of_phone(text, country=country):
                self.add_error("phones", str(refusal))
                return

    def _read(self, name: str, read: Callable[[str], str]) -> list[str]:
        """Return what is compared of what was typed, each once, in the order typed."""
        found: list[str] = []
        field = self.fields[name]
        assert isinstance(field, SeveralField)
        for text in self.cleaned_data.get(name, ()):
            try:
                found.append(read(text))
            except ValueError as error:
                self.add_error(name, field.unreadable(text, str(error)))
            else:
                self.typed[found[-1]] = text
        return list(dict.fromkeys(found))

    def _month_name(self, month: int) -> str:
        names = get_month_names("wide", "stand-alone", locale=active_locale())
        return str(names[month]).capitalize()
