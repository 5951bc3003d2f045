"""What guests are compared by, read for many at once and folded."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import OuterRef, Subquery

from crm.tenancy.models import Business
from customers.duplicates.nicknames import folded
from customers.models import ContactPoint, Guest

# Said of who is the older or the younger of two with one name.
_GENERATION_WORDS = "jr jun junior sr sen senior ii iii"
_WORDS_BETWEEN = "af av da de del den der di du la le ten ter van von zu zum zur"
_TITLE_WORDS = "dr frau fru herr herra hr lady madame mr mrs ms prof rouva"
_STREET_WORDS = """gate gata gaten gt gatan gade str strasse street st vej vei veg veien
    vegen v vagen katu road rd"""
_GENERATIONS = frozenset(_GENERATION_WORDS.split())
_BETWEEN = frozenset(_WORDS_BETWEEN.split())
_TITLES = frozenset(_TITLE_WORDS.split())
_STREETS = frozenset(_STREET_WORDS.split())

NEVER_YET = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One guest as duplicates are found by: folded words, addresses as compared."""

    pk: int
    given: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    generation: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    birthday: tuple[int, int] | None = None
    street: str = ""
    postal_code: str = ""
    city: str = ""
    company: int | None = None
    household: int | None = None
    updated_at: datetime = NEVER_YET


def describe(business: Business, ids: Collection[int]) -> dict[int, Described]:
    """Return who of ``ids`` is known, by id, in one query."""
    rows = Guest.objects.known().filter(business=business, pk__in=ids).values_list(
        "pk", "given_name", "family_name", "display_name",
        "birthday_month", "birthday_day", "street", "postal_code", "city",
        "company", "household", "updated_at", _points("email"), _points("phone"),
    )  # fmt: skip
    return {row[0]: _described(*row) for row in rows.iterator(chunk_size=5_000)}


def _points(kind: str) -> Subquery:
    points = ContactPoint.objects.filter(guest=OuterRef("pk"), kind=kind).order_by()
    values = points.values("guest").annotate(all=ArrayAgg("normalized"))
    return Subquery(values.values("all"))


def _described(
    pk: int, given: str, family: str, display: str, month: int | None,
    day: int | None, street: str, postal_code: str, city: str, company: int | None,
    household: int | None, updated_at: datetime, emails: Any, phones: Any,
) -> Described:  # fmt: skip
    given_words, family_words, generation = names_of(given, family, display)
    return Described(
        pk=pk,
        given=given_words,
        family=family_words,
        generation=generation,
        emails=frozenset(emails or ()),
        phones=frozenset(phones or ()),
        birthday=(month, day) if month and day else None,
        street=_street(street),
        postal_code=folded(postal_code).replace(" ", ""),
        city=_fold(city),
        company=company,
        household=household,
        updated_at=updated_at,
    )


def names_of(
    given: str, family: str, display: str
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return the words of the given and of the family name, and "jr" or the like.

    What is not told apart is taken from the name as it is read: the last word is the
    family's.
    """
    firsts, lasts = _fold(given).split(), _fold(family).split()
    if not firsts or not lasts:
        rest = _fold(display).split()
        rest = [word for word in rest if word not in firsts and word not in lasts]
        if lasts:
            firsts = rest
        elif firsts:
            lasts = rest
        else:
            named = [word for word in rest if word not in _GENERATIONS]
            firsts, lasts = (
                named[:-1],
                named[-1:] + [word for word in rest if word in _GENERATIONS],
            )
    generation = "".join(sorted(_GENERATIONS.intersection(firsts + lasts)))
    return _words(firsts, _TITLES), _words(lasts, _BETWEEN), generation[:2]


def _words(words: list[str], beside: frozenset[str]) -> tuple[str, ...]:
    kept = [word for word in words if word not in _GENERATIONS]
    return tuple([word for word in kept if word not in beside] or kept)


def _street(text: str) -> str:
    """Return a street as compared: with one word for what streets are called."""
    words = _fold(text).split()
    return " ".join("street" if word in _STREETS else word for word in words)


@lru_cache(maxsize=50_000)
def _fold(text: str) -> str:
    return folded(text)
