"""What to ask a guest at the next visit: what is not known, or not to be trusted.

The house says what it asks for, and how much of it at one visit. Who did not want to
say something is not asked for it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.core.addresses import is_relay_address
from crm.tenancy.models import Business
from customers.care.preferences import is_stale
from customers.models import (
    AskingRules,
    ContactPoint,
    Fact,
    FactCheck,
    Guest,
    Preference,
)
from customers.quality.asking_rules import rules_of, stale_before
from customers.quality.left_alone import bounced_among

Kind, Outcome = ContactPoint.Kind, FactCheck.Outcome


class Why(TextChoices):
    """Why something is asked."""

    MISSING = "missing", gettext_lazy("not known")
    BOUNCED = "bounced", gettext_lazy("does not arrive")
    RELAY = "relay", gettext_lazy("only a booking site's address")
    STALE = "stale", gettext_lazy("nobody has made sure for long")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing to ask. ``held`` is what we believe, where we believe something."""

    fact: Fact
    why: Why
    held: str = ""
    preference: Preference | None = None

    @property
    def sentence(self) -> str:
        """Return what to do, as it is read on a card."""
        if self.why == Why.STALE:
            return _("Is this still so? %(what)s") % {"what": self.held}
        if self.why == Why.BOUNCED:
            return _("Their email does not arrive. Ask for another one.")
        if self.why == Why.RELAY:
            return _("We only have a booking site's address. Ask for their own email.")
        return _MISSING[self.fact]()

    @property
    def is_whether(self) -> bool:
        """Return whether a yes is an answer."""
        return self.why == Why.STALE

    @property
    def is_wish(self) -> bool:
        return self.fact == Fact.WISHES


_MISSING = {
    Fact.NAME: lambda: _("Ask for first name and family name."),
    Fact.EMAIL: lambda: _("Ask for an email address."),
    Fact.PHONE: lambda: _("Ask for a phone number."),
    Fact.ADDRESS: lambda: _("Ask where they live."),
    Fact.BIRTHDAY: lambda: _("Ask when their birthday is."),
    Fact.LANGUAGE: lambda: _("Ask which language they like best."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one guest that decides what is asked."""

    guest: Guest
    points: list[ContactPoint] = field(default_factory=list)
    bounced: set[int] = field(default_factory=set)
    checks: Mapping[str, FactCheck] = field(default_factory=dict)
    wishes: list[Preference] = field(default_factory=list)


def questions_for(
    business: Business, guests: Iterable[Guest], *, today: date
) -> dict[int, list[Question]]:
    """Return what to ask each guest, the most useful first; absent means nothing.

    At most five queries, however many guests.
    """
    by_id = {guest.pk: guest for guest in guests}
    rules = rules_of(business)
    if not by_id or not rules.asked:
        return {}
    stale = stale_before(business, today=today, rules=rules)
    asked = {
        known.guest.pk: questions_about(known, rules, stale=stale, today=today)
        for known in _known(business, by_id, rules)
    }
    return {pk: questions for pk, questions in asked.items() if questions}


def questions_about(
    known: Known, rules: AskingRules, *, stale: datetime, today: date
) -> list[Question]:
    """Return what one guest is asked, no more than the house wants to ask at once."""
    found = (
        _ASK[Fact(fact)](known, stale, today)
        for fact in rules.asked
        if not _declined(known, fact)
    )
    return [question for question in found if question][: rules.most_per_visit]


def _declined(known: Known, fact: str) -> bool:
    check = known.checks.get(fact)
    return check is not None and check.outcome == Outcome.DECLINED


def _known(
    business: Business, guests: Mapping[int, Guest], rules: AskingRules
) -> list[Known]:
    points: dict[int, list[ContactPoint]] = defaultdict(list)
    for point in business.contact_points.filter(guest__in=guests).order_by(
        "-is_primary", "created_at", "pk"
    ):
        points[point.guest_id].append(point)
    emails = [p for some in points.values() for p in some if p.kind == Kind.EMAIL]
    bounced = bounced_among(business, emails) if Fact.EMAIL in rules.asked else set()
    checks: dict[int, dict[str, FactCheck]] = defaultdict(dict)
    for check in business.fact_checks.filter(guest__in=guests):
        checks[check.guest_id][check.fact] = check
    wishes = _wishes(business, guests) if Fact.WISHES in rules.asked else {}
    return [
        Known(
            guest=guest,
            points=points.get(pk, []),
            bounced=bounced,
            checks=checks.get(pk, {}),
            wishes=wishes.get(pk, []),
        )
        for pk, guest in guests.items()
    ]


def _wishes(
    business: Business, guests: Mapping[int, Guest]
) -> dict[int, list[Preference]]:
    wishes: dict[int, list[Preference]] = defaultdict(list)
    current = business.preferences.filter(guest__in=guests, ended_at=None)
    for wish in current.select_related("kind").order_by("confirmed_on", "pk"):
        wishes[wish.guest_id].append(wish)
    return wishes


def _ask_name(known: Known, _stale: datetime, _today: date) -> Question | None:
    if known.guest.given_name and known.guest.family_name:
        return None
    return Question(fact=Fact.NAME, why=Why.MISSING)


def _ask_email(known: Known, _stale: datetime, _today: date) -> Question | None:
    emails = [point for point in known.points if point.kind == Kind.EMAIL]
    if not emails:
        return Question(fact=Fact.EMAIL, why=Why.MISSING)
    if emails[0].pk in known.bounced:
        return Question(fact=Fact.EMAIL, why=Why.BOUNCED)
    if is_relay_address(emails[0].normalized):
        return Question(fact=Fact.EMAIL, why=Why.RELAY)
    return None


def _ask_phone(known: Known, _stale: datetime, _today: date) -> Question | None:
    if any(point.kind == Kind.PHONE for point in known.points):
        return None
    return Question(fact=Fact.PHONE, why=Why.MISSING)


def _ask_address(known: Known, stale: datetime, _today: date) -> Question | None:
    guest = known.guest
    place = f"{guest.postal_code} {guest.city}".strip()
    if not guest.street or not place:
        return Question(fact=Fact.ADDRESS, why=Why.MISSING)
    check = known.checks.get(Fact.ADDRESS)
    if (check.checked_at if check else guest.created_at) >= stale:
        return None
    held = f"{guest.street}, {place}"
    return Question(fact=Fact.ADDRESS, why=Why.STALE, held=held)


def _ask_birthday(known: Known, _stale: datetime, _today: date) -> Question | None:
    if known.guest.birthday_day:
        return None
    return Question(fact=Fact.BIRTHDAY, why=Why.MISSING)


def _ask_language(known: Known, _stale: datetime, _today: date) -> Question | None:
    if known.guest.language:
        return None
    return Question(fact=Fact.LANGUAGE, why=Why.MISSING)


def _ask_wishes(known: Known, _stale: datetime, today: date) -> Question | None:
    for wish in known.wishes:
        if is_stale(wish, today=today):
            return Question(
                fact=Fact.WISHES, why=Why.STALE, held=wish.words, preference=wish
            )
    return None


_ASK = {
    Fact.NAME: _ask_name,
    Fact.EMAIL: _ask_email,
    Fact.PHONE: _ask_phone,
    Fact.ADDRESS: _ask_address,
    Fact.BIRTHDAY: _ask_birthday,
    Fact.LANGUAGE: _ask_language,
    Fact.WISHES: _ask_wishes,
}
