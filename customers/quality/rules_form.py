"""What the house asks at the next visit, as it is chosen."""

from typing import Any

from django import forms

from customers.models import AskingRules, Fact


class RulesForm(forms.ModelForm):
    asked = forms.MultipleChoiceField(
        label=AskingRules._meta.get_field("asked").verbose_name,
        choices=Fact.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = AskingRules
        fields = ("asked", "most_per_visit", "stale_after_months")

    def typed(self) -> dict[str, Any]:
        """Return what was chosen. Only for a valid form."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}
