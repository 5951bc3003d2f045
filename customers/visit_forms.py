"""What the desk types about a visit, and how it is put right in words."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.core.money_field import MoneyField
from crm.tenancy.models import Venue
from customers.models import Guest, Visit
from customers.search import search_guests
from customers.visits import VisitFacts

State = Visit.State

KIND_AT = {
    Venue.Kind.RESTAURANT: Visit.Kind.TABLE,
    Venue.Kind.CAFE: Visit.Kind.TABLE,
    Venue.Kind.TOUR: Visit.Kind.TOUR,
}

FIRST_DAY = date(1950, 1, 1)
MOST_DAYS_AHEAD = 5 * 366
MOST_NIGHTS = 2 * 366
MOST_BOOKERS = 8


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


class VisitForm(forms.ModelForm):
    """A visit of ``guest`` as ``VisitFacts``.

    ``venues`` are those that the person who types may see. The booker is found by
    typing; when several guests fit, they are offered to choose from.
    """

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Visit.Kind.choices, widget=forms.RadioSelect
    )
    spend = MoneyField(
        label=_("Spend"),
        required=False,
        help_text=_("All they paid for, tax included."),
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

    class Meta:
        model = Visit
        fields = (
            "kind", "venue", "arrival_date", "arrival_time", "departure_date",
            "party_size", "label", "spend", "is_employer_paid", "source",
        )  # fmt: skip
        widgets = {
            "arrival_date": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "departure_date": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "arrival_time": forms.TimeInput({"type": "time"}, format="%H:%M"),
        }

    def __init__(
        self,
        *args: Any,
        guest: Guest,
        venues: list[Venue],
        today: date,
        visit: Visit | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = (
            _initial_of(visit) if visit else _initial_for(guest, venues, today)
        )
        super().__init__(*args, **kwargs)
        self.guest, self.visit, self.today = guest, visit, today
        self._offer_venues(venues)
        self._offer_bookers([visit.booker] if visit and visit.booker else [])
        spend = self.fields["spend"]
        assert isinstance(spend, MoneyField)
        spend.currency = guest.business.currency
        self.fields["departure_date"].required = False
        self.fields["party_size"].error_messages["min_value"] = _(
            "A visit needs at least one person."
        )
        self.fields["departure_date"].help_text = _("Needed for a stay.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned["spend"] = cleaned.get("spend") or 0
        self._check_days(cleaned)
        self._find_booker(cleaned)
        return cleaned

    def facts(self) -> VisitFacts:
        """Return what was typed. Only for a valid form."""
        known = {name: self.cleaned_data[name] for name in self.Meta.fields}
        external_id = self.visit.external_id if self.visit else ""
        booker = self.cleaned_data["booker"]
        return VisitFacts(**known, booker=booker, external_id=external_id)

    def _offer_venues(self, venues: list[Venue]) -> None:
        ids = {venue.pk for venue in venues}
        if self.visit:
            ids.add(self.visit.venue_id)
        field = self.fields["venue"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Venue.objects.filter(
            business=self.guest.business_id, pk__in=ids
        ).order_by("name")
        if len(ids) == 1:
            field.empty_label = None
        field.error_messages["invalid_choice"] = _("This is not one of your venues.")

    def _offer_bookers(self, guests: list[Guest]) -> None:
        field = self.fields["booker"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Guest.objects.filter(
            business=self.guest.business_id, erased_at=None
        ).exclude(pk=self.guest.pk)
        # Without this the whole register would be offered.
        field.choices = [
            ("", _("Nobody else")),
            *((guest.uuid, _name_and_town(guest)) for guest in guests),
        ]
        self.offers_bookers = bool(guests)

    def _check_days(self, cleaned: dict[str, Any]) -> None:
        arrival = cleaned.get("arrival_date")
        if arrival is None or "departure_date" in self.errors:
            return
        if not FIRST_DAY <= arrival <= self.today + timedelta(days=MOST_DAYS_AHEAD):
            self.add_error("arrival_date", _("Is the year right? That is far away."))
            return
        departure = cleaned.get("departure_date")
        if departure is None and cleaned.get("kind") == Visit.Kind.STAY:
            self.add_error("departure_date", _("When do they leave?"))
            return
        departure = cleaned["departure_date"] = departure or arrival
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
        found = search_guests(self.guest.business, typed).exclude(pk=self.guest.pk)
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
        initial=State.BOOKED,
        choices=[
            (State.BOOKED, _("Booked")),
            (State.IN_HOUSE, _("They are here")),
            (State.COMPLETED, _("They were here")),
            (State.CANCELLED, _("Cancelled")),
            (State.NO_SHOW, _("They did not come")),
        ],
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        arrival, state = cleaned.get("arrival_date"), cleaned.get("state")
        if arrival and state and arrival > self.today and state in _BEGUN:
            self.add_error("state", _("It begins on a day that is still to come."))
        return cleaned


_BEGUN = {State.IN_HOUSE, State.COMPLETED, State.NO_SHOW}


def _initial_of(visit: Visit) -> dict[str, Any]:
    initial = {name: getattr(visit, name) for name in VisitForm.Meta.fields}
    initial["venue"] = visit.venue_id
    initial["booker"] = visit.booker.uuid if visit.booker else None
    return initial


def _initial_for(guest: Guest, venues: list[Venue], today: date) -> dict[str, Any]:
    """Return what is likeliest: the same as last time, else what the venue is for."""
    initial: dict[str, Any] = {"arrival_date": today, "party_size": 1}
    last = (
        guest.visits.filter(venue__in=venues).order_by("-arrival_date", "-pk").first()
    )
    if last:
        return {**initial, "kind": last.kind, "venue": last.venue_id}
    kinds = {KIND_AT.get(Venue.Kind(venue.kind), Visit.Kind.STAY) for venue in venues}
    if len(kinds) == 1:
        initial["kind"] = kinds.pop()
    if len(venues) == 1:
        initial["venue"] = venues[0].pk
    return initial


def _name_and_town(guest: Guest) -> str:
    return ", ".join(part for part in (guest.display_name, guest.city) if part)
