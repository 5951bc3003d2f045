"""What a manager sets about duplicates."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.duplicates.bands import Thresholds
from customers.duplicates.rules import RuleChoice
from customers.models import DuplicateRules


class DuplicateRulesForm(forms.ModelForm):
    """From which score on two guests are one, and whether that is left to the machine."""

    class Meta:
        model = DuplicateRules
        fields = ("certain_from", "review_from", "merges_by_itself")
        help_texts: ClassVar = {
            "certain_from": _("80 to 100. Less makes more pairs certain."),
            "review_from": _("40 to 100. Less shows you more pairs to look at."),
        }

    def choice(self) -> RuleChoice:
        return RuleChoice(**self.cleaned_data)

    def thresholds(self) -> Thresholds:
        return Thresholds(
            self.cleaned_data["certain_from"], self.cleaned_data["review_from"]
        )
