"""What an SMS costs by country, as an owner types it from the provider's list."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import get_decimal_symbol
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.locales import active_locale
from crm.core.long_select import LongSelect
from crm.core.regions import country_choices, country_name, currencies
from outreach.models import ProviderAccount
from outreach.sms.prices import PER_UNIT, InvalidPrice, read_price

_EMPTY_ROWS = 3


class PricesForm(forms.Form):
    """A row for each country that has a price, and some for others.

    ``prices`` is what the account keeps, by ISO country. A row without a price is gone.
    """

    currency = forms.ChoiceField(
        label=gettext_lazy("Currency of the prices"),
        choices=lambda: [(code, code) for code in sorted(currencies())],
        widget=LongSelect,
    )

    def __init__(
        self, *args: Any, account: ProviderAccount, first_country: str, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"currency": account.currency or account.business.currency}
        super().__init__(*args, **kwargs)
        known = _in_order(account.prices, first_country)
        self._count = len(known) + _EMPTY_ROWS
        for number in range(self._count):
            country, price = known[number] if number < len(known) else ("", None)
            self._add_row(number, country, price)
        self.prices: dict[str, int] = {}

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [
            (self[f"country-{number}"], self[f"price-{number}"])
            for number in range(self._count)
        ]

    def _add_row(self, number: int, country: str, price: int | None) -> None:
        place = {"place": number + 1}
        self.fields[f"country-{number}"] = forms.ChoiceField(
            label=_("Country %(place)s") % place,
            choices=[("", "–"), *country_choices(active_locale())],
            initial=country,
            required=False,
            widget=LongSelect,
        )
        self.fields[f"price-{number}"] = forms.CharField(
            label=_("Price %(place)s") % place,
            initial="" if price is None else as_typed(price),
            max_length=20,
            required=False,
            widget=forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off"}
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.prices = {}
        for number in range(self._count):
            typed = (cleaned.get(f"price-{number}") or "").strip()
            if typed:
                self._read_row(number, cleaned.get(f"country-{number}") or "", typed)
        return cleaned

    def _read_row(self, number: int, country: str, typed: str) -> None:
        try:
            price = read_price(typed)
        except InvalidPrice:
            self.add_error(f"price-{number}", _("Write a price such as 0,55."))
            return
        if not country:
            self.add_error(f"country-{number}", _("Choose the country of this price."))
        elif country in self.prices:
            self.add_error(f"country-{number}", _("This country has a price already."))
        else:
            self.prices[country] = price


def as_typed(price: int) -> str:
    """Return a price in ten-thousandths as people write it: 0,55."""
    amount = (Decimal(price) / PER_UNIT).normalize()
    digits = max(2, -int(amount.as_tuple().exponent))
    mark = get_decimal_symbol(active_locale())
    return f"{amount:.{digits}f}".replace(".", mark)


def prices_in_words(prices: Mapping[str, int], first: str) -> list[tuple[str, str]]:
    """Return the name of each country that has a price, and the price."""
    locale = active_locale()
    return [
        (country_name(country, locale), as_typed(price))
        for country, price in _in_order(prices, first)
    ]


def _in_order(prices: Mapping[str, int], first: str) -> list[tuple[str, int]]:
    """Return prices by name of country, that of the house before all."""
    locale = active_locale()
    return sorted(
        prices.items(),
        key=lambda row: (row[0] != first, country_name(row[0], locale)),
    )
