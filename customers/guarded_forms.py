"""Keep identity and card numbers out of what staff type about guests."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.core.identity_numbers import Found, NumberKind, find_numbers

CONFIRMED = "confirmed_numbers"

_REFUSED = {
    NumberKind.NORWEGIAN: _(
        "There is a Norwegian identity number in this. It must not be kept here: "
        "please take it out."
    ),
    NumberKind.SWEDISH: _(
        "There is a Swedish identity number in this. It must not be kept here: "
        "please take it out."
    ),
    NumberKind.FINNISH: _(
        "There is a Finnish identity number in this. It must not be kept here: "
        "please take it out."
    ),
    NumberKind.CARD: _(
        "There is a card number in this. Cards belong in the payment terminal alone: "
        "please take it out."
    ),
}
_DOUBTED = {
    NumberKind.DANISH: _(
        "Something in this looks like a Danish identity number (CPR)."
    ),
    NumberKind.CARD: _("Something in this looks like a card number."),
}
_DOUBTED_OTHERWISE = _("Something in this looks like an identity number.")
_CONFIRM = _("If it is one, please take it out. If not, tick the box below.")
_TAKE_OUT = _("Please take it out, or write it in another way.")

# Where ten digits that nobody dials are likelier a person's number than a phone's.
_NORDIC = {"DK", "FI", "NO", "SE"}

# Words for a person to read; addresses and phone numbers have checks of their own.
_NOT_FREE = (forms.EmailField, forms.URLField, forms.UUIDField)


def refusal_of_phone(text: str, *, country: str) -> object | None:
    """Return why ``text`` is no phone number but a person's or a card's; None if it may be.

    ``country`` is the one whose numbers need no code.
    """
    for one in find_numbers(text):
        number = text[one.start : one.end]
        is_dialled = text.lstrip().startswith(("+", "0")) or country not in _NORDIC
        # Nobody writes a phone number as six digits, a hyphen and four.
        if one.is_certain and ("-" in number or not is_dialled):
            return _REFUSED[one.kind]
    return None


class GuardedForm(forms.Form):
    """Refuse identity and card numbers in every text field, with the reason.

    Stands first among the bases, also before ``forms.ModelForm``. What only looks like a
    number is asked about: the form then has a box to tick, ``confirmed_numbers``, which
    ``components/form_errors.html`` shows; where there is no room for a box, a form sets
    ``may_confirm`` to no. ``unguarded`` names fields that are not kept.
    """

    unguarded: ClassVar[frozenset[str]] = frozenset()
    may_confirm: ClassVar[bool] = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        doubtful = []
        for name, text in self._free_texts(cleaned):
            found = find_numbers(text)
            if certain := [one for one in found if one.is_certain]:
                self.add_error(name, _REFUSED[certain[0].kind])
            elif found:
                doubtful.append((name, found[0]))
        if doubtful:
            self._ask_about(doubtful)
        return cleaned

    @property
    def asks_about_numbers(self) -> bool:
        return CONFIRMED in self.fields

    def _free_texts(self, cleaned: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for name, field in self.fields.items():
            text = cleaned.get(name)
            if isinstance(text, list):
                # Lines that the form has taken apart already.
                text = "\n\n".join(map(str, text))
            if (
                isinstance(text, str)
                and isinstance(field, forms.CharField)
                and not isinstance(field, _NOT_FREE)
                and not field.widget.is_hidden
                and name not in self.unguarded
            ):
                yield name, text

    def _ask_about(self, doubtful: list[tuple[str, Found]]) -> None:
        if self.may_confirm:
            # Only now: nobody should tick a box that says nothing to them.
            self.fields[CONFIRMED] = forms.BooleanField(
                label=_("It is no such number"), required=False
            )
            if self[CONFIRMED].data:
                return
        what_to_do = _CONFIRM if self.may_confirm else _TAKE_OUT
        for name, one in doubtful:
            doubt = _DOUBTED.get(one.kind, _DOUBTED_OTHERWISE)
            self.add_error(name, f"{doubt} {what_to_do}")
