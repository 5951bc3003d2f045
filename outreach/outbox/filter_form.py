"""What the list of messages can be narrowed to."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.core.row_field import RowField
from crm.tenancy.models import Business
from customers.lists.guest_filter_form import DayField
from customers.models import Channel
from outreach.accounts.naming import account_name
from outreach.models import Automation, Campaign, Message, ProviderAccount

COMPLAINED = "complained"
# What became of it after it was handed over; a message has one state and one of these.
FATES = [
    (Message.Delivery.DELIVERED, _("Delivered")),
    (Message.Delivery.DEFERRED, _("Delayed")),
    (Message.Delivery.FAILED, _("Not delivered")),
    (Message.Delivery.BOUNCED, _("Returned")),
    (COMPLAINED, _("Called spam")),
]


class MessageFilterForm(forms.Form):
    """Filters of the list of messages. What cannot be read is said and left out."""

    q = forms.CharField(
        label=_("Guest or address"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    state = forms.ChoiceField(label=_("Where it stands"), required=False)
    fate = forms.ChoiceField(label=_("What became of it"), required=False)
    channel = forms.ChoiceField(
        label=pgettext_lazy("mail or SMS", "Way"), required=False
    )
    kind = forms.ChoiceField(label=_("What it is about"), required=False)
    automation = RowField(
        label=_("Automation"), queryset=Automation.objects.none(), required=False
    )
    campaign = RowField(
        label=_("Campaign"), queryset=Campaign.objects.none(), required=False
    )
    account = RowField(
        label=_("Through whom"), queryset=ProviderAccount.objects.none(), required=False
    )
    first = DayField(label=pgettext_lazy("a day", "From"))
    last = DayField(label=pgettext_lazy("a day", "Until"))

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name, choices in (
            ("state", Message.Status.choices),
            ("fate", FATES),
            ("channel", Channel.choices),
            ("kind", Message.Kind.choices),
        ):
            fields[name].choices = [("", _("All")), *choices]
        fields["automation"].queryset = business.automations.order_by("name", "pk")
        fields["automation"].empty_label = _("All")
        fields["campaign"].queryset = business.campaigns.order_by("-created_at", "-pk")
        fields["campaign"].empty_label = _("All")
        fields["account"].queryset = business.provider_accounts.order_by("pk")
        fields["account"].label_from_instance = account_name
        fields["account"].empty_label = _("All")

    @property
    def wishes(self) -> dict[str, Any]:
        """Return what was asked for and could be read, by the name of the field."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}
