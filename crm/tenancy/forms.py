from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.accounts.languages import STAFF_LANGUAGE_CHOICES
from crm.accounts.models import User
from crm.core.addresses import InvalidEmail, normalize_email
from crm.core.locales import active_locale
from crm.core.long_select import LongSelect
from crm.core.phones import InvalidPhone, normalize_phone
from crm.core.regions import country_choices, time_zones_by_area
from crm.tenancy.models import Business, Staff, Venue

ROLE_CHOICES = (
    (Staff.Role.VIEWER, _("Viewer – sees figures, no guests by name")),
    (Staff.Role.STAFF, _("Staff – guests, visits and Today")),
    (
        Staff.Role.MANAGER,
        _("Manager – also messages, surveys, loyalty and copies of data"),
    ),
    (Staff.Role.OWNER, _("Owner – also settings, people and the log")),
)


def _time_zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (area, [(zone, zone.replace("_", " ")) for zone in zones])
        for area, zones in time_zones_by_area()
    ]


class TimeZoneField(forms.ChoiceField):
    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Time zone"))
        super().__init__(choices=_time_zone_choices, widget=LongSelect, **options)


class BusinessForm(forms.ModelForm):
    time_zone = TimeZoneField()
    country = forms.ChoiceField(
        label=_("Country"),
        choices=lambda: country_choices(active_locale()),
        widget=LongSelect,
        help_text=_("Phone numbers without a country code are read as numbers of it."),
    )
    website = forms.URLField(
        label=_("Website"), required=False, max_length=200, assume_scheme="https"
    )

    class Meta:
        model = Business
        fields = (
            "name", "language", "country", "time_zone", "email", "phone", "website",
            "postal_address",
        )  # fmt: skip

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        country = self.cleaned_data.get("country") or self.instance.country
        if phone:
            try:
                normalize_phone(phone, country=country)
            except InvalidPhone as error:
                raise ValidationError(str(error)) from error
        return phone


class VenueForm(forms.ModelForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=Venue.Kind.choices)
    time_zone = TimeZoneField()

    class Meta:
        model = Venue
        fields = ("name", "kind", "time_zone")


class InvitationForm(forms.Form):
    email = forms.CharField(
        label=_("Email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("What they may do"), choices=ROLE_CHOICES, widget=forms.RadioSelect
    )
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=STAFF_LANGUAGE_CHOICES
    )

    def clean_email(self) -> str:
        try:
            return normalize_email(self.cleaned_data["email"])
        except InvalidEmail as error:
            raise ValidationError(str(error)) from error


class StaffForm(forms.Form):
    role = forms.ChoiceField(
        label=_("What they may do"), choices=ROLE_CHOICES, widget=forms.RadioSelect
    )
    venues = forms.ModelMultipleChoiceField(
        queryset=Venue.objects.none(),
        label=_("Venues"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whose arrivals they see on Today. None chosen means all."),
    )

    may_see_health_needs = forms.BooleanField(
        label=_("May see allergies and other health needs"),
        required=False,
        help_text=_(
            "Only for those who need them to serve. Each look is written down."
        ),
    )

    def __init__(self, *args: Any, venues: Iterable[Venue], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["venues"].queryset = venues  # type: ignore[attr-defined]


class NewPersonForm(forms.Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters. A few words in a row are good."),
    )

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if password := cleaned.get("password"):
            person = User(email=self.email, name=cleaned.get("name", ""))
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned
