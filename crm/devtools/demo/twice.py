"""Guests who were written down twice, as happens at a desk; found by the product itself."""

from dataclasses import replace
from datetime import timedelta
from random import Random

from crm.devtools.demo.houses import House
from customers.duplicates.finding import find_pairs
from customers.duplicates.rules import note_all_looked_at
from customers.guests import GuestFacts, create_guest
from customers.models import Guest

_AT_ONCE = 1_000


def write_twice(house: House, *, seed: int) -> None:
    """Write three guests down again, each in another way, and look through everybody."""
    rng = Random(f"{seed}:twice")  # noqa: S311 -- believable, not secret
    business = house.business
    regulars = list(
        business.guests.filter(
            contact_points__kind="email", summary__visits__gte=3, company=None
        )
        .exclude(family_name="")
        .order_by("pk")
        .distinct()[:200]
    )
    for number, guest in enumerate(rng.sample(regulars, min(3, len(regulars)))):
        create_guest(
            business=business,
            facts=_again(guest, number),
            actor=None,
            now=house.now - timedelta(days=2 + number),
        )
    ids = list(business.guests.known().order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        find_pairs(business, some, now=house.now, older_only=True)
    looked_at = house.now - timedelta(hours=9)
    note_all_looked_at(business, guests=len(ids), now=looked_at)


def _again(guest: Guest, way: int) -> GuestFacts:
    points = guest.contact_points.order_by("-is_primary", "pk")
    facts = GuestFacts(
        display_name=guest.display_name,
        given_name=guest.given_name,
        family_name=guest.family_name,
        emails=tuple(point.raw for point in points if point.kind == "email"),
        phones=tuple(point.raw for point in points if point.kind == "phone"),
        language=guest.language,
        country=guest.country,
        city=guest.city,
    )
    given, family = guest.given_name, guest.family_name
    if way == 0:
        return facts
    if way == 1:
        name = f"{family} {given}"
        return replace(
            facts, display_name=name, given_name=family, family_name=given, phones=()
        )
    slip = family[:-2] + family[-1] + family[-2]
    return replace(facts, display_name=f"{given} {slip}", family_name=slip, emails=())
