"""What speaks for two guests being one person, and what against: codes, no judgement.

The judgement is in ``scoring.py``, the words for people in ``reasons.py``.
"""

from collections.abc import Mapping

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from customers.duplicates.describing import Described
from customers.duplicates.nicknames import is_said_for

# A word that so many guests are called is a name, and no slip of the keys.
USUAL_FROM = 3
# An address that so many guests have is a firm's, or a large family's.
MANY_FROM = 5
Counts = Mapping[str, int]


def features_of(one: Described, other: Described, counts: Counts) -> tuple[str, ...]:
    """Return codes of what the two have in common and where they differ.

    ``counts`` says how many guests of the house have a folded word in their name, and
    how many have an address that the two share.
    """
    codes = [
        *_names(one, other, counts),
        _shared("email", one.emails, other.emails, counts),
        _shared("phone", one.phones, other.phones, counts),
        _birthday(one, other),
        _address(one, other),
        "company_same" if one.company and one.company == other.company else "",
        "generation_differs" if one.generation != other.generation else "",
        "household_same" if one.household and one.household == other.household else "",
    ]
    return tuple(code for code in codes if code)


def _names(one: Described, other: Described, counts: Counts) -> tuple[str, ...]:
    given = _given(one.given, other.given, counts)
    family = _family(one.family, other.family)
    is_other = given in {"given_differs", "given_other_name"}
    swapped = _swapped(one, other) if is_other else ""
    return (swapped,) if swapped else (given, family)


def _swapped(one: Described, other: Described) -> str:
    """Return how well the names agree when one of the two was written the wrong way."""
    if not (one.given and one.family and other.given and other.family):
        return ""
    likeness = {_family(one.given, other.family), _family(one.family, other.given)}
    if likeness == {"family_same"}:
        return "names_swapped"
    return "" if "family_differs" in likeness else "names_swapped_nearly"


def _given(one: tuple[str, ...], other: tuple[str, ...], counts: Counts) -> str:
    if not one or not other:
        return ""
    if one == other or "".join(one) == "".join(other):
        return "given_same"
    first, second = one[0], other[0]
    if first == second:
        # "Nora" and "Nora Marie" may be one; "Nora Marie" and "Nora Kristin" hardly.
        return "given_longer" if 1 in (len(one), len(other)) else "given_partly"
    if 1 in (len(first), len(second)):
        return "given_initial" if first[0] == second[0] else "given_differs"
    if not set(one).isdisjoint(other):
        return "given_partly"
    if is_said_for(first, second):
        return "given_nickname"
    if is_near(first, second):
        usual = min(counts.get(first, 0), counts.get(second, 0)) >= USUAL_FROM
        return "given_other_name" if usual else "given_near"
    # Mags may be Magnus, and Anna is not Annika.
    return "given_other_name" if first[:3] == second[:3] else "given_differs"


def _family(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    if not one or not other:
        return ""
    joined = "".join(one), "".join(other)
    if joined[0] == joined[1] or set(one) == set(other):
        return "family_same"
    if not set(one).isdisjoint(other):
        return "family_partly"
    return "family_near" if is_near(*joined) else "family_differs"


def is_near(one: str, other: str) -> bool:
    """Return whether a slip or two of the keys make one word the other."""
    shorter = min(len(one), len(other))
    if shorter < 2:
        return False
    if OSA.distance(one, other, score_cutoff=1) <= 1:
        return True
    return shorter >= 6 and JaroWinkler.similarity(one, other) >= 0.94


def _shared(
    kind: str, one: frozenset[str], other: frozenset[str], counts: Counts
) -> str:
    if not one or not other:
        return ""
    if both := one & other:
        have_it = min(counts.get(address, 0) for address in both)
        return f"{kind}_of_many" if have_it >= MANY_FROM else f"{kind}_same"
    near = any(_is_slip(here, there) for here in one for there in other)
    return f"{kind}_near" if near else f"{kind}_differs"


def _is_slip(one: str, other: str) -> bool:
    return (
        min(len(one), len(other)) > 6 and OSA.distance(one, other, score_cutoff=1) <= 1
    )


def _birthday(one: Described, other: Described) -> str:
    if not one.birthday or not other.birthday:
        return ""
    if one.birthday == other.birthday:
        return "birthday_same"
    is_turned = one.birthday == other.birthday[::-1]
    return "birthday_turned" if is_turned else "birthday_differs"


def _address(one: Described, other: Described) -> str:
    place = _place(one, other)
    if one.street and other.street:
        is_alike = fuzz.ratio(one.street, other.street) >= 88
        if is_alike and _numbers(one.street) == _numbers(other.street):
            return "" if place == "town_differs" else "address_same"
        return "address_differs"
    return place


def _place(one: Described, other: Described) -> str:
    if one.postal_code and one.postal_code == other.postal_code:
        return "postal_code_same"
    if one.city and other.city:
        return "town_same" if one.city == other.city else "town_differs"
    return ""


def _numbers(street: str) -> list[str]:
    return [word for word in street.split() if word[0].isdigit()]
