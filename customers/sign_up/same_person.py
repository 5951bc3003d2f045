"""Whether somebody who signs up is a guest we know: the address and the name agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from customers.duplicates.describing import Described, describe, names_of
from customers.duplicates.features import features_of
from customers.models import ContactPoint, Guest, SignUp

# Families and colleagues share addresses; only with such a name it is the same person.
_AGREE = (
    {"family_same", "given_same"},
    {"family_same", "given_longer"},
    {"family_same", "given_initial"},
    {"family_same", "given_nickname"},
    {"family_near", "given_same"},
    {"family_same", "given_near"},
    {"names_swapped"},
)
_AGAINST = {"generation_differs"}


@dataclass(frozen=True, slots=True)
class Known:
    """Who has the address: the same person, if anybody, and whoever else."""

    same: Guest | None
    others: Sequence[Guest]


def known_by_address(sign_up: SignUp) -> Known:
    """Return the guests of the house who have the sign-up's address, oldest first."""
    points = ContactPoint.objects.filter(
        business=sign_up.business,
        kind=ContactPoint.Kind.EMAIL,
        normalized=sign_up.email,
    )
    guests = list(
        Guest.objects.known().filter(pk__in=points.values("guest")).order_by("pk")
    )
    described = describe(sign_up.business, [guest.pk for guest in guests])
    agreeing = [one for one in guests if _agrees(sign_up, described[one.pk])]
    same = agreeing[0] if agreeing else None
    return Known(same, [one for one in guests if one != same])


def _agrees(sign_up: SignUp, guest: Described) -> bool:
    given, family, generation = names_of(sign_up.given_name, sign_up.family_name, "")
    typed = Described(pk=0, given=given, family=family, generation=generation)
    codes = set(features_of(typed, guest, {}))
    return not codes & _AGAINST and any(names <= codes for names in _AGREE)
