"""Forms of the people who decide what guests hear."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.core.languages import guest_language_choices
from customers.models import Guest, Purpose
from outreach.models import MessageTemplate
from outreach.writing.checking import check_template, problems_in
from outreach.writing.rendering import MAX_SUBJECT
from outreach.writing.sms_texts import sms_text_in

# What each language has, in the order it is read. Contents hold the same as blocks.
_PARTS = (
    ("subject", _("Subject"), forms.TextInput),
    ("preview", _("Line after the subject"), forms.TextInput),
    ("heading", _("Heading"), forms.TextInput),
    ("text", _("Text"), forms.Textarea),
    ("button", _("Words on the button"), forms.TextInput),
    ("closing", _("Text after the button"), forms.Textarea),
    ("sms", _("As an SMS"), forms.Textarea),
)


class WordsForm(forms.Form):
    """The words of a template in every guest language.

    ``contents`` gives them as a template version holds them. A language without a
    subject and without an SMS is not written.
    """

    def __init__(self, *args: Any, template: MessageTemplate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.template = template
        self._troubled: set[str] = set()
        for language in guest_language_choices():
            for part, label, widget in _PARTS:
                self.fields[f"{language['code']}-{part}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=MAX_SUBJECT if part == "subject" else 10_000,
                    widget=widget(attrs={"lang": language["code"]}),
                )

    @property
    def languages(self) -> list[dict[str, Any]]:
        """Return each language with its fields, and whether it is written."""
        return [
            {
                **language,
                "fields": [
                    self[f"{language['code']}-{part}"] for part, *_rest in _PARTS
                ],
                "is_written": any(
                    self[f"{language['code']}-{part}"].value()
                    for part in ("subject", "sms")
                ),
                "has_errors": language["code"] in self._troubled
                or any(
                    self[f"{language['code']}-{part}"].errors for part, *_rest in _PARTS
                ),
            }
            for language in guest_language_choices()
        ]

    @property
    def contents(self) -> dict[str, Any]:
        """Return the words as a template version holds them."""
        return self._contents_of(self.cleaned_data)

    @property
    def typed_contents(self) -> dict[str, Any]:
        """Return what stands in the fields now, right or wrong, for a preview."""
        return self._contents_of(
            {name: str(self[name].value() or "") for name in self.fields}
        )

    def _contents_of(self, values: dict[str, str]) -> dict[str, Any]:
        return {
            language["code"]: _words_from(
                values, language["code"], self.template.purpose
            )
            for language in guest_language_choices()
            if values.get(f"{language['code']}-subject")
            or values.get(f"{language['code']}-sms", "").strip()
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for problem in check_template(self.contents, purpose=self.template.purpose):
                self.add_error(None, problem)
        if self.non_field_errors():
            self._troubled = {
                code
                for code, words in self.contents.items()
                if problems_in(words, self.template.purpose)
            }
        return cleaned


def words_as_fields(contents: dict[str, Any]) -> dict[str, str]:
    """Return what ``WordsForm`` starts with for the contents of a version."""
    initial: dict[str, str] = {}
    for code, words in contents.items():
        parts = {
            "subject": words["subject"],
            "preview": words.get("preview", ""),
            "sms": sms_text_in(words),
        }
        texts: dict[str, list[str]] = {"text": [], "closing": []}
        for block in words["blocks"]:
            if block["type"] == "text":
                place = "closing" if "button" in parts else "text"
                texts[place].append(block["text"])
            else:
                parts[block["type"]] = block["text"]
        parts |= {place: "\n\n".join(found) for place, found in texts.items()}
        initial |= {f"{code}-{part}": value for part, value in parts.items()}
    return initial


def _words_from(cleaned: dict[str, Any], code: str, purpose: str) -> dict[str, Any]:
    part = {
        name: cleaned.get(f"{code}-{name}", "").replace("\r\n", "\n")
        for name, *_rest in _PARTS
    }
    link = "survey" if purpose == Purpose.SURVEY else "preferences"
    blocks = [
        {"type": "heading", "text": part["heading"]},
        {"type": "text", "text": part["text"]},
        {"type": "button", "text": part["button"], "link": link},
        {"type": "text", "text": part["closing"]},
    ]
    words: dict[str, Any] = {
        "subject": part["subject"],
        "preview": part["preview"],
        "blocks": [block for block in blocks if block["text"]],
    }
    if part["sms"].strip():
        words["sms"] = {"text": part["sms"]}
    return words


class PreviewForm(forms.Form):
    """In which language, and for whom, the words are shown."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    guest = forms.ModelChoiceField(
        label=_("As this guest would read it"),
        queryset=Guest.objects.none(),
        required=False,
        empty_label=None,
    )

    def __init__(self, *args: Any, guests: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["language"].choices = [
            (language["code"], language["name"].capitalize())
            for language in guest_language_choices()
        ]
        fields["guest"].queryset = guests
        fields["guest"].to_field_name = "uuid"
        fields["guest"].label_from_instance = _name_of
        # They stand beside the words and are sent with them.
        for field in fields.values():
            field.widget.attrs["form"] = "words"


def _name_of(guest: Guest) -> str:
    return guest.display_name
