"""What the desk types about a guest, and how it is put right in words."""

from collections.abc import Iterable
from typing import Any

from babel.dates import get_month_names
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.core.addresses import InvalidEmail, normalize_email
from crm.core.locales import active_locale
from crm.core.long_select import LongSelect
from crm.core.phones import InvalidPhone, format_phone, normalize_phone
from crm.core.regions import country_choices
from crm.tenancy.models import Business
from customers.guests import GuestFacts, contact_points_of
from customers.models import ContactPoint, Guest
from customers.several import SeveralField, SeveralInputs

Choice = tuple[object, object]

# February has 29: birthdays come round in leap years too.
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class GuestForm(forms.ModelForm):
    """Everything the desk keeps of a guest, as ``GuestFacts``."""

    emails = SeveralField(
        label=_("Email"),
        required=False,
        help_text=_("The first one is used."),
        widget=SeveralInputs("email"),
    )
    phones = SeveralField(
        label=_("Phone"),
        required=False,
        help_text=_("The first one is used. From abroad with +."),
        widget=SeveralInputs("tel"),
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

    company = forms.CharField(label=_("Company"), required=False, max_length=120)
    country = forms.ChoiceField(label=_("Country"), required=False, widget=LongSelect)

    class Meta:
        model = Guest
        fields = (
            "given_name", "family_name", "display_name", "is_vip", "member_number",
            "language", "country", "street", "postal_code", "city",
            "birthday_day", "birthday_month", "source",
        )  # fmt: skip
        help_texts = {
            "given_name": "",
            "display_name": _(
                "Only when it is not first name and family name: a company, for "
                "instance. We greet people by their first name."
            ),
            "is_vip": _("Shown beside the name everywhere."),
        }

    def __init__(
        self, *args: Any, business: Business, guest: Guest | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", _initial_of(guest) if guest else {})
        super().__init__(*args, **kwargs)
        self.business, self.guest = business, guest
        locale = active_locale()
        months = get_month_names("wide", context="stand-alone", locale=locale)
        self.fields["display_name"].required = False
        self._offer("language", _("Not known"), settings.LANGUAGES)
        self._offer("country", _("Not known"), country_choices(locale))
        self._offer(
            "birthday_month", "–", [(n, months[n].capitalize()) for n in months]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._name_them(cleaned)
        self._check_birthday(cleaned)
        self._read_contacts(cleaned)
        return cleaned

    def facts(self) -> GuestFacts:
        """Return what was typed. Only for a valid form."""
        external_id = self.guest.external_id if self.guest else ""
        return GuestFacts(**self.cleaned_data, external_id=external_id)

    def _offer(self, name: str, nothing: object, choices: Iterable[Choice]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", nothing), *choices]

    def _name_them(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("display_name") or "display_name" in self.errors:
            return
        parts = (cleaned.get("given_name", ""), cleaned.get("family_name", ""))
        cleaned["display_name"] = " ".join(part for part in parts if part)[:150]
        if not cleaned["display_name"]:
            self.add_error("given_name", _("Write a name, or at least a part of it."))

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

    def _month_name(self, month: int) -> str:
        names = get_month_names("wide", "stand-alone", locale=active_locale())
        return str(names[month]).capitalize()

    def _read_contacts(self, cleaned: dict[str, Any]) -> None:
        country = cleaned.get("country") or self.business.country
        for text in cleaned.get("emails", ()):
            try:
                normalize_email(text)
            except InvalidEmail as error:
                self._refuse("emails", text, error)
        for text in cleaned.get("phones", ()):
            try:
                normalize_phone(text, country=country)
            except InvalidPhone as error:
                self._refuse("phones", text, error)

    def _refuse(self, name: str, text: str, reason: Exception) -> None:
        field = self.fields[name]
        assert isinstance(field, SeveralField)
        self.add_error(name, field.unreadable(text, str(reason)))


def _initial_of(guest: Guest) -> dict[str, Any]:
    initial = {name: getattr(guest, name) for name in GuestForm.Meta.fields}
    initial["company"] = guest.company.name if guest.company else ""
    # Left empty, so that a new family name also reaches the name that is read.
    if guest.display_name == f"{guest.given_name} {guest.family_name}".strip():
        initial["display_name"] = ""
    emails = contact_points_of(guest, ContactPoint.Kind.EMAIL)
    phones = contact_points_of(guest, ContactPoint.Kind.PHONE)
    initial["emails"] = [point.raw for point in emails]
    initial["phones"] = [format_phone(point.normalized) for point in phones]
    return initial
