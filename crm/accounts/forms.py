from django import forms
from django.utils.translation import gettext_lazy as _

from crm.accounts.languages import STAFF_LANGUAGE_CHOICES
from crm.accounts.models import User


class ProfileForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=_("Language"),
        choices=STAFF_LANGUAGE_CHOICES,
        help_text=_("The language of your own pages. Guests get theirs."),
    )

    class Meta:
        model = User
        fields = ("name", "language")
