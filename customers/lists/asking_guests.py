"""What the words of an address ask of the register, and the address that asks it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from crm.tenancy.models import Business
from customers.lists.asked_guests import AskedGuests
from customers.lists.guest_filter_form import GuestFilterForm
from customers.lists.guest_filter_words import Chip, chips_of
from customers.lists.paging import ORDERS, USUAL


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, the form that it came through and the words that ask it again.

    ``words`` hold nothing empty, nothing unreadable and no place in the list.
    """

    form: GuestFilterForm
    asked: AskedGuests
    words: dict[str, str]

    @classmethod
    def of(
        cls, business: Business, words: Mapping[str, Any], *, today: date
    ) -> "Asking":
        """Read the words; what cannot be read is said by the form and left out."""
        form = GuestFilterForm(words, business=business)
        order = str(words.get("order", ""))
        asked = AskedGuests(
            business=business,
            today=today,
            filters=form.filters(),
            typed=str(words.get("q", "")).strip(),
            order=order if order in ORDERS else USUAL,
        )
        kept = {
            "q": asked.typed,
            **form.words(),
            "order": "" if asked.order == USUAL else asked.order,
            "for": "visit" if words.get("for") == "visit" else "",
        }
        return cls(form, asked, {name: text for name, text in kept.items() if text})

    @property
    def chips(self) -> list[Chip]:
        return chips_of(self.asked.filters)

    @property
    def query(self) -> str:
        """Return the words as they stand in an address."""
        return urlencode(self.words)

    def address(self, **changes: object) -> str:
        """Return the list's address with other words; None leaves a word out."""
        words: dict[str, object] = {**self.words, **changes}
        kept = {name: value for name, value in words.items() if value is not None}
        path = reverse("customers:guest_list", args=[self.asked.business.slug])
        return f"{path}?{urlencode(kept)}" if kept else path

    def loosened(self) -> list[tuple[Chip, AskedGuests]]:
        """Return each filter with the question as it would be without it."""
        empty = type(self.asked.filters)()
        return [
            (
                chip,
                replace(
                    self.asked,
                    filters=replace(
                        self.asked.filters, **{chip.name: getattr(empty, chip.name)}
                    ),
                ),
            )
            for chip in self.chips
        ]
