"""A file, what it holds, and where its visits were."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from crm.tenancy.models import Business, Venue
from customers.models import Import

MOST_BYTES = 2_000_000_000


def venue_field(business: Business) -> "forms.ModelChoiceField[Venue]":
    """Return a choice among the house's venues; one alone is chosen already."""
    venues = business.venues.filter(is_active=True).order_by("name")
    return forms.ModelChoiceField(
        label=_("Where the visits were"),
        queryset=venues,
        to_field_name="uuid",
        required=False,
        empty_label=_("A column of the file says it"),
    )


class UploadForm(forms.Form):
    """What somebody chose to bring in."""

    file = forms.FileField(
        label=_("The file"),
        max_length=200,
        help_text=_(
            "CSV of any length, or an Excel or LibreOffice spreadsheet of up to 200,000 "
            "rows. Drop it here or choose it."
        ),
        widget=forms.FileInput(
            {
                "accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods,text/csv",
                "class": "drop-zone",
            }
        ),
        error_messages={
            "required": _("Choose a file."),
            "missing": _("Choose a file."),
            "empty": _("The file is empty."),
            "max_length": _("The name of this file is too long. Shorten it first."),
        },
    )
    kind = forms.ChoiceField(
        label=_("What is in it"),
        choices=[
            (Import.Kind.BOTH, _("Guests and their visits")),
            (Import.Kind.GUESTS, _("Guests alone")),
            (Import.Kind.VISITS, _("Visits of guests we have")),
        ],
        initial=Import.Kind.BOTH,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what is in the file.")},
    )

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        venue = venue_field(business)
        if len(venue.queryset or ()) > 1:
            self.fields["venue"] = venue

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than 2 GB. Cut it into parts, and bring in each.")
            )
        return file
