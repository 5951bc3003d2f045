"""What the desk types about a guest: the name, the company, and all of the details."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.guests import full_name
from customers.people.detail_forms import DetailsForm

_NAMES = {"given_name", "family_name", "display_name"}


class GuestForm(DetailsForm):
    """All that the desk keeps of a guest; a name is enough."""

    company = forms.CharField(label=_("Company"), required=False, max_length=120)

    class Meta(DetailsForm.Meta):
        fields = (
            "given_name", "family_name", "display_name", "is_vip",
            *DetailsForm.Meta.fields,
        )  # fmt: skip
        help_texts = {
            "given_name": "",
            "display_name": _(
                "Only when it is not first name and family name: a company, for "
                "instance. We greet people by their first name."
            ),
            "is_vip": _("Shown beside the name everywhere."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["display_name"].required = False
        self.fields["company"].widget.attrs["list"] = "known-companies"
        for name in _NAMES:
            # Some names are read from right to left.
            self.fields[name].widget.attrs["dir"] = "auto"

    def clean_company(self) -> str:
        return " ".join(self.cleaned_data["company"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if _NAMES & set(self.errors):
            return cleaned
        if not any(cleaned[name] for name in _NAMES):
            self.add_error("given_name", _("Write a name, or at least a part of it."))
        elif cleaned["display_name"] == full_name(
            cleaned["given_name"], cleaned["family_name"]
        ):
            cleaned["display_name"] = ""
        return cleaned
