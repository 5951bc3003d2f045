"""Finding somebody, and the pages around it, in a house of any size.

The limit is one plain query of the same run: three letters within one folded column
with one trigram index and the last visit beside it, the last fifty who came. Nothing
that finds letters anywhere can ask PostgreSQL for less.
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from random import Random
from typing import Any

from django.db import connection
from django.test import Client

from crm.devtools.measuring import Act, Figure, Seconds, bench, side_by_side
from crm.devtools.page_benches import get, signed_in
from crm.tenancy.models import Business
from customers.models import Guest, GuestSummary, known
from customers.searching.found_guests import MOST
from customers.searching.search import search_guests

GOAL = 2.0
# Milliseconds, by the size of the house.
TARGETS = ((1_000_000, 150.0), (100_000, 50.0))
SAMPLES = 60
_LIMIT = "three letters in one column"
_TYPED = {"HX-Request": "true", "HX-Target": "found"}

Typed = Callable[[Guest, Random], str]

_REFERENCE = (
    """
    CREATE TABLE bench_trigram AS
    SELECT guest_id AS id, line, came_on FROM customers_searchline
    WHERE business_id = %s ORDER BY guest_id
    """,
    "CREATE INDEX ON bench_trigram USING gin (line gin_trgm_ops)",
    "CREATE INDEX ON bench_trigram (came_on DESC)",
    "VACUUM ANALYZE bench_trigram",
)
_ASK_REFERENCE = """
SELECT id, line FROM bench_trigram WHERE line LIKE %s ORDER BY came_on DESC LIMIT 50
"""


def _word(guest: Guest, rng: Random, *, least: int = 3) -> str:
    words = [word for word in guest.display_name.split() if len(word) >= least]
    return rng.choice(words or ["Hansen"])


def _within(guest: Guest, rng: Random) -> str:
    word = _word(guest, rng)
    start = rng.randrange(len(word) - 2)
    return word[start : start + 3]


def _misspelt(guest: Guest, rng: Random) -> str:
    word = _word(guest, rng, least=5)
    place = rng.randrange(1, len(word) - 2)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return rng.choice([swapped, f"{word[:place]}x{word[place + 1 :]}"])


def _other_accents(guest: Guest, rng: Random) -> str:
    word = _word(guest, rng)
    bare = unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode()
    return bare if bare != word and bare else word.replace("e", "é").replace("a", "å")


def _address(guest: Guest, kind: str) -> str:
    points = [point for point in guest.contact_points.all() if point.kind == kind]
    return points[0].normalized if points else ""


CLASSES: dict[str, Typed] = {
    "1 letter": lambda guest, rng: _word(guest, rng)[:1],
    "2 letters": lambda guest, rng: _word(guest, rng)[:2],
    "3 letters": lambda guest, rng: _word(guest, rng)[:3],
    "3 letters within a name": _within,
    "a full name": lambda guest, rng: guest.display_name,
    "a misspelt name": _misspelt,
    "other accents": _other_accents,
    "part of an email": lambda guest, rng: _address(guest, "email").partition("@")[0],
    "last four digits": lambda guest, rng: _address(guest, "phone")[-4:],
    "a member number": lambda guest, rng: guest.member_number,
    "nobody": lambda guest, rng: f"qx{_word(guest, rng)}zq",
}


@bench("search")
def measure_search(slug: str) -> Iterator[Figure]:
    """What is typed, then the pages around it: in the database, and whole."""
    business = Business.objects.get(slug=slug)
    rng = Random(1)  # noqa: S311 -- believable, not secret
    guests = _some_guests(business, rng)
    target = _target(business)
    with _reference(business), signed_in() as client:
        letters = cycle([_within(rng.choice(guests), rng) for _ in range(SAMPLES)])
        limit = _asking(lambda: _ask_reference(next(letters)))
        for name, typed_by in CLASSES.items():
            typed = _samples(typed_by, guests, rng)
            if not typed:
                # A house without member numbers, for instance.
                continue
            yield from _figures(
                name,
                _search(business, typed),
                _drop(client, slug, typed),
                limit,
                target,
            )
        for name, paths in _pages(business, guests, rng).items():
            page = _visit(client, cycle(paths))
            yield from _figures(name, _asking(page), page, limit, target)


def _figures(
    name: str, query: Act, page: Act, limit: Act, target: float | None
) -> Iterator[Figure]:
    queries, pages, limits = side_by_side(query, page, limit)
    yield Figure(name, queries, _LIMIT, limits, goal=GOAL, target=target)
    yield Figure(f"  {name}, page", pages, _LIMIT, limits, target=target)


def _some_guests(business: Business, rng: Random) -> list[Guest]:
    last = business.guests.order_by("-pk").values_list("pk", flat=True)[0]
    first = business.guests.order_by("pk").values_list("pk", flat=True)[0]
    some = [rng.randint(first, last) for _ in range(20 * SAMPLES)]
    return list(
        business.guests.filter(known(), pk__in=some)
        .order_by("pk")
        .prefetch_related("contact_points")
    )


def _samples(typed_by: Typed, guests: list[Guest], rng: Random) -> "list[str]":
    mixed = rng.sample(guests, len(guests))
    typed = [text for guest in mixed if (text := typed_by(guest, rng))]
    return typed[:SAMPLES]


def _target(business: Business) -> float | None:
    there = business.guests.count()
    return next((target for size, target in TARGETS if there >= size), None)


def _search(business: Business, typed: list[str]) -> Act:
    turns = cycle(typed)
    return _asking(lambda: list(search_guests(business, next(turns), most=MOST + 1)))


def _drop(client: Client, slug: str, typed: list[str]) -> Act:
    turns = cycle(typed)
    path = f"/{slug}/guests/"
    return lambda: get(client, path, {"q": next(turns)}, headers=_TYPED)


def _visit(client: Client, paths: Iterator[str]) -> Act:
    return lambda: get(client, next(paths))


def _pages(
    business: Business, guests: list[Guest], rng: Random
) -> dict[str, list[str]]:
    home = f"/{business.slug}"
    profiles = rng.sample(guests, min(SAMPLES, len(guests)))
    return {
        "list, first page": [f"{home}/guests/"],
        "list, in the middle": [f"{home}/guests/?after={_in_the_middle(business)}"],
        "profile": [f"{home}/guests/{guest.uuid}/" for guest in profiles],
        "Today": [f"{home}/today/"],
    }


def _in_the_middle(business: Business) -> Any:
    rows = GuestSummary.objects.filter(business=business, last_visit_on__isnull=False)
    ordered = rows.order_by("-last_visit_on", "-guest")
    return ordered.values_list("guest__uuid", flat=True)[rows.count() // 2]


def _asking(act: Act) -> Act:
    """Return an act that takes as long as the database took."""

    def timed() -> Seconds:
        spent = Seconds()
        with connection.execute_wrapper(spent.watch):
            act()
        return spent

    return timed


def _ask_reference(letters: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ASK_REFERENCE, [f"%{letters.lower()}%"])
        cursor.fetchall()


@contextmanager
def _reference(business: Business) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_trigram")
        for statement in _REFERENCE:
            if "VACUUM" not in statement or not connection.in_atomic_block:
                cursor.execute(statement, [business.pk] if "%s" in statement else None)
        try:
            yield
        finally:
            cursor.execute("DROP TABLE bench_trigram")
