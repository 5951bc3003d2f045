"""Who is in the register twice: one new guest, and a thousand of a look through all.

The limit is to read the same guests with their addresses, in two plain queries.
"""

from collections.abc import Callable, Iterator
from itertools import cycle
from random import Random

from django.utils import timezone

from crm.devtools.measuring import Act, Figure, bench, side_by_side
from crm.tenancy.models import Business
from customers.duplicates.finding import find_pairs
from customers.duplicates.looking import look_at_changed
from customers.models import DuplicateRules

SAMPLES = 60
MANY = 1_000
# Milliseconds. A thousand in 600 are a million in ten minutes.
ONE_TARGET, MANY_TARGET = 50.0, 600.0
_HOUR = 3_600


@bench("duplicates")
def measure_duplicates(slug: str) -> Iterator[Figure]:
    business = Business.objects.get(slug=slug)
    DuplicateRules.objects.filter(business=business).update(looked_at=None)
    look_at_changed(now=timezone.now(), seconds=_HOUR)
    ids = list(business.guests.known().order_by("pk").values_list("pk", flat=True))
    rng = Random(1)  # noqa: S311 -- believable, not secret
    ones = [[guest] for guest in rng.sample(ids, min(SAMPLES, len(ids)))]
    starts = [rng.randrange(max(1, len(ids) - MANY)) for _ in range(SAMPLES)]
    many = [ids[start : start + MANY] for start in starts]
    for name, some, target, rounds in (
        ("one guest", ones, ONE_TARGET, 60),
        ("a thousand guests", many, MANY_TARGET, 10),
    ):
        compared, read = side_by_side(
            _in_turns(some, lambda guests: _compare(business, guests)),
            _in_turns(some, lambda guests: _read(business, guests)),
            rounds=rounds,
        )
        yield Figure(name, compared, "read with addresses", read, target=target)


def _in_turns(some: list[list[int]], act: Callable[[list[int]], object]) -> Act:
    turns = cycle(some)
    return lambda: act(next(turns))


def _compare(business: Business, guests: list[int]) -> int:
    older_only = len(guests) > 1
    return find_pairs(business, guests, now=timezone.now(), older_only=older_only)


def _read(business: Business, guests: list[int]) -> int:
    known = business.guests.known().filter(pk__in=guests)
    return len(known.prefetch_related("contact_points"))
