"""The words of an address, read as filters of the guest list."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.core.locales import active_locale
from crm.core.regions import country_name
from crm.tenancy.models import Business
from customers.lists.guest_filters import GuestFilters
from customers.lists.values_in_use import values_in_use
from customers.models import Guest
from customers.profile.tags import tags_in_use
from customers.quality.amiss_words import AMISS_WORDS

# A house with more firms than this finds one on the page of companies.
MOST_COMPANIES = 200
MOST_VISITS = 100_000
# Far enough on both sides for anybody who lives.
FIRST_DAY, LAST_DAY = date(1950, 1, 1), date(2200, 1, 1)

Choices = list[tuple[str, object]]

ARRIVING: Choices = [
    ("0", pgettext_lazy("arriving", "today")),
    ("3", pgettext_lazy("arriving", "in 3 days at most")),
    ("7", pgettext_lazy("arriving", "in 7 days at most")),
    ("14", pgettext_lazy("arriving", "in 14 days at most")),
    ("30", pgettext_lazy("arriving", "in 30 days at most")),
]


class DayField(forms.DateField):
    """A day as browsers send it, within the years that people live in."""

    def __init__(self, *, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"invalid": _("Write a day like 2026-11-22.")},
        )

    def to_python(self, value: Any) -> date | None:
        day: date | None = super().to_python(value)
        if day and not FIRST_DAY <= day < LAST_DAY:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class GuestFilterForm(forms.Form):
    """Filters of the guest list. What cannot be read is said and left out."""

    tag = forms.UUIDField(label=_("Tag"), required=False, widget=forms.Select)
    arriving = forms.TypedChoiceField(
        label=_("Arriving"), required=False, coerce=int, empty_value=None
    )
    segment = forms.UUIDField(label=_("Segment"), required=False, widget=forms.Select)
    vip = forms.BooleanField(label=_("Only VIP"), required=False)
    company = forms.UUIDField(label=_("Company"), required=False, widget=forms.Select)
    country = forms.ChoiceField(label=_("Country"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    source = forms.ChoiceField(label=_("How they came to us"), required=False)
    reach = forms.ChoiceField(label=_("Can be reached by"), required=False)
    visits = forms.IntegerField(
        label=_("Visits, at least"),
        required=False,
        min_value=0,
        max_value=MOST_VISITS,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("Write a number of visits.")
        ),
    )
    birthday = forms.ChoiceField(label=_("Birthday"), required=False)
    amiss = forms.ChoiceField(label=_("Not known, or not right"), required=False)
    last_from = DayField(label=_("Last here from"))
    last_to = DayField(label=_("Last here until"))
    away = DayField(label=_("Away since"))
    news = forms.BooleanField(
        label=_("Only who may be written to about news"), required=False
    )

    def __init__(self, words: Mapping[str, Any], *, business: Business) -> None:
        super().__init__(words, auto_id="filter_%s")
        self.business = business
        self.sources = {
            source_key(text): text for text in values_in_use(Guest, "source", business)
        }
        tags = tags_in_use(business).values_list("uuid", "name")
        self._offer_rows("tag", _("Any tag"), tags)
        segments = self.business.segments.order_by("name", "pk")
        self._offer_rows(
            "segment", _("Any segment"), segments.values_list("uuid", "name")
        )
        self._offer_rows("company", _("Any company"), self._companies(words))
        anything = _("Any")
        self._offer("arriving", pgettext_lazy("arriving", "Any time"), ARRIVING)
        self._offer("country", anything, self._countries())
        self._offer("language", anything, settings.LANGUAGES)
        self._offer("source", anything, self.sources.items())
        self._offer("reach", anything, REACH)
        self._offer("birthday", anything, BIRTHDAY)
        self._offer("amiss", anything, AMISS_WORDS.items())

    def filters(self) -> GuestFilters:
        """Return what was asked for, as far as it could be read."""
        self.is_valid()
        read = dict(self.cleaned_data)
        read["tag"] = self._row(tags_in_use(self.business), read.get("tag"))
        read["segment"] = self._row(self.business.segments, read.get("segment"))
        read["company"] = self._row(self.business.companies, read.get("company"))
        read["source"] = self.sources.get(read.get("source", ""), "")
        names = {field.name for field in fields(GuestFilters)}
        return GuestFilters(
            **{
                name: value
                for name, value in read.items()
                if name in names and value not in (None, "")
            }
        )

    def words(self) -> dict[str, str]:
        """Return the words of the address that say just this, nothing empty."""
        return {
            name: str(self.data[name])
            for name in self.fields
            if self.data.get(name) and name not in self.errors
        }

    def _row(self, rows: Any, uuid: UUID | None) -> Any:
        return rows.filter(uuid=uuid).first() if uuid else None

    def _companies(self, words: Mapping[str, Any]) -> Iterable[tuple[object, object]]:
        companies = self.business.companies.order_by("name_sort_key", "pk")
        offered = list(companies.values_list("uuid", "name")[:MOST_COMPANIES])
        asked = words.get("company", "")
        if asked and asked not in {str(uuid) for uuid, _name in offered}:
            row = self._row(companies, _uuid(asked))
            offered += [(row.uuid, row.name)] if row else []
        return offered

    def _countries(self) -> Choices:
        locale = active_locale()
        codes = values_in_use(Guest, "country", self.business)
        named = [(code, country_name(code, locale)) for code in codes]
        return sorted(named, key=lambda choice: str(choice[1]))

    def _offer(
        self, name: str, nothing: object, choices: Iterable[tuple[object, object]]
    ) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", nothing), *choices]

    def _offer_rows(
        self, name: str, nothing: object, rows: Iterable[tuple[object, object]]
    ) -> None:
        widget = self.fields[name].widget
        assert isinstance(widget, forms.Select)
        widget.choices = [("", nothing), *((str(uuid), text) for uuid, text in rows)]


REACH: Choices = [
    ("email", _("Email")),
    ("phone", _("Phone")),
    ("none", pgettext_lazy("can be reached by", "Neither")),
]
BIRTHDAY: Choices = [("this", _("This month")), ("next", _("Next month"))]


def source_key(text: str) -> str:
    """Return what stands in an address for a text that may name somebody."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
