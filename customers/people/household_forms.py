"""Find the guest with whom another one lives."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Guest, known
from customers.searching.search import search_guests
from customers.visiting.visit_forms import GuestChoiceField, name_and_town

MOST_OFFERED = 8


class CompanionForm(forms.Form):
    """Another guest, found by typing. Where several fit, they are offered to choose from."""

    companion_search = forms.CharField(
        label=_("Lives with"),
        required=False,
        max_length=100,
        help_text=_("Name, phone or email of a guest in your register."),
    )
    companion = GuestChoiceField(
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
        typed = cleaned.get("companion_search", "")
        if cleaned.get("companion") or self.errors:
            return cleaned
        found = search_guests(self.guest.business, typed).exclude(pk=self.guest.pk)
        fitting = list(found[: MOST_OFFERED + 1])
        if len(fitting) == 1:
            cleaned["companion"] = fitting[0]
        elif typed and fitting:
            self._offer(fitting[:MOST_OFFERED])
            self.add_error(
                "companion_search", _("Several guests fit. Choose one of them below.")
            )
        else:
            self.add_error(
                "companion_search",
                _("No guest fits. If they are new, add them first.")
                if typed
                else _("Whom do they live with?"),
            )
        return cleaned

    def _offer(self, guests: list[Guest]) -> None:
        field = self.fields["companion"]
        assert isinstance(field, forms.ModelChoiceField)
        others = self.guest.business.guests.filter(known())
        field.queryset = others.exclude(pk=self.guest.pk)
        # Without this the whole register would be offered.
        field.choices = [(guest.uuid, name_and_town(guest)) for guest in guests]
        self.offers_companions = bool(guests)
