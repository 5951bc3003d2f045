"""The sentence of an automation, with a slot for each thing that can be chosen."""

import hashlib
import json
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Business
from customers.models import Purpose, Visit
from outreach.automations.triggers import STATE_OF
from outreach.models import Automation, MessageTemplate

Trigger = Automation.Trigger

WHEN = (
    (Trigger.COMPLETED, _("a visit is over")),
    (Trigger.FIRST_VISIT, _("the first visit is over")),
    (Trigger.NTH_VISIT, _("a certain visit is over, like the fifth")),
    (Trigger.BOOKED, _("a visit is booked")),
    (Trigger.BEFORE_ARRIVAL, _("a visit begins in so many days")),
    (Trigger.ARRIVED, _("a visit has begun")),
    (Trigger.IN_HOUSE, _("a guest has been here so many nights")),
    (Trigger.CANCELLED, _("a visit is cancelled")),
    (Trigger.NO_SHOW, _("a guest did not come")),
    (Trigger.BIRTHDAY, _("a guest has birthday")),
    (Trigger.ANNIVERSARY, _("it is years since the first visit")),
    (Trigger.QUIET, _("a guest stays away for longer than usual")),
    (Trigger.REMINDER, _("the week comes that a guest asked for")),
)
ROUTES = (
    ("email", _("email")),
    ("sms", _("SMS")),
    ("email,sms", _("email, else SMS")),
    ("sms,email", _("SMS, else email")),
)
_CHANGED_MEANWHILE = _(
    "Somebody else has changed this meanwhile. Open it again to see how it is now."
)


class AutomationForm(forms.ModelForm):
    """An automation as one sentence.

    ``seen`` is what it was when the form was shown: who saves later than somebody else
    is told, and overwrites nothing.
    """

    route = forms.ChoiceField(label=_("By"), choices=ROUTES, initial="email")
    visit_kinds = forms.MultipleChoiceField(
        label=_("Kinds of visit"),
        help_text=_("None chosen means every kind."),
        choices=Visit.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Automation
        fields = (
            "name",
            "trigger",
            "number",
            "delay_days",
            "local_time",
            "template",
            "survey",
            "expires_after_hours",
            "segment",
            "visit_kinds",
            "venues",
            "rank",
            "control_percent",
            "goal_days",
        )
        widgets = {
            "local_time": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "venues": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.business = business
        fields: dict[str, Any] = self.fields
        fields["trigger"].choices = WHEN
        fields["template"].queryset = business.message_templates.filter(
            archived_at=None
        ).order_by("name", "pk")
        fields["survey"].queryset = business.surveys.filter(is_active=True).order_by(
            "name", "pk"
        )
        fields["survey"].empty_label = _("no survey")
        fields["segment"].queryset = business.segments.order_by("name", "pk")
        fields["segment"].empty_label = _("everybody")
        fields["venues"].queryset = business.venues.filter(is_active=True).order_by(
            "name", "pk"
        )
        fields["venues"].help_text = _("None chosen means every venue.")
        fields["rank"].help_text = _(
            "1 goes first where a guest may hear only so much."
        )
        fields["route"].initial = ",".join(self.instance.channels)
        fields["seen"].initial = fingerprint_of(self.instance)
        self._let_out_what_is_of_marketing(fields)

    def _let_out_what_is_of_marketing(self, fields: dict[str, Any]) -> None:
        fields["rank"].required = False
        if self.instance.pk is not None and not self.is_marketing:
            del fields["control_percent"], fields["goal_days"]
            return
        # What is not said stays as it is.
        for name in ("control_percent", "goal_days"):
            fields[name].required = False

    @property
    def is_marketing(self) -> bool:
        return (
            self.instance.template_id is not None
            and self.instance.template.purpose == Purpose.MARKETING
        )

    def clean_rank(self) -> int:
        return self._or_as_before("rank")

    def clean_control_percent(self) -> int:
        return self._or_as_before("control_percent")

    def clean_goal_days(self) -> int:
        return self._or_as_before("goal_days")

    def _or_as_before(self, name: str) -> int:
        said: int | None = self.cleaned_data[name]
        return int(getattr(self.instance, name)) if said is None else said

    def clean_seen(self) -> str:
        seen: str = self.cleaned_data["seen"]
        if seen and self.instance.pk and seen != fingerprint_of(self.instance):
            raise forms.ValidationError(_CHANGED_MEANWHILE)
        return seen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        template: MessageTemplate | None = cleaned.get("template")
        if template and template.purpose == "survey" and not cleaned.get("survey"):
            self.add_error(
                "survey", _("This message asks how it was: choose the survey it opens.")
            )
        if cleaned.get("survey") and cleaned.get("trigger") not in STATE_OF:
            self.add_error(
                "survey", _("A survey asks about a visit, and this is about none.")
            )
        if route := cleaned.get("route"):
            self.instance.channels = route.split(",")
        return cleaned


def fingerprint_of(automation: Automation) -> str:
    """Return a word for how the automation stands now."""
    if automation._state.adding:
        return ""
    stands = model_to_dict(Automation.objects.get(pk=automation.pk))
    stands["venues"] = sorted(venue.pk for venue in stands["venues"])
    text = json.dumps(stands, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
