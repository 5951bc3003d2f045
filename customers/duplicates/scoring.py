"""How likely two guests are one person, 0 to 100, from what speaks for and against.

Every weight is written here and nothing is learnt in secret: a house can read why two
guests were put before it. The weights were fixed on other made-up registers than the
ones they are tested on, see tests/customers/duplicates.
"""

from collections.abc import Collection
from math import log2

# Below this a pair is not even kept.
LEAST_KEPT = 40

_BEGIN, _STEP = 30.0, 5.0
# Who lives alike and was born on one day may be called by a name we do not know.
_UNKNOWN_SHORT_FORM = 6.0
# What a name nobody else has adds, and how many others take that away again.
_RARE_NAME, FEW_NAMESAKES = 1.0, 0.5

WEIGHTS = {
    "given_same": 3.0,
    "given_longer": 2.5,
    "given_nickname": 2.0,
    "given_near": 1.5,
    "given_partly": 0.5,
    "given_initial": 0.5,
    # Jan and Jon, Kristian and Kristine: both are names, so nobody mistyped one.
    "given_other_name": -7.0,
    "given_differs": -15.0,
    "family_same": 3.0,
    "family_near": 1.5,
    "family_partly": 1.5,
    "family_differs": -5.0,
    "names_swapped": 5.0,
    "names_swapped_nearly": 3.5,
    "email_same": 7.0,
    "email_of_many": 3.0,
    "email_near": 2.5,
    "email_differs": -1.0,
    "phone_same": 5.0,
    "phone_of_many": 1.5,
    "phone_near": 1.5,
    "phone_differs": -2.5,
    "birthday_same": 5.0,
    "birthday_turned": 3.0,
    "birthday_differs": -10.0,
    "address_same": 4.0,
    "postal_code_same": 0.5,
    "town_same": 0.5,
    "town_differs": -0.5,
    "address_differs": -1.5,
    "company_same": 1.0,
    "generation_differs": -6.0,
    "household_same": -30.0,
}

# However much else speaks for it, somebody must look.
MOST_UNSURE = 89
_CEILINGS = {
    # Brothers and sisters, fathers and sons share everything but this.
    "names_swapped_nearly": MOST_UNSURE,
    "given_longer": MOST_UNSURE,
    "given_nickname": MOST_UNSURE,
    "given_near": MOST_UNSURE,
    "given_partly": MOST_UNSURE,
    "given_initial": MOST_UNSURE,
    "given_other_name": 80,
    "given_differs": 80,
    "family_differs": MOST_UNSURE,
    "phone_differs": MOST_UNSURE,
    "birthday_turned": MOST_UNSURE,
    "birthday_differs": 80,
    "generation_differs": 80,
    # Somebody wrote down that the two live together: they know them both.
    "household_same": 0,
}
# A birthday in common says that what is unlike is a slip, a short form or a new number.
_SETTLED_BY_BIRTHDAY = frozenset(("given_nickname", "given_near", "phone_differs"))
_GIVEN = frozenset(
    ("given_same", "given_longer", "given_nickname", "given_near", "names_swapped")
)
_FAMILY = frozenset(("family_same", "family_near", "family_partly", "names_swapped"))
_PROOFS = frozenset(("email_same", "phone_same", "birthday_same", "address_same"))


def score_of(codes: Collection[str], *, namesakes: float = 0.0) -> int:
    """Return how likely it is that the two are one, 0 to 100.

    ``namesakes`` is how many other guests of the house may be expected to have the
    name by chance; it matters where no address is shared.
    """
    weight = sum(WEIGHTS[code] for code in codes)
    if {"given_differs", "birthday_same"} <= set(codes):
        weight += _UNKNOWN_SHORT_FORM
    if not {"email_same", "phone_same"} & set(codes):
        weight += _RARE_NAME - min(4.0, log2(1 + namesakes / FEW_NAMESAKES))
    score = round(min(100.0, max(0.0, _BEGIN + _STEP * weight)))
    return min(score, _ceiling(set(codes)))


def _ceiling(codes: set[str]) -> int:
    tops = [
        top
        for code, top in _CEILINGS.items()
        if code in codes
        and not (code in _SETTLED_BY_BIRTHDAY and "birthday_same" in codes)
    ]
    if not _is_proved(codes):
        tops.append(MOST_UNSURE)
    return min(tops, default=100)


def _is_proved(codes: set[str]) -> bool:
    """Return whether a whole name is tied by two things, one of them a person's own.

    Families share a phone and a home, and sometimes the name of father and son as well.
    """
    if not (_GIVEN & codes and _FAMILY & codes):
        return False
    return len(_PROOFS & codes) >= 2 and bool({"email_same", "birthday_same"} & codes)
