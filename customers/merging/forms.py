"""Find the other entry of a guest."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Guest
from customers.searching.search import search_guests
from customers.visiting.visit_forms import GuestChoiceField, name_and_town

MOST_OFFERED = 8


class OtherEntryForm(forms.Form):
    """Another guest, found by typing. Where several fit, they are offered to choose from."""

    other_search = forms.CharField(
        label=_("The other entry"),
        required=False,
        max_length=100,
        help_text=_("Name, phone or email of a guest in your register."),
    )
    other = GuestChoiceField(
        label=_("Which of them"),
        required=False,
        queryset=Guest.objects.none(),
        to_field_name="uuid",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, guest: Guest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guest = guest
        self._offer([])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed = cleaned.get("other_search", "")
        if cleaned.get("other") or self.errors:
            return cleaned
        found = search_guests(self.guest.business, typed).exclude(pk=self.guest.pk)
        fitting = list(found[:MOST_OFFERED])
        if len(fitting) == 1:
            cleaned["other"] = fitting[0]
        elif fitting:
            self._offer(fitting)
            self.add_error(
                "other_search", _("Several guests fit. Choose one of them below.")
            )
        else:
            self.add_error("other_search", _("No other guest fits that."))
        return cleaned

    def _offer(self, guests: list[Guest]) -> None:
        field = self.fields["other"]
        assert isinstance(field, forms.ModelChoiceField)
        others = self.guest.business.guests.known()
        field.queryset = others.exclude(pk=self.guest.pk)
        # Without this the whole register would be offered.
        field.choices = [(guest.uuid, name_and_town(guest)) for guest in guests]
        self.offers_others = bool(guests)
