"""One fact about a guest, as it is typed: at the desk, or by the guest at home."""

from typing import Any, ClassVar

from babel.dates import get_month_names
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.core.addresses import InvalidEmail, is_relay_address, normalize_email
from crm.core.locales import active_locale
from crm.core.long_select import LongSelect
from crm.core.phones import InvalidPhone, format_phone, normalize_phone
from crm.core.regions import country_choices
from customers.edited_at_once import Values
from customers.guarded_forms import GuardedForm, refusal_of_phone
from customers.models import Fact, Guest
from customers.quality.left_alone import bounced_among

# February has 29: birthdays come round in leap years too.
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DAY_WORDS = dict.fromkeys(
    ("invalid", "min_value", "max_value"), _("Write a day from 1 to 31.")
)

_LENT = _("This is an address that a booking site lends out. Ask for their own.")
_LENT_HERE = _(
    "This is an address that a booking site lends out. Please write your own."
)
_NEEDED = _(
    "Write an address, or leave the one that is here. To get no mails, use the link at "
    "the foot of any of them."
)

# By these names a browser fills in what its owner is called and where they live.
_KNOWN_AS = {
    "given_name": "given-name",
    "family_name": "family-name",
    "email": "email",
    "phone": "tel",
    "street": "address-line1",
    "postal_code": "postal-code",
    "city": "address-level2",
    "country": "country",
    "birthday_day": "bday-day",
    "birthday_month": "bday-month",
    "language": "language",
}


class FactForm(GuardedForm):
    """One fact of ``guest``, of whom ``held`` is what ``values_of`` gives.

    It begins with what is held. At home, where the guest sees it all, a field may be
    emptied; at the desk it is asked for. ``typed`` is how addresses and numbers read,
    by what is compared, once the form is valid.
    """

    fact: ClassVar[Fact]
    may_confirm = False

    def __init__(
        self,
        data: Any = None,
        *,
        guest: Guest,
        held: Values,
        is_at_home: bool = False,
        auto_id: str = "id_%s",
    ) -> None:
        self.guest, self.held, self.is_at_home = guest, held, is_at_home
        self.typed: dict[str, str] = {}
        super().__init__(data, initial=self.initial_from(held), auto_id=auto_id)
        if is_at_home:
            for name, field in self.fields.items():
                field.required = False
                field.widget.attrs["autocomplete"] = _KNOWN_AS[name]

    def initial_from(self, held: Values) -> dict[str, Any]:
        return {name: held.get(name) for name in self.fields_of()}

    @classmethod
    def fields_of(cls) -> list[str]:
        return list(cls.base_fields)

    def values(self) -> Values:
        """Return the guest's values with what was typed. Only for a valid form."""
        return {name: self.cleaned_data[name] for name in self.fields_of()}

    @property
    def says_something_new(self) -> bool:
        """Return whether what was typed is not what is held. Only for a valid form."""
        return any(self.held.get(name) != it for name, it in self.values().items())

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was typed at all. Only for a valid form."""
        return not any(self.cleaned_data[name] for name in self.fields_of())


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


class EmailForm(FactForm):
    fact = Fact.EMAIL
    email = forms.CharField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )

    def initial_from(self, held: Values) -> dict[str, Any]:
        first = next(iter(held["emails"]), "")
        is_shown = self.is_at_home and not is_relay_address(first)
        return {"email": first if is_shown else ""}

    def clean_email(self) -> str:
        text = self.cleaned_data["email"].strip()
        if not text:
            if self.held["emails"]:
                raise ValidationError(_NEEDED)
            return ""
        try:
            normalized = normalize_email(text)
        except InvalidEmail as error:
            raise ValidationError(str(error)) from error
        if is_relay_address(normalized):
            raise ValidationError(_LENT_HERE if self.is_at_home else _LENT)
        self.typed[normalized] = text
        return normalized

    def values(self) -> Values:
        """Return the new address first; one that nothing arrives at goes."""
        points = list(self.guest.contact_points.all())
        bounced = bounced_among(self.guest.business, points)
        gone = {point.normalized for point in points if point.pk in bounced}
        others = [one for one in self.held["emails"] if one not in gone]
        return {"emails": list(dict.fromkeys([self.cleaned_data["email"], *others]))}


class PhoneForm(FactForm):
    fact = Fact.PHONE
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        help_text=_("From abroad with +."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "off"}),
    )

    def initial_from(self, held: Values) -> dict[str, Any]:
        return {"phone": format_phone(next(iter(held["phones"]), ""))}

    def clean_phone(self) -> str:
        text = self.cleaned_data["phone"].strip()
        if not text:
            return ""
        country = self.guest.country or self.guest.business.country
        try:
            normalized = normalize_phone(text, country=country)
        except InvalidPhone as error:
            raise ValidationError(str(error)) from error
        if refusal := refusal_of_phone(text, country=country):
            raise ValidationError(str(refusal))
        self.typed[normalized] = text
        return normalized

    def values(self) -> Values:
        """Return the number in place of the first one that was."""
        phone = self.cleaned_data["phone"]
        numbers = (
            [phone, *self.held["phones"][1:]] if phone else self.held["phones"][1:]
        )
        return {"phones": list(dict.fromkeys(numbers))}


class AddressForm(FactForm):
    fact = Fact.ADDRESS
    street = forms.CharField(label=_("Street"), max_length=150)
    postal_code = forms.CharField(label=_("Postal code"), max_length=16, required=False)
    city = forms.CharField(label=_("Town"), max_length=80)
    country = forms.ChoiceField(label=_("Country"), required=False, widget=LongSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Not known")), *country_choices(active_locale())]

    def initial_from(self, held: Values) -> dict[str, Any]:
        return {**held["address"], "country": held["country"]}

    def values(self) -> Values:
        typed = {name: self.cleaned_data[name] for name in self.held["address"]}
        return {"address": typed, "country": self.cleaned_data["country"]}


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


FORMS: dict[str, type[FactForm]] = {
    form.fact: form
    for form in (
        NameForm, EmailForm, PhoneForm, AddressForm, BirthdayForm, LanguageForm
    )
}  # fmt: skip
