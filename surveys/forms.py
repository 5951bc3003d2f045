"""The guest's form, made from the questions of one version."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _

from crm.core.languages import in_language
from surveys.models import Question

LONGEST_TEXT = 4000


class SurveyForm(forms.Form):
    """One field for each question, named by the question's code."""

    use_required_attribute = False

    def __init__(
        self,
        *args: object,
        questions: Iterable[Question],
        language: str,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for question in questions:
            field = _number_field(question) if question.scale else _text_field()
            field.label = in_language(question.texts, language)
            field.required = question.is_required
            self.fields[question.code] = field

    def answers(self) -> dict[str, int | str]:
        """Return what was answered, by question code. Call after ``is_valid``."""
        return {
            code: value
            for code, value in self.cleaned_data.items()
            if value is not None and value != ""
        }


def _number_field(question: Question) -> forms.Field:
    scale = question.scale or range(0)
    sentence = _("Choose a number from %(low)s to %(high)s.") % {
        "low": scale[0],
        "high": scale[-1],
    }
    return forms.TypedChoiceField(
        choices=[(number, str(number)) for number in scale],
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
        error_messages={"required": sentence, "invalid_choice": sentence},
    )


def _text_field() -> forms.Field:
    return forms.CharField(
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Write a few words."),
            "max_length": _("This is longer than we can take. Please shorten it."),
        },
    )
