"""What the desk types about a firm."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.guarded_forms import GuardedForm
from customers.models import Company
from customers.people.companies import company_key


class CompanyForm(GuardedForm, forms.ModelForm):
    """The name, the website and the remark of a firm.

    ``joins`` is another firm of the same name that it is to become one with; it is asked
    only when there is one, see customers/people/company_views.py.
    """

    website = forms.URLField(
        label=_("Website"), required=False, max_length=200, assume_scheme="https"
    )
    joins = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Company
        fields = ("name", "website", "remark")
        widgets = {"remark": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["dir"] = "auto"

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not company_key(name):
            raise forms.ValidationError(_("Write a name, or at least a part of it."))
        return name
