"""Whom something is not known of, or of whom it is not to be trusted: as conditions.

They say of one guest what ``customers/quality/counting.py`` counts of all.
"""

from collections.abc import Callable
from datetime import date

from django.db.models import Exists, OuterRef, Q

from crm.core.addresses import RELAY_DOMAINS
from crm.tenancy.models import Business
from customers.care.preferences import STALE_AFTER
from customers.models import ContactPoint, Fact, FactCheck, Preference
from customers.quality.asking_rules import stale_before
from customers.quality.figures import Trouble

Kind = ContactPoint.Kind

_HAS_ADDRESS = ~Q(street="") & (~Q(postal_code="") | ~Q(city=""))


def is_amiss(what: str, business: Business, *, today: date) -> Q:
    """Return the condition for a word of ``AMISS``."""
    return AMISS[what](business, today)


def _has_point(**look_ups: object) -> Q:
    points = ContactPoint.objects.filter(guest=OuterRef("pk"), **look_ups)
    return Q(Exists(points))


def _has_wish(**look_ups: object) -> Q:
    wishes = Preference.objects.filter(guest=OuterRef("pk"), ended_at=None, **look_ups)
    return Q(Exists(wishes))


def _relay(_business: Business, _today: date) -> Q:
    ends = Q()
    for domain in RELAY_DOMAINS:
        ends |= Q(normalized__endswith=f"@{domain}")
        ends |= Q(normalized__contains="@", normalized__endswith=f".{domain}")
    points = ContactPoint.objects.filter(
        ends, guest=OuterRef("pk"), kind=Kind.EMAIL, is_primary=True
    )
    return Q(Exists(points))


def _old_address(business: Business, today: date) -> Q:
    since = stale_before(business, today=today)
    checks = FactCheck.objects.filter(guest=OuterRef("pk"), fact=Fact.ADDRESS).exclude(
        outcome=FactCheck.Outcome.DECLINED
    )
    sure = Q(Exists(checks.filter(checked_at__gte=since)))
    known_lately = Q(created_at__gte=since) & ~Q(Exists(checks))
    return _HAS_ADDRESS & ~sure & ~known_lately


def _old_wishes(_business: Business, today: date) -> Q:
    return _has_wish(confirmed_on__lt=today - STALE_AFTER)


Condition = Callable[[Business, date], Q]

AMISS: dict[str, Condition] = {
    "no_name": lambda _business, _today: Q(given_name="") | Q(family_name=""),
    "no_email": lambda _business, _today: ~_has_point(kind=Kind.EMAIL),
    "no_phone": lambda _business, _today: ~_has_point(kind=Kind.PHONE),
    "no_address": lambda _business, _today: ~_HAS_ADDRESS,
    "no_country": lambda _business, _today: Q(country=""),
    "no_language": lambda _business, _today: Q(language=""),
    "no_birthday": lambda _business, _today: Q(birthday_day=None),
    "no_wishes": lambda _business, _today: ~_has_wish(),
    Trouble.BOUNCED.value: lambda _business, _today: _has_point(
        kind=Kind.EMAIL, is_primary=True, bounced_at__isnull=False
    ),
    Trouble.UNREACHABLE.value: lambda _business, _today: ~_has_point(),
    Trouble.RELAY.value: _relay,
    Trouble.OLD_ADDRESS.value: _old_address,
    Trouble.OLD_WISHES.value: _old_wishes,
}
