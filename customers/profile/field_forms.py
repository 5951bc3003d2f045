"""What is typed about the house's own fields in the settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.guarded_forms import GuardedForm
from customers.models import CustomField
from customers.profile.field_settings import count_values, may_become

Kind = CustomField.Kind

MOST_CHOICES = 40
LONGEST_CHOICE = 60


class FieldForm(GuardedForm):
    """A field's name, its kind, and what can be chosen when it is one of a few."""

    label = forms.CharField(
        label=gettext_lazy("Name of the field"),
        max_length=60,
        help_text=gettext_lazy(
            "Not for identity or card numbers: those have no place here."
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What goes in it"), choices=Kind.choices, initial=Kind.TEXT
    )
    choices = forms.CharField(
        label=gettext_lazy("To choose from"),
        required=False,
        max_length=MOST_CHOICES * (LONGEST_CHOICE + 2),
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("Only for “one of a few”: one to a line."),
    )

    def __init__(
        self, *args: Any, field: CustomField | None = None, **kwargs: Any
    ) -> None:
        if field:
            initial = {
                "label": field.label,
                "kind": field.kind,
                "choices": "\n".join(field.choices),
            }
            kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        self.field = field

    def clean_label(self) -> str:
        return " ".join(self.cleaned_data["label"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "kind" in cleaned and "choices" in cleaned:
            self._check_choices(cleaned)
        if self.field and not may_become(self.field, cleaned.get("kind", "")):
            self._refuse_kind(self.field)
        return cleaned

    def _check_choices(self, cleaned: dict[str, Any]) -> None:
        lines = (" ".join(line.split()) for line in cleaned["choices"].splitlines())
        choices = list(dict.fromkeys(line for line in lines if line))
        cleaned["choices"] = choices if cleaned["kind"] == Kind.CHOICE else []
        if cleaned["kind"] != Kind.CHOICE:
            return
        if len(choices) < 2:
            self.add_error("choices", _("Write at least two, one to a line."))
        elif len(choices) > MOST_CHOICES:
            words = _("That is more than %(most)s. Make it a text instead.")
            self.add_error("choices", words % {"most": MOST_CHOICES})
        elif max(map(len, choices)) > LONGEST_CHOICE:
            words = _("One of them is longer than %(most)s letters.")
            self.add_error("choices", words % {"most": LONGEST_CHOICE})

    def _refuse_kind(self, field: CustomField) -> None:
        count = count_values(field)
        words = ngettext(
            "%(count)s guest has something in this field, so its kind stays. Add a new "
            "field instead.",
            "%(count)s guests have something in this field, so its kind stays. Add a "
            "new field instead.",
            count,
        )
        self.add_error("kind", words % {"count": count})
