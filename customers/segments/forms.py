"""What a segment says besides its rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.core.row_field import RowField
from crm.tenancy.models import Business, Staff
from customers.guarded_forms import GuardedForm
from customers.models import Segment
from customers.segments.keeping import Wanted


class SegmentForm(GuardedForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        error_messages={"required": _("Give the segment a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    responsible = RowField(
        label=_("Who looks after it"),
        queryset=Staff.objects.none(),
        required=False,
        empty_label=_("Nobody in particular"),
        error_messages={"invalid_choice": _("This person does not work here.")},
    )
    strategy = forms.CharField(
        label=_("What we do for these guests"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, business: Business, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["responsible"]
        assert isinstance(field, RowField)
        field.label_from_instance = _person  # type: ignore[assignment]
        field.queryset = (
            business.staff.exclude(role=Staff.Role.VIEWER)
            .select_related("user")
            .order_by("user__name", "pk")
        )

    def wanted(self, rules: dict[str, Any]) -> Wanted:
        return Wanted(
            name=self.cleaned_data["name"],
            rules=rules,
            strategy=self.cleaned_data["strategy"],
            responsible=self.cleaned_data["responsible"],
        )


def initial_of(segment: Segment) -> dict[str, object]:
    return {
        "name": segment.name,
        "strategy": segment.strategy,
        "responsible": segment.responsible.uuid if segment.responsible else None,
    }


def _person(staff: Staff) -> str:
    return staff.user.name or staff.user.email
