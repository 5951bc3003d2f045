"""What somebody types who signs up. In their language, on a phone, at a table."""

from typing import Any

from babel.dates import get_month_names
from django import forms
from django.utils.translation import gettext as now_in_words
from django.utils.translation import gettext_lazy as _

from crm.core.addresses import InvalidEmail, normalize_email
from crm.core.languages import in_language
from crm.core.locales import active_locale
from crm.core.phones import InvalidPhone, normalize_phone
from customers.guarded_forms import GuardedForm, refusal_of_phone
from customers.models import ConsentWording, SignUpPage
from customers.sign_up.signing_up import SignUpFacts

Ask = SignUpPage.Ask
_DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# No person sees it: see patience.py. Named as machines expect it.
TRAP = "website"


class SignUpForm(GuardedForm):
    """The fields that ``page`` asks for, and a box for each sentence of ``wordings``."""

    use_required_attribute = False
    may_confirm = False

    given_name = forms.CharField(
        label=_("First name"),
        max_length=80,
        error_messages={"required": _("Write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name", "dir": "auto"}),
    )
    family_name = forms.CharField(
        label=_("Family name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name", "dir": "auto"}),
    )
    email = forms.CharField(
        label=_("Email"),
        max_length=254,
        error_messages={"required": _("Write your email address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        ),
    )
    birthday_day = forms.IntegerField(
        label=_("Day"), required=False, min_value=1, max_value=31
    )
    birthday_month = forms.TypedChoiceField(
        label=_("Month"), required=False, coerce=int, empty_value=None
    )

    def __init__(
        self,
        *args: Any,
        page: SignUpPage,
        language: str,
        wordings: dict[str, ConsentWording],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.page, self.language = page, language
        self.purposes = list(wordings)
        if Ask.PHONE not in page.asks:
            del self.fields["phone"]
        self._offer_birthday()
        for purpose, wording in wordings.items():
            self.fields[purpose] = forms.BooleanField(
                label=in_language(wording.texts, language), required=False
            )

    def _offer_birthday(self) -> None:
        if Ask.BIRTHDAY not in self.page.asks:
            del self.fields["birthday_day"], self.fields["birthday_month"]
            return
        months = get_month_names("wide", context="stand-alone", locale=active_locale())
        field = self.fields["birthday_month"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *((n, months[n].capitalize()) for n in months)]

    @property
    def ticks(self) -> list[forms.BoundField]:
        return [self[purpose] for purpose in self.purposes]

    @property
    def birthday(self) -> list[forms.BoundField]:
        names = ("birthday_day", "birthday_month")
        return [self[name] for name in names if name in self.fields]

    @property
    def typed(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.purposes]

    @property
    def plain(self) -> list[forms.BoundField]:
        apart = {"birthday_day", "birthday_month"}
        return [field for field in self.typed if field.name not in apart]

    def clean_email(self) -> str:
        try:
            return normalize_email(self.cleaned_data["email"])
        except InvalidEmail as error:
            raise forms.ValidationError(str(error)) from None

    def clean_phone(self) -> str:
        text, country = self.cleaned_data["phone"], self.page.business.country
        if not text:
            return ""
        if refusal := refusal_of_phone(text, country=country):
            raise forms.ValidationError(str(refusal))
        try:
            return normalize_phone(text, country=country)
        except InvalidPhone as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not any(cleaned.get(purpose) for purpose in self.purposes):
            self.add_error(
                self.purposes[-1] if self.purposes else None,
                now_in_words("Tick what we may write to you about."),
            )
        day, month = cleaned.get("birthday_day"), cleaned.get("birthday_month")
        if "birthday_day" not in self.errors and not _is_day(day, month):
            self.add_error("birthday_day", now_in_words("Write both day and month."))
        return cleaned

    def facts(self) -> SignUpFacts:
        """Return what was typed. Only for a valid form."""
        cleaned = self.cleaned_data
        return SignUpFacts(
            given_name=" ".join(cleaned["given_name"].split()),
            family_name=" ".join(cleaned["family_name"].split()),
            email=cleaned["email"],
            language=self.language,
            purposes=[one for one in self.purposes if cleaned[one]],
            phone=cleaned.get("phone", ""),
            birthday_day=cleaned.get("birthday_day"),
            birthday_month=cleaned.get("birthday_month"),
        )


def _is_day(day: int | None, month: int | None) -> bool:
    """Return whether both make a day of the year, or neither is there."""
    if day is None or month is None:
        return day is month is None
    return day <= _DAYS_IN_MONTH[month - 1]
