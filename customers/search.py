"""Find guests by what people remember: a bit of a name, a number, an address."""

import re
from dataclasses import dataclass

from django.db.models import Case, F, Q, QuerySet, Value, When

from crm.core.text import search_key
from crm.tenancy.models import Business
from customers.models import Guest

# Shorter words have no three letters for the index to look up; they must begin a word.
SHORTEST_INSIDE = 3

# A few letters can match half the register. Beyond this many, in no order, the ranking
# would cost more than it tells; the person will type another letter.
MOST_CANDIDATES = 5_000

_NUMBER = re.compile(r"[0-9\s()./+-]+")
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, folded like ``Guest.search_text``, in pieces that must all match.

    ``whole`` is the folded text itself, for ranking.
    """

    whole: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> "Query":
        """Read what was typed. A phone number is one piece, however it is spaced."""
        # PostgreSQL has no text with a zero byte, so nothing can match one.
        whole = search_key(typed.replace("\0", " "))[:100]
        digits = re.sub(r"\D", "", whole)
        if _NUMBER.fullmatch(whole) and len(digits) >= SHORTEST_INSIDE:
            # 00 47 and 070 are dialled; stored numbers begin with the country code.
            digits = digits.lstrip("0") or digits
            return cls(whole=digits, words=(digits,))
        return cls(whole=whole, words=tuple(dict.fromkeys(whole.split()))[:_MOST_WORDS])


def search_guests(business: Business, typed: str) -> QuerySet[Guest]:
    """Return the guests that every typed word fits, the likeliest first.

    First whose name is just that, then whose name begins so, then where each word
    begins a word, then the rest; among equals the one who was here last. Summaries
    come with them. Nothing typed finds nobody.
    """
    query = Query.of(typed)
    if not query.words:
        return Guest.objects.none()
    candidates = _matching(business, query).values("pk")[:MOST_CANDIDATES]
    return (
        Guest.objects.filter(pk__in=candidates)
        .select_related("summary", "company")
        .annotate(likeliness=_likeliness(query, typed))
        .order_by(
            "likeliness",
            F("summary__last_visit_on").desc(nulls_last=True),
            "name_sort_key",
            "pk",
        )
    )


def _matching(business: Business, query: Query) -> QuerySet[Guest]:
    wanted = Q()
    for word in query.words:
        if len(word) < SHORTEST_INSIDE:
            wanted &= _begins_a_word(word)
        else:
            wanted &= Q(search_text__contains=word)
    return Guest.objects.filter(wanted, business=business, erased_at=None)


def _likeliness(query: Query, typed: str) -> Case:
    all_begin = Q()
    for word in query.words:
        all_begin &= _begins_a_word(word)
    return Case(
        When(display_name__iexact=typed.replace("\0", "").strip(), then=Value(0)),
        When(search_text__startswith=query.whole, then=Value(1)),
        When(all_begin, then=Value(2)),
        default=Value(3),
    )


def _begins_a_word(word: str) -> Q:
    # Written out, because the index reads a beginning from LIKE and not from a regular
    # expression.
    return (
        Q(search_text__startswith=word)
        | Q(search_text__contains=f" {word}")
        | Q(search_text__contains=f"-{word}")
    )
