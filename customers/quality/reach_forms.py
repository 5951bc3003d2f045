"""How a guest is reached, and where they live, one fact at a time."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.core.addresses import InvalidEmail, is_relay_address, normalize_email
from crm.core.locales import active_locale
from crm.core.long_select import LongSelect
from crm.core.phones import InvalidPhone, format_phone, normalize_phone
from crm.core.regions import country_choices
from customers.edited_at_once import Values
from customers.guarded_forms import refusal_of_phone
from customers.models import Fact
from customers.quality.fact_form import FactForm
from customers.quality.left_alone import bounced_among

_LENT = _("This is an address that a booking site lends out. Ask for their own.")
_LENT_HERE = _(
    "This is an address that a booking site lends out. Please write your own."
)
_NEEDED = _(
    "Write an address, or leave the one that is here. To get no mails, use the link at "
    "the foot of any of them."
)


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
