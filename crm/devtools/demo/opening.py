"""Set up the two houses the way any house is set up, and switch things on."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from crm.devtools.demo.habits import MANE, SOLVIK
from crm.devtools.demo.houses import YEARS, House, describe
from crm.devtools.demo.logins import MANE_STAFF, SOLVIK_STAFF, Login, users_of
from crm.devtools.demo.texting import set_up_texting
from crm.tenancy.creation import BusinessFacts, VenueFacts, create_business
from crm.tenancy.models import Business, Staff, Venue
from customers.privacy import consent_notice
from loyalty.models import Program
from outreach.models import Automation

_SOLVIK_LADDER = (
    ("Bronze", 2, "A cup of coffee on the house"),
    ("Silver", 4, "Late check-out until 14:00, and a newspaper at the door"),
    ("Gold", 8, "A better room when one is free, and a card from the kitchen"),
)
_MANE_LADDER = (
    ("Bronze", 4, "A bun with the coffee on your birthday"),
    ("Silver", 10, "The second cup is on the house"),
    ("Gold", 20, "Your own cup on the shelf"),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a message follows a visit at one venue, and for how long it has."""

    venue: str
    delay_days: int
    local_time: time | None
    active_for_days: int


def open_solvik(
    *, now: datetime, slug: str = "solvik", name: str = "Solvik Hotell & Restaurant"
) -> House:
    """Set up a hotel with a restaurant, as if it had been here for three years.

    Guests of the hotel are asked the morning after, those of the restaurant at once.
    """
    facts = BusinessFacts(
        name=name,
        slug=slug,
        email="post@solvik.example",
        phone="+47 57 87 00 00",
        postal_address="Perhusvegen 12, 6783 Stryn",
        website="https://solvik.example",
    )
    venues = (
        VenueFacts(name="Solvik Hotell", kind=Venue.Kind.HOTEL),
        VenueFacts(name="Restaurant Solvik", kind=Venue.Kind.RESTAURANT),
    )
    business = _open(facts, venues, SOLVIK_STAFF, now=now)
    set_up_texting(business, "Solvik", now=now)
    _name_the_ladder(business, "Solvik Venner", _SOLVIK_LADDER)
    after_stay = _first_automation(business, "After the stay")
    after_meal = _one_more(after_stay, "After the meal", created_at=now)
    _switch_on(after_stay, Rule("Solvik Hotell", 1, time(10), 900), now=now)
    _switch_on(after_meal, Rule("Restaurant Solvik", 0, None, 120), now=now)
    return describe(business, SOLVIK, now=now)


def open_mane(*, now: datetime) -> House:
    """Set up a café whose thank-you leaves the moment its guest does."""
    facts = BusinessFacts(
        name="Kafé Måne",
        slug="mane",
        email="hei@mane.example",
        phone="+47 57 87 11 11",
        postal_address="Tonningsgata 3, 6783 Stryn",
        website="https://mane.example",
    )
    venues = (VenueFacts(name="Kafé Måne", kind=Venue.Kind.CAFE),)
    business = _open(facts, venues, MANE_STAFF, now=now)
    set_up_texting(business, "Kafe Mane", now=now)
    _name_the_ladder(business, "Måne Venner", _MANE_LADDER)
    after_coffee = _first_automation(business, "After the coffee")
    _switch_on(after_coffee, Rule("Kafé Måne", 0, None, 240), now=now)
    return describe(business, MANE, now=now)


def _open(
    facts: BusinessFacts,
    venues: tuple[VenueFacts, ...],
    logins: tuple[Login, ...],
    *,
    now: datetime,
) -> Business:
    opened = now - timedelta(days=365 * YEARS + 30)
    users = users_of(logins)
    business = create_business(facts=facts, venues=venues, owner=users[0], now=opened)
    Business.objects.filter(pk=business.pk).update(created_at=opened)
    Staff.objects.bulk_create(
        Staff(business=business, user=user, role=login.role)
        for user, login in zip(users[1:], logins[1:], strict=True)
    )
    consent_notice.switch_on(business, now=opened)
    return business


def _name_the_ladder(
    business: Business, name: str, steps: tuple[tuple[str, int, str], ...]
) -> None:
    program = Program.objects.get(business=business)
    program.name = name
    program.save(update_fields=["name"])
    for tier, step in zip(program.tiers.order_by("rank"), steps, strict=True):
        tier.name, tier.entry_visits, tier.promise = step
        tier.save(update_fields=["name", "entry_visits", "promise"])


def _first_automation(business: Business, name: str) -> Automation:
    """Return the one every house starts with, named for readers of English."""
    business.surveys.update(name="After your visit")
    business.message_templates.update(name="Thank you, and how was it?")
    automation = business.automations.get()
    automation.name = name
    automation.save(update_fields=["name"])
    return automation


def _one_more(like: Automation, name: str, *, created_at: datetime) -> Automation:
    return Automation.objects.create(
        business=like.business,
        name=name,
        template=like.template,
        survey=like.survey,
        delay_days=like.delay_days,
        local_time=like.local_time,
        created_at=created_at,
    )


def _switch_on(automation: Automation, rule: Rule, *, now: datetime) -> None:
    since = now - timedelta(days=rule.active_for_days)
    automation.venues.set(automation.business.venues.filter(name=rule.venue))
    automation.delay_days, automation.local_time = rule.delay_days, rule.local_time
    automation.is_active, automation.activated_at = True, since
    automation.created_at = min(automation.created_at, since)
    automation.save(
        update_fields=[
            "delay_days",
            "local_time",
            "is_active",
            "activated_at",
            "created_at",
        ]
    )
