"""What the words of an address ask of the visits, and the address that asks it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.core.clock import add_months, month_of
from crm.core.dates import say_date
from crm.core.locales import active_locale
from crm.core.money import format_money
from crm.core.money_field import MoneyField
from crm.tenancy.models import Business, Venue
from customers.lists.asked_visits import (
    USUAL_ORDER,
    VISIT_ORDERS,
    AskedVisits,
    VisitFilters,
)
from customers.lists.guest_filter_form import DayField, source_key
from customers.lists.guest_filter_words import Chip
from customers.lists.values_in_use import values_in_use
from customers.models import Visit

Days = tuple[date | None, date | None]

USUAL_PERIOD = "month"
# By the word in the address: what people call it, and its first and last day.
PERIODS: dict[str, tuple[Promise, Callable[[date], Days]]] = {
    "month": (
        gettext_lazy("This month"),
        lambda today: (month_of(today), _day_before(add_months(today, 1))),
    ),
    "last": (
        gettext_lazy("Last month"),
        lambda today: (add_months(today, -1), _day_before(month_of(today))),
    ),
    "coming": (
        gettext_lazy("The next 30 days"),
        lambda today: (today, today + timedelta(days=30)),
    ),
    "year": (
        gettext_lazy("This year"),
        lambda today: (today.replace(month=1, day=1), today.replace(month=12, day=31)),
    ),
    "any": (pgettext_lazy("period", "Any time"), lambda _today: (None, None)),
}


class VisitFilterForm(forms.Form):
    """Filters of the visits list. What cannot be read is said and left out."""

    period = forms.ChoiceField(label=gettext_lazy("Arrival"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    venue = forms.ChoiceField(label=gettext_lazy("Venue"), required=False)
    first_day = DayField(label=gettext_lazy("Arrival from"))
    last_day = DayField(label=gettext_lazy("Arrival until"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("Booked through"), required=False)
    q = forms.CharField(
        label=gettext_lazy("Room or table"), required=False, max_length=40
    )
    spend = MoneyField(label=gettext_lazy("Spend, at least"), required=False)
    employer = forms.BooleanField(
        label=gettext_lazy("Only paid by an employer"), required=False
    )

    def __init__(
        self, words: Mapping[str, Any], *, business: Business, venues: Sequence[Venue]
    ) -> None:
        super().__init__(words, auto_id="filter_%s")
        self.venues = {str(venue.uuid): venue for venue in venues}
        self.sources = {
            source_key(text): text for text in values_in_use(Visit, "source", business)
        }
        self.fields["spend"].currency = business.currency  # type: ignore[attr-defined]
        anything = pgettext_lazy("filter", "Any")
        periods = [(key, label) for key, (label, _days) in PERIODS.items()]
        self._offer("period", [("", periods[0][1]), *periods[1:]])
        self._offer("state", [("", anything), *Visit.State.choices])
        self._offer("kind", [("", anything), *Visit.Kind.choices])
        self._offer("source", [("", anything), *self.sources.items()])
        venues_offered = [(uuid, venue.name) for uuid, venue in self.venues.items()]
        self._offer("venue", [("", anything), *venues_offered])

    def filters(self, today: date) -> VisitFilters:
        """Return what was asked for, as far as it could be read.

        Days that were named are taken instead of the period.
        """
        self.is_valid()
        read = self.cleaned_data
        days: Days = (read.get("first_day"), read.get("last_day"))
        if days == (None, None):
            days = PERIODS[read.get("period") or USUAL_PERIOD][1](today)
        return VisitFilters(
            state=read.get("state", ""),
            kind=read.get("kind", ""),
            venue=self.venues.get(read.get("venue", "")),
            first_day=days[0],
            last_day=days[1],
            source=self.sources.get(read.get("source", ""), ""),
            employer=read.get("employer", False),
            spend=read.get("spend"),
            label=read.get("q", ""),
        )

    def words(self) -> dict[str, str]:
        """Return the words of the address that say just this, nothing empty."""
        return {
            name: str(self.data[name])
            for name in self.fields
            if self.data.get(name) and name not in self.errors
        }

    def _offer(self, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)


@dataclass(frozen=True, slots=True)
class AskingVisits:
    """A question about visits, its form and the words that ask it again."""

    form: VisitFilterForm
    asked: AskedVisits
    words: dict[str, str]

    @classmethod
    def of(
        cls,
        business: Business,
        words: Mapping[str, Any],
        *,
        venues: Sequence[Venue],
        venue_ids: Sequence[int],
        today: date,
    ) -> "AskingVisits":
        """Read the words; what cannot be read is said by the form and left out.

        ``venues`` are those to choose from, ``venue_ids`` those that are shown at all.
        """
        form = VisitFilterForm(words, business=business, venues=venues)
        order = str(words.get("order", ""))
        asked = AskedVisits(
            business=business,
            filters=form.filters(today),
            venue_ids=venue_ids,
            order=order if order in VISIT_ORDERS else USUAL_ORDER,
        )
        kept = form.words()
        if asked.order != USUAL_ORDER:
            kept["order"] = asked.order
        return cls(form, asked, kept)

    @property
    def query(self) -> str:
        """Return the words as they stand in an address."""
        return urlencode(self.words)

    @property
    def period(self) -> str:
        """Return what people call the stretch of time; empty where days are named."""
        if "first_day" in self.words or "last_day" in self.words:
            return ""
        return str(PERIODS[self.words.get("period", USUAL_PERIOD)][0])

    @property
    def chips(self) -> list[Chip]:
        """Return the filters in force in an order in which they read as a sentence."""
        business = self.asked.business
        return [
            Chip(name, say(self.asked.filters, business))
            for name, say in _SAY.items()
            if name in self.words
        ]

    def loosened(self) -> list[tuple[Chip, AskedVisits]]:
        """Return each filter with the question as it would be without it."""
        empty = VisitFilters()
        questions = []
        for chip in self.chips:
            name = "label" if chip.name == "q" else chip.name
            filters = replace(self.asked.filters, **{name: getattr(empty, name)})
            questions.append((chip, replace(self.asked, filters=filters)))
        return questions

    def address(self, **changes: object) -> str:
        """Return the list's address with other words; None leaves a word out."""
        words: dict[str, object] = {**self.words, **changes}
        kept = {name: value for name, value in words.items() if value is not None}
        path = reverse("customers:visit_list", args=[self.asked.business.slug])
        return f"{path}?{urlencode(kept)}" if kept else path


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def _named(day: date | None) -> dict[str, str]:
    return {"day": say_date(day, active_locale()) if day else ""}


def _state(filters: VisitFilters, _business: Business) -> str:
    return str(Visit.State(filters.state).label).lower()


def _kind(filters: VisitFilters, _business: Business) -> str:
    return str(Visit.Kind(filters.kind).label).lower()


def _spend(filters: VisitFilters, business: Business) -> str:
    amount = format_money(filters.spend or 0, business.currency, active_locale())
    return _("of at least %(amount)s") % {"amount": amount}


_SAY: dict[str, Callable[[VisitFilters, Business], str]] = {
    "kind": _kind,
    "state": _state,
    "venue": lambda filters, _business: (
        _("at %(venue)s") % {"venue": filters.venue.name if filters.venue else ""}
    ),
    "first_day": lambda filters, _business: (
        _("arriving on %(day)s or later") % _named(filters.first_day)
    ),
    "last_day": lambda filters, _business: (
        _("arriving on %(day)s or before") % _named(filters.last_day)
    ),
    "source": lambda filters, _business: (
        _("booked through “%(source)s”") % {"source": filters.source}
    ),
    "q": lambda filters, _business: (
        _("in room or at table “%(label)s”") % {"label": filters.label}
    ),
    "spend": _spend,
    "employer": lambda _filters, _business: _("paid by an employer"),
}
