"""A picture and the guest's yes to it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PhotoForm(forms.Form):
    """A picture of a guest. ``has_agreed`` when a yes is written down already."""

    picture = forms.FileField(
        label=_("Picture"),
        max_length=250,
        help_text=_("JPEG, PNG or WebP, at most 10 MB. The middle of it is kept."),
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": _("Choose a picture."),
            "empty": _("This file is empty. Choose another one."),
            "missing": _("Choose a picture."),
            "max_length": _("The name of this file is too long. Shorten it first."),
        },
    )
    says_yes = forms.BooleanField(
        label=_("They said yes"),
        error_messages={
            "required": _("Without their yes the photo cannot be kept."),
        },
    )

    def __init__(self, *args: Any, has_agreed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_agreed:
            del self.fields["says_yes"]
