"""Words of the house's names that somebody may have meant.

One edit is a letter too many, too few or wrong, or two neighbours swapped. Whatever was
done to a word, part of it is untouched: words that share such a part are fetched by
index, and only they are compared.
"""

from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from crm.tenancy.models import Business
from customers.searching.conditions import like
from customers.searching.name_words import is_plain

SHORTEST = 4
# From this length on the end may not be typed yet,
SHORTEST_BEGINNING = 6
# and two edits may have been made, where no word is one edit away.
LONG = 8
MOST_NEAR = 6

_ALIKE = """
SELECT word, sum(guests) FROM ({sources}) AS alike
WHERE least({distances}) <= {most}
GROUP BY word HAVING sum(guests) > 0
"""
_SOURCE = """
SELECT id, word, guests FROM customers_nameword
WHERE business_id = {business}::bigint AND {condition}
"""


@dataclass(frozen=True, slots=True)
class NearWord:
    """A word of the house's names, how far from what was typed, and of how many."""

    word: str
    edits: int
    guests: int


def near_words(business: Business, *spellings: str) -> list[NearWord]:
    """Return words that may have been meant, the nearest and most usual first.

    Words that hold what was typed as it stands are not among them. Costs at most two
    queries for each of the ``spellings`` of what was typed.
    """
    typed = [text for text in spellings if len(text) >= SHORTEST and is_plain(text)]
    near = [found for text in typed for found in _within(business, text, 1)]
    if not near:
        long = [text for text in typed if len(text) >= LONG]
        near = [found for text in long for found in _within(business, text, 2)]
    near.sort(key=lambda found: (found.edits, -found.guests, found.word))
    return list({found.word: found for found in reversed(near[:MOST_NEAR])}.values())


def edits_between(typed: str, word: str) -> int:
    """Return how many edits make ``word`` of ``typed``: of its beginning, if long."""
    before: list[int] = []
    last = list(range(len(word) + 1))
    for row, letter in enumerate(typed, start=1):
        this = [row]
        for column, other in enumerate(word, start=1):
            cost = min(
                last[column] + 1,
                this[column - 1] + 1,
                last[column - 1] + (letter != other),
            )
            if (
                row > 1
                and column > 1
                and letter == word[column - 2]
                and typed[row - 2] == other
            ):
                cost = min(cost, before[column - 2] + 1)
            this.append(cost)
        before, last = last, this
    return min(last) if len(typed) >= SHORTEST_BEGINNING else last[-1]


def _within(business: Business, typed: str, edits: int) -> list[NearWord]:
    near = []
    for word, guests in _alike(business, typed, edits):
        distance = edits_between(typed, word)
        if distance <= edits and typed not in word:
            near.append(NearWord(word, distance, int(guests)))
    return near


def _alike(business: Business, typed: str, edits: int) -> list[tuple[str, int]]:
    """Return words that may be so near, with how many guests have them."""
    patterns = _halves(typed) if edits == 1 else _thirds(typed)
    column = sql.Identifier("word")
    lengths = range(len(typed) - edits, len(typed) + edits + 1)
    compared: list[sql.Composable] = [column]
    if len(typed) >= SHORTEST_BEGINNING:
        compared = [sql.SQL("left(word, {})").format(length) for length in lengths]
    # Two swapped letters are two edits to PostgreSQL.
    most = sql.Literal(2 * edits)
    distances = (
        sql.SQL("levenshtein_less_equal({}, {}, {})").format(part, typed, most)
        for part in compared
    )
    sources = (
        sql.SQL(_SOURCE).format(business=business.pk, condition=like(column, pattern))
        for pattern in patterns
    )
    query = sql.SQL(_ALIKE).format(
        sources=sql.SQL(" UNION ").join(sources),
        distances=sql.SQL(", ").join(distances),
        most=most,
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def _halves(typed: str) -> list[str]:
    """Return patterns of which every word within one edit fits one."""
    middle = len(typed) // 2
    end = "%" if len(typed) >= SHORTEST_BEGINNING else ""
    return [
        f"{typed[:middle]}%",
        f"%{typed[middle:]}{end}",
        f"{_swapped(typed, middle)}{end}",
    ]


def _thirds(typed: str) -> list[str]:
    """Return patterns of which every word within two edits fits one."""
    one, two = len(typed) // 3, 2 * len(typed) // 3
    return [
        f"{typed[:one]}%",
        f"%{typed[one:two]}%",
        f"%{typed[two:]}%",
        # Neighbours swapped across a seam, and another edit in the part beyond.
        f"{_swapped(typed, one)[:two]}%",
        f"%{_swapped(typed, two)[one:]}%",
        f"{_swapped(_swapped(typed, one), two)}%",
    ]


def _swapped(typed: str, place: int) -> str:
    return f"{typed[: place - 1]}{typed[place]}{typed[place - 1]}{typed[place + 1 :]}"
