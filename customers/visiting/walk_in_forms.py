"""Who is new at the desk, in two fields, and whether they are new at all."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.core.addresses import InvalidEmail
from crm.core.phones import InvalidPhone
from crm.tenancy.models import Business
from customers.guarded_forms import GuardedForm, refusal_of_phone
from customers.guests import GuestFacts
from customers.models import Guest
from customers.visiting.visit_forms import name_and_town
from customers.visiting.walk_ins import guest_facts, guests_reached_by

NEW = "new"


class WhoForm(GuardedForm):
    """A guest of a name and one way to reach them.

    When somebody in the register is reached that way, it is asked whether they are the
    same: ``guest`` is then the one who was chosen, else None.
    """

    unguarded = frozenset({"contact", "same_as"})

    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )
    contact = forms.CharField(label=_("Phone or email"), required=False, max_length=254)
    # Not a choice field: who there is to choose from is known after the look-up.
    same_as = forms.CharField(
        label=_("Who is it?"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, business: Business, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.business = business
        self.guest: Guest | None = None
        self.asks_who = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if contact := cleaned.get("contact"):
            self._look_up(contact)
        return cleaned

    def facts(self) -> GuestFacts:
        """Return who is new. Only for a valid form."""
        return guest_facts(self.cleaned_data["name"], self.cleaned_data["contact"])

    def _look_up(self, contact: str) -> None:
        if refusal := refusal_of_phone(contact, country=self.business.country):
            self.add_error("contact", str(refusal))
            return
        try:
            fitting = guests_reached_by(self.business, contact)
        except (InvalidEmail, InvalidPhone) as error:
            self.add_error("contact", str(error))
            return
        if not fitting:
            return
        self.asks_who = True
        widget = self.fields["same_as"].widget
        assert isinstance(widget, forms.RadioSelect)
        widget.choices = [
            *((str(guest.uuid), name_and_town(guest)) for guest in fitting),
            (NEW, _("Somebody new")),
        ]
        chosen = self.data.get("same_as", "")
        self.guest = next(
            (guest for guest in fitting if str(guest.uuid) == chosen), None
        )
        if self.guest is None and chosen != NEW:
            self.add_error(
                "same_as", _("This phone or email is in the register already.")
            )
