"""What is typed about the house's checklist."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.guarded_forms import GuardedForm
from customers.models import PolicyStep


class PolicyStepForm(GuardedForm):
    """One step of the checklist of a kind of visit."""

    text = forms.CharField(
        label=_("What we do"),
        max_length=120,
        error_messages={"required": _("Write what is to be done.")},
    )
    moment = forms.ChoiceField(
        label=_("When"),
        choices=PolicyStep.Moment.choices,
        initial=PolicyStep.Moment.ARRIVAL,
    )

    def __init__(
        self, *args: Any, step: PolicyStep | None = None, **kwargs: Any
    ) -> None:
        if step is not None:
            kwargs.setdefault("initial", {"text": step.text, "moment": step.moment})
        super().__init__(*args, **kwargs)
