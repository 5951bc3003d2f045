"""The segments that a new house begins with, in its own language. They can be changed."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext, pgettext

from crm.core.money import to_minor
from crm.tenancy.models import Business

Rules = dict[str, Any]


def _rule(field: str, operator: str, value: object = None) -> Rules:
    asked: Rules = {"field": field, "is": operator}
    return asked if value is None else {**asked, "value": value}


def _all(*parts: Rules) -> Rules:
    return {"all": list(parts)}


# About as much as one euro, where money counts in other steps.
_TO_THE_EURO = {"NOK": 10, "SEK": 10, "DKK": 10, "ISK": 100, "JPY": 100}


def _worth(euros: int, business: Business) -> int:
    """Return a round amount in minor units of the house's currency."""
    rounded = Decimal(euros * _TO_THE_EURO.get(business.currency, 1))
    return to_minor(rounded, business.currency)


_NOTHING_BOOKED = _rule("visits.next_on", "is_unknown")
_SUMMER = {
    "visit": _all(
        _rule("visit.state", "one_of", ["completed"]),
        _rule("visit.arrival", "in_months", [6, 7, 8]),
    ),
    "at_least": 1,
}

# Key, name, what the house does for them, and the rules.
Ready = tuple[str, Callable[[], str], Callable[[], str], Rules]
_READY: tuple[Ready, ...] = (
    (
        "new",
        lambda: gettext("New guests"),
        lambda: gettext(
            "Make the first weeks count: thank them, and learn their name."
        ),
        _all(_rule("visits.first_on", "in_last_days", 30)),
    ),
    (
        "second_visit_due",
        lambda: gettext("Second visit due"),
        lambda: gettext("Who comes twice often comes again. Give them a reason to."),
        _all(
            _rule("visits.days", "is", 1),
            _rule("visits.last_on", "in_last_days", 365),
            _rule("visits.last_on", "more_than_days_ago", 60),
            _NOTHING_BOOKED,
        ),
    ),
    (
        "regulars",
        lambda: pgettext("a segment", "Regulars"),
        lambda: gettext("Know them by name, and never make them wait."),
        _all(
            _rule("visits.days", "at_least", 5),
            _rule("visits.last_on", "in_last_days", 365),
        ),
    ),
    (
        "at_risk",
        lambda: pgettext("a segment", "At risk"),
        lambda: gettext("Longer away than is usual for them. Ask how they are."),
        _all(_rule("visits.silence", "one_of", ["slipping", "lapsed"])),
    ),
    (
        "summer_guests",
        lambda: gettext("Summer guests from abroad"),
        lambda: gettext("Write to them before they plan their next summer."),
        _all(_rule("guest.country", "one_of", ["SE", "DK", "FI", "DE"]), _SUMMER),
    ),
    (
        "satisfied_but_gone",
        lambda: gettext("Satisfied but gone"),
        lambda: gettext("They were glad and did not come back. Ask them to."),
        _all(
            _rule("surveys.satisfaction", "at_least", 9),
            _rule("visits.last_on", "more_than_days_ago", 365),
            _NOTHING_BOOKED,
        ),
    ),
    (
        "birthday_soon",
        lambda: gettext("Birthday soon"),
        lambda: gettext("A card, or a word when they come."),
        _all(_rule("guest.birthday", "in_next_days", 30)),
    ),
    (
        "companies",
        lambda: gettext("Guests from companies"),
        lambda: gettext("Ask who books for them, and what the firm needs."),
        _all(_rule("guest.company", "is_known")),
    ),
    (
        "hear_from_us",
        lambda: gettext("May hear news from us"),
        lambda: gettext("Everybody an offer by email may go to."),
        _all(_rule("reach.marketing_email", "yes")),
    ),
)


def create_ready_segments(business: Business, *, now: datetime) -> int:
    """Create the ready segments, and return how many were not there before.

    Doing so again changes nothing; a name that the house took itself stays theirs.
    """
    had = set(business.segments.values_list("ready_key", flat=True))
    created = 0
    with translation.override(business.language):
        for key, name, strategy, rules in (*_READY, *_of_the_house(business)):
            if key in had:
                continue
            _segment, is_new = business.segments.get_or_create(
                name=name(),
                defaults={
                    "rules": rules,
                    "strategy": strategy(),
                    "ready_key": key,
                    "created_at": now,
                    "updated_at": now,
                },
            )
            created += is_new
    return created


def _of_the_house(business: Business) -> tuple[Ready, ...]:
    """Return those that depend on where the house is and what money it takes."""
    return (
        (
            "champions",
            lambda: pgettext("a segment", "Champions"),
            lambda: gettext(
                "They come often, were here lately and spend more than most."
            ),
            _all(
                _rule("visits.days", "at_least", 5),
                _rule("visits.last_on", "in_last_days", 180),
                _rule("visits.average_spend", "at_least", _worth(100, business)),
            ),
        ),
        (
            "big_spenders",
            lambda: gettext("Big spenders"),
            lambda: gettext("See that somebody in charge greets them."),
            _all(_rule("visits.spend", "at_least", _worth(2_000, business))),
        ),
        (
            "locals",
            lambda: gettext("Guests from our own country"),
            lambda: gettext(
                "They can come any weekend. Fill the quiet ones with them."
            ),
            _all(_rule("guest.country", "one_of", [business.country])),
        ),
    )
