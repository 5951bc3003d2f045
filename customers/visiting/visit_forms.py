"""What the desk types about a visit, and how it is put right in words."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.core.dates import say_clock, say_date
from crm.core.locales import active_locale
from crm.core.money import format_money, to_minor
from crm.core.money_field import MoneyField
from crm.core.typed_time_fields import ClockField, DayField, UntilField
from crm.tenancy.models import Business, Venue
from customers.guarded_forms import GuardedForm
from customers.models import Guest, Visit
from customers.searching.search import search_guests
from customers.visiting.visit_guesses import likely_visit
from customers.visiting.visit_merging import VisitChangedMeanwhile, values_of
from customers.visits import VisitFacts

State = Visit.State

FIRST_DAY = date(1950, 1, 1)
MOST_DAYS_AHEAD = 5 * 366
MOST_NIGHTS = 2 * 366
MOST_BOOKERS = 8
# More is a slip of the finger: a year or a phone number in the wrong field.
MOST_PEOPLE = 1000
MOST_SPEND = Decimal(20_000_000)


class GuestChoiceField(forms.ModelChoiceField):
    """A guest by the uuid; whatever else is sent is nobody in the register."""

    default_error_messages = {
        "invalid_choice": _("This guest is not in your register."),
    }

    def to_python(self, value: Any) -> Guest | None:
        try:
            guest: Guest | None = super().to_python(value)
        except ValidationError as error:
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice"
            ) from error
        return guest


class VisitForm(GuardedForm, forms.ModelForm):
    """A visit of ``guest``, who may be new, as ``VisitFacts``.

    ``venues`` are those that the person who types may see. The booker is found by
    typing; when several guests fit, they are offered to choose from.
    """

    unguarded = frozenset({"booker_search"})

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Visit.Kind.choices, widget=forms.RadioSelect
    )
    arrival_date = DayField(label=_("Day"))
    departure_date = UntilField(label=_("Nights, or until"), required=False)
    arrival_time = ClockField(label=_("Time"), required=False)
    party_size = forms.IntegerField(
        label=_("People"),
        min_value=1,
        max_value=MOST_PEOPLE,
        error_messages={
            "min_value": _("A visit needs at least one person."),
            "max_value": _("Is the number of people right?"),
        },
    )
    spend = MoneyField(
        label=_("Spend"),
        required=False,
        help_text=_("All they paid for, tax included. Left empty, the lines add up."),
        error_messages={
            "invalid": _("Write an amount such as 1 234,50. It cannot be below zero.")
        },
    )
    booker_search = forms.CharField(
        label=_("Booked by somebody else"),
        required=False,
        max_length=100,
        help_text=_("Name, phone or email of a guest in your register."),
    )
    booker = GuestChoiceField(
        label=_("Who booked"),
        required=False,
        queryset=Guest.objects.none(),
        to_field_name="uuid",
        widget=forms.RadioSelect,
    )
    # What the visit was when the form was shown, to see what others did since.
    began = forms.JSONField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Visit
        fields = (
            "kind", "venue", "arrival_date", "arrival_time", "departure_date",
            "party_size", "label", "spend", "is_employer_paid", "source",
        )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        business: Business,
        guest: Guest | None,
        venues: list[Venue],
        today: date,
        visit: Visit | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = (
            initial_of(visit)
            if visit
            else likely_visit(business, guest, venues, today=today)
            | kwargs.get("initial", {})
        )
        super().__init__(*args, **kwargs)
        self.business, self.guest, self.visit = business, guest, visit
        self.today = today
        self._offer_venues(venues)
        self._offer_bookers([visit.booker] if visit and visit.booker else [])
        spend = self.fields["spend"]
        assert isinstance(spend, MoneyField)
        spend.currency = business.currency
        for name in ("arrival_date", "departure_date"):
            field = self.fields[name]
            assert isinstance(field, DayField | UntilField)
            field.near = visit.arrival_date if visit else today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["spend"] = cleaned.get("spend") or 0
        most = to_minor(MOST_SPEND, self.business.currency)
        if cleaned["spend"] > most:
            self.add_error("spend", _("Is the amount right? That is a great deal."))
        self._check_days(cleaned)
        self._find_booker(cleaned)
        return cleaned

    def facts(self) -> VisitFacts:
        """Return what was typed. Only for a valid form."""
        known = {name: self.cleaned_data[name] for name in self.Meta.fields}
        external_id = self.visit.external_id if self.visit else ""
        booker = self.cleaned_data["booker"]
        return VisitFacts(**known, booker=booker, external_id=external_id)

    def values_before(self) -> Mapping[str, Any]:
        """Return what the visit was when the form was shown. Only for a valid form."""
        began = self.cleaned_data.get("began")
        return began if isinstance(began, dict) else {}

    def show_clashes(self, problem: VisitChangedMeanwhile) -> None:
        """Say what others changed at the fields; sent once more, mine is taken."""
        for clash in problem.clashes:
            self.add_error(
                clash.name,
                ValidationError(
                    _("Changed to “%(theirs)s” meanwhile. Save again to keep yours."),
                    params={"theirs": _say(problem.held, clash.name)},
                ),
            )
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["began"] = json.dumps(values_of(problem.held))
        self.data = data

    def _offer_venues(self, venues: list[Venue]) -> None:
        ids = {venue.pk for venue in venues}
        if self.visit:
            ids.add(self.visit.venue_id)
        field = self.fields["venue"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Venue.objects.filter(
            business=self.business, pk__in=ids
        ).order_by("name")
        self.is_one_venue = len(ids) == 1
        if self.is_one_venue:
            field.empty_label = None
        field.error_messages["invalid_choice"] = _(
            "This is not one of your venues, or it is closed."
        )

    def _offer_bookers(self, guests: list[Guest]) -> None:
        field = self.fields["booker"]
        assert isinstance(field, forms.ModelChoiceField)
        others = self.business.guests.known()
        field.queryset = others.exclude(pk=self.guest.pk) if self.guest else others
        # Without this the whole register would be offered.
        field.choices = [
            ("", _("Nobody else")),
            *((guest.uuid, name_and_town(guest)) for guest in guests),
        ]
        self.offers_bookers = bool(guests)

    def _check_days(self, cleaned: dict[str, Any]) -> None:
        arrival = cleaned.get("arrival_date")
        if arrival is None:
            # A number of nights is no day without the first one.
            cleaned.pop("departure_date", None)
        if arrival is None or "departure_date" in self.errors:
            return
        if not FIRST_DAY <= arrival <= self.today + timedelta(days=MOST_DAYS_AHEAD):
            self.add_error("arrival_date", _("Is the year right? That is far away."))
            cleaned.pop("departure_date", None)
            return
        departure = _last_day(arrival, cleaned.get("departure_date"), cleaned)
        if departure is None:
            self.add_error("departure_date", _("When do they leave?"))
            return
        cleaned["departure_date"] = departure
        if departure < arrival:
            self.add_error("departure_date", _("The departure is before the arrival."))
        elif departure > arrival + timedelta(days=MOST_NIGHTS):
            self.add_error(
                "departure_date", _("That is more than two years. Is the year right?")
            )

    def _find_booker(self, cleaned: dict[str, Any]) -> None:
        typed, chosen = cleaned.get("booker_search"), cleaned.get("booker")
        cleaned["booker"] = chosen
        if not typed or "booker" in self.errors:
            return
        found = search_guests(self.business, typed)
        if self.guest:
            found = found.exclude(pk=self.guest.pk)
        fitting = list(found[: MOST_BOOKERS + 1])
        # Somebody chosen from an earlier answer, unless it is the one of before.
        if chosen in fitting or (chosen and chosen != self._booker_before):
            return
        if len(fitting) == 1:
            cleaned["booker"] = fitting[0]
        elif not fitting:
            self.add_error(
                "booker_search", _("No guest fits. Look again, or leave it empty.")
            )
        else:
            self._offer_bookers(fitting[:MOST_BOOKERS])
            self.add_error(
                "booker_search", _("Several guests fit. Choose one of them below.")
            )

    @property
    def _booker_before(self) -> Guest | None:
        return self.visit.booker if self.visit else None


class NewVisitForm(VisitForm):
    """A visit that is not in the register yet, in whatever state it is in."""

    state = forms.ChoiceField(
        label=_("How is it now?"),
        required=False,
        initial=State.BOOKED,
        choices=[
            (State.BOOKED, _("Booked")),
            (State.IN_HOUSE, _("They are here")),
            (State.COMPLETED, _("They were here")),
            (State.CANCELLED, _("Cancelled")),
            (State.NO_SHOW, _("They did not come")),
        ],
    )

    @property
    def opens_more(self) -> bool:
        """Return whether something is wrong among what is usually folded away."""
        return bool(self.errors.keys() & _FOLDED)

    def clean_state(self) -> str:
        """Return the state; a button of the form may say that they are here now."""
        if self.data.get("here_now"):
            return State.IN_HOUSE
        return self.cleaned_data["state"] or State.BOOKED

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        arrival, state = cleaned.get("arrival_date"), cleaned.get("state")
        if arrival and state and arrival > self.today and state in _BEGUN:
            self.add_error("state", _("It begins on a day that is still to come."))
        return cleaned


_BEGUN = {State.IN_HOUSE, State.COMPLETED, State.NO_SHOW}
_FOLDED = {
    "state", "spend", "booker_search", "booker", "source", "is_employer_paid",
}  # fmt: skip


def initial_of(visit: Visit) -> dict[str, Any]:
    """Return what the form for a visit begins with; no spend yet is an empty field."""
    initial = {name: getattr(visit, name) for name in VisitForm.Meta.fields}
    initial["venue"] = visit.venue_id
    initial["spend"] = visit.spend or None
    initial["booker"] = visit.booker.uuid if visit.booker else None
    initial["began"] = values_of(visit)
    return initial


def _say(visit: Visit, name: str) -> str:
    """Return a field of a visit as people read it."""
    value, locale = getattr(visit, name), active_locale()
    if name == "kind":
        return str(visit.get_kind_display())
    if name == "is_employer_paid":
        return gettext("yes") if value else gettext("no")
    if name == "spend":
        return format_money(value, visit.business.currency, locale)
    if isinstance(value, Guest):
        return value.display_name
    if isinstance(value, date):
        return say_date(value, locale)
    if name == "arrival_time" and value:
        return say_clock(value, locale)
    return str(value or "–")


def _last_day(
    arrival: date, until: int | date | None, cleaned: dict[str, Any]
) -> date | None:
    """Return the last day; None when it is not said of a stay."""
    kind = cleaned.get("kind")
    # Nights stand in the form from before the kind was changed.
    if kind == Visit.Kind.TABLE and isinstance(until, int):
        return arrival
    if until is None:
        return None if kind == Visit.Kind.STAY else arrival
    return arrival + timedelta(days=until) if isinstance(until, int) else until


def name_and_town(guest: Guest) -> str:
    return ", ".join(part for part in (guest.display_name, guest.city) if part)
