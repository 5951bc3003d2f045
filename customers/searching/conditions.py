"""What was typed, and what it asks of a search line, as SQL.

Folded text holds no sign that LIKE knows, so nothing here needs escaping beyond what
``sql.Literal`` does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from psycopg import sql

from crm.core.text import one_spelling, plain_words

# Shorter words have no three letters for the index to look up; they must begin a word.
SHORTEST_INSIDE = 3

_NUMBER = re.compile(r"[0-9\s()./+-]+")
_MOST_LETTERS = 100
_SHORTEST_DIALLED = 7
_MOST_WORDS = 8

TEXT = sql.Identifier("search_text")
LINE = sql.Identifier("line")


class Fit(IntEnum):
    """How well somebody fits what was typed, the best first."""

    EXACT = 0
    PREFIX = 1
    WORDS = 2
    INSIDE = 3
    NEAR = 4


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed, folded like ``Guest.search_text``, in words that must all fit.

    ``whole`` is the folded text itself, ``codes`` are the ways in which a number or an
    address may be kept, ``spelled`` the words before all spellings became one.
    """

    whole: str
    words: tuple[str, ...]
    codes: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()

    @classmethod
    def of(cls, typed: str) -> "Query":
        """Read what was typed. A phone number is one word, however it is spaced."""
        # PostgreSQL has no text with a zero byte, so nothing can match one.
        typed = typed.replace("\0", " ")[: 2 * _MOST_LETTERS]
        digits = re.sub(r"[^0-9]", "", typed)
        if _NUMBER.fullmatch(typed) and len(digits) >= SHORTEST_INSIDE:
            digits = number = digits[:_MOST_LETTERS]
            if len(digits) >= _SHORTEST_DIALLED:
                # 00 47 and 070 are dialled; stored numbers have no zero before them.
                number = digits.lstrip("0") or digits
            either = tuple(dict.fromkeys((digits, number)))
            return cls(number, (number,), either, (number,))
        plain = plain_words(typed)[:_MOST_LETTERS].strip()
        spelled = {one_spelling(word): word for word in plain.split()[:_MOST_WORDS]}
        whole = one_spelling(plain)
        is_code = bool(digits) or "@" in typed
        codes = (whole,) if whole and is_code else ()
        return cls(whole, tuple(spelled), codes, tuple(spelled.values()))

    @property
    def is_number(self) -> bool:
        return len(self.words) == 1 and self.words[0].isdigit()


def all_of(conditions: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL("({})").format(sql.SQL(" AND ").join(conditions))


def any_of(conditions: Iterable[sql.Composable]) -> sql.Composed:
    return sql.SQL("({})").format(sql.SQL(" OR ").join(conditions))


def like(column: sql.Composable, pattern: str) -> sql.Composed:
    return sql.SQL("{} LIKE {}").format(column, sql.Literal(pattern))


def holds(column: sql.Composable, word: str) -> sql.Composed:
    """Return that ``word`` is in the line: anywhere, or where a word begins if short."""
    short = len(word) < SHORTEST_INSIDE
    return like(column, f"% {word}%" if short else f"%{word}%")


def fits(column: sql.Composable, query: Query) -> sql.Composed:
    return all_of(holds(column, word) for word in query.words)


def begins_words(column: sql.Composable, query: Query) -> sql.Composed:
    """Return that each word begins one of the line; a number may also end one."""
    conditions = []
    for word in query.words:
        begins = like(column, f"% {word}%")
        ends = like(column, f"%{word} |%")
        conditions.append(any_of([begins, ends]) if word.isdigit() else begins)
    return all_of(conditions)


def names_and_numbers(query: Query) -> list[sql.Composed]:
    """Return what is true of guests with just that name, either way round, or number.

    One condition for each index.
    """
    names = [like(_piece(TEXT, number), f" {query.whole} ") for number in (2, 3)]
    numbers = [
        sql.SQL("{} = {}").format(sql.Identifier(column), sql.Literal(code))
        for column in ("member_number", "external_id")
        for code in query.codes
    ]
    return names + numbers


def names_that_begin(query: Query) -> list[sql.Composed]:
    """Return what is true of guests whose name begins so, either way round."""
    return [like(_piece(TEXT, number), f" {query.whole}%") for number in (2, 3)]


def how_well(query: Query) -> sql.Composed:
    """Return the ``Fit`` of a line that fits at all."""
    turned = _piece(LINE, 3)
    exact = [like(LINE, f"| {query.whole} |%"), like(turned, f" {query.whole} ")]
    exact += [like(LINE, f"%| {code} |%") for code in query.codes]
    prefix = [like(LINE, f"| {query.whole}%"), like(turned, f" {query.whole}%")]
    return sql.SQL(
        "CASE WHEN {exact} THEN 0 WHEN {prefix} THEN 1 WHEN {words} THEN 2 ELSE 3 END"
    ).format(
        exact=any_of(exact), prefix=any_of(prefix), words=begins_words(LINE, query)
    )


def _piece(column: sql.Composable, number: int) -> sql.Composed:
    return sql.SQL("split_part({}, '|', {})").format(column, sql.Literal(number))
