"""What a manager decides about a form, and which sentences people say yes to."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from crm.core.languages import guest_language_choices
from crm.tenancy.models import Business
from customers.models import OFFERED, SignUpPage
from customers.sign_up.pages import PageFacts

_LONGEST = 400


class PageForm(forms.Form):
    """A venue's form: open or not, what it asks, and its words of welcome."""

    is_open = forms.BooleanField(
        label=_("Open"),
        required=False,
        help_text=_("Closed, the link and the poster say so, and nobody signs up."),
    )
    offers = forms.MultipleChoiceField(
        label=_("What people may say yes to"),
        choices=[(purpose.value, purpose.label) for purpose in OFFERED],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    asks = forms.MultipleChoiceField(
        label=_("What else you ask for"),
        choices=SignUpPage.Ask.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Name and email are always asked. The less, the more sign up."),
    )

    def __init__(self, data: Any = None, *, page: SignUpPage) -> None:
        welcome = {f"welcome-{code}": text for code, text in page.welcome.items()}
        held = {"is_open": page.is_open, "offers": page.offers, "asks": page.asks}
        super().__init__(data, initial=held | welcome)
        _add_texts(self, "welcome", rows=3)

    @property
    def welcome(self) -> list[forms.BoundField]:
        return _texts(self, "welcome")

    def facts(self) -> PageFacts:
        """Return what was decided. Only for a valid form."""
        cleaned = self.cleaned_data
        return PageFacts(
            is_open=cleaned["is_open"],
            offers=cleaned["offers"],
            asks=cleaned["asks"],
            welcome=_by_language(cleaned, "welcome"),
        )


class WordingForm(forms.Form):
    """One sentence in every guest language; the house's own and English are needed."""

    def __init__(
        self, data: Any = None, *, business: Business, texts: dict[str, str]
    ) -> None:
        initial = {f"words-{code}": text for code, text in texts.items()}
        super().__init__(data, initial=initial)
        _add_texts(self, "words", rows=2)
        for code in {business.language, settings.LANGUAGE_CODE}:
            field = self.fields[f"words-{code}"]
            field.required = True
            field.error_messages["required"] = _(
                "Write the sentence in this language: it is read where another is missing."
            )

    @property
    def words(self) -> list[forms.BoundField]:
        return _texts(self, "words")

    def texts(self) -> dict[str, str]:
        """Return the sentence by language code. Only for a valid form."""
        return _by_language(self.cleaned_data, "words")


def _add_texts(form: forms.Form, name: str, *, rows: int) -> None:
    for language in guest_language_choices():
        form.fields[f"{name}-{language['code']}"] = forms.CharField(
            label=language["name"].capitalize(),
            required=False,
            max_length=_LONGEST,
            widget=forms.Textarea(attrs={"rows": rows, "lang": language["code"]}),
        )


def _texts(form: forms.Form, name: str) -> list[forms.BoundField]:
    return [form[f"{name}-{code}"] for code in settings.GUEST_LANGUAGES]


def _by_language(cleaned: dict[str, Any], name: str) -> dict[str, str]:
    texts = {code: cleaned[f"{name}-{code}"] for code in settings.GUEST_LANGUAGES}
    return {
        code: text.replace("\r\n", "\n").strip()
        for code, text in texts.items()
        if text.strip()
    }
