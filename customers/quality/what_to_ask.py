"""For each fact, whether a guest is to be asked for it, and why."""

from collections.abc import Callable
from datetime import date, datetime

from crm.core.addresses import is_relay_address
from customers.care.preferences import is_stale
from customers.models import ContactPoint, Fact
from customers.quality.question import Known, Question, Why

Kind = ContactPoint.Kind


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


Ask = Callable[[Known, datetime, date], Question | None]

ASK: dict[Fact, Ask] = {
    Fact.NAME: _ask_name,
    Fact.EMAIL: _ask_email,
    Fact.PHONE: _ask_phone,
    Fact.ADDRESS: _ask_address,
    Fact.BIRTHDAY: _ask_birthday,
    Fact.LANGUAGE: _ask_language,
    Fact.WISHES: _ask_wishes,
}
