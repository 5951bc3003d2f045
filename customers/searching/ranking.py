"""Who fits best, in bounded time however many fit.

A few letters can fit half the register, and a rare name nobody who came lately. So those
who came last are looked through first, some thousands in one stretch of an index; where
they do not settle it, the rest is looked up by its letters. Both are exact, and neither
reads the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

from django.db import connection
from psycopg import sql

from crm.tenancy.models import Business
from customers.searching.conditions import (
    LINE,
    TEXT,
    Fit,
    Query,
    all_of,
    any_of,
    begins_words,
    fits,
    holds,
    how_well,
    like,
    names_and_numbers,
    names_that_begin,
)
from customers.searching.misspellings import NearWord, near_words

# How many of those who came last are looked through before anything is looked up,
LATELY = 2_000
# and how many at most when enough of them fit for that to go on.
FURTHER = 64_000
# Looking a guest up takes as long as looking through so many lines, about.
WORTH = 3
# Whoever more than this many fit is met sooner by looking through.
MOST_LOOKED_UP = 6_000
# With fewer found than this, typing errors are thought of; names so usual are met soon.
FEW_FOUND = 8
USUAL = 2_000
MOST_READINGS = 6

_THROUGH = """
    SELECT guest_id, came_on, line FROM customers_searchline
    WHERE business_id = {business}
    ORDER BY came_on DESC, guest_id DESC LIMIT {limit}
"""
_UP = """
    SELECT guest_id, came_on, line FROM (SELECT DISTINCT id FROM ({sources}) AS sources)
    -- One by one by key: there are some thousands at most, and the table is large.
    AS found, LATERAL (
        SELECT guest_id, came_on, line FROM customers_searchline
        WHERE guest_id = found.id OFFSET 0
    ) AS kept
"""
_SOURCE = """
    (SELECT id FROM customers_guest
     WHERE business_id = {business}::bigint AND {condition} LIMIT {limit})
"""
_BEST = """
WITH met AS MATERIALIZED ({met}), fitting AS MATERIALIZED (
    SELECT guest_id, came_on, {how_well} AS fit FROM met WHERE {condition}
)
SELECT guest_id, fit, came_on FROM (
    SELECT guest_id, fit, came_on, row_number() OVER (
        PARTITION BY fit ORDER BY came_on DESC, guest_id DESC
    ) AS place
    FROM fitting
) AS ranked WHERE place <= {most}
UNION ALL SELECT (SELECT count(*) FROM met), (SELECT count(*) FROM fitting), NULL
"""
_NEAR = sql.Literal(int(Fit.NEAR))
_EVERYBODY = sql.SQL("true")


def likeliest(business: Business, query: Query, *, most: int) -> list[tuple[int, Fit]]:
    """Return ids of at most ``most`` guests, the likeliest first, with how they fit.

    Costs one query in a small house and where many fit, some more where few do.
    """
    hits = _Hits()
    search = _Search(business.pk, how_well(query), most)
    is_everybody = search.look_through(hits, fits(LINE, query), limit=LATELY)
    if not is_everybody:
        _settle(hits, search, query)
    ranked = hits.best(most)
    if len(ranked) < min(FEW_FOUND, most) and not hits.came_on[Fit.EXACT]:
        found = {pk for pk, _fit in ranked}
        near = _misspelt(business, query, most, is_small=is_everybody)
        ranked += [row for row in near if row[0] not in found]
    return ranked[:most]


@dataclass(slots=True)
class _Hits:
    """Who fits how well, with the day they came."""

    came_on: dict[Fit, dict[int, date]] = field(
        default_factory=lambda: {fit: {} for fit in Fit}
    )
    # Up to this fit, nobody is missing who would be among the first.
    settled: int = -1
    # How many fit of those who were met last, also beyond the first.
    fitting: int = 0

    def best(self, most: int) -> list[tuple[int, Fit]]:
        ranked = []
        for fit, days in self.came_on.items():
            order = sorted(days, key=lambda pk: (days[pk], pk), reverse=True)
            ranked += [(pk, fit) for pk in order]
        return ranked[:most]

    def are_enough(self, most: int) -> bool:
        """Return whether the first ``most`` are certain.

        Who came last is met first: of those who fit equally well, the first are right
        as soon as there are enough of them.
        """
        count = 0
        for fit, days in self.came_on.items():
            count += len(days)
            if count >= most or fit > self.settled:
                break
        return count >= most

    def up_to(self, fit: Fit) -> int:
        """Return how many fit so well or better."""
        return sum(len(days) for kind, days in self.came_on.items() if kind <= fit)

    def __len__(self) -> int:
        return sum(map(len, self.came_on.values()))


@dataclass(frozen=True, slots=True)
class _Search:
    """One question to one house; ``how_well`` gives the fit of a line."""

    business_id: int
    how_well: sql.Composable
    most: int

    def look_through(
        self, hits: _Hits, condition: sql.Composable, *, limit: int | None
    ) -> bool:
        """Add who fits of those who came last, and return whether that was everybody."""
        met = sql.SQL(_THROUGH).format(
            business=sql.Literal(self.business_id),
            limit=sql.SQL("ALL") if limit is None else sql.Literal(limit),
        )
        count = self._add(hits, met, condition)
        return limit is None or count < limit

    def look_up(self, hits: _Hits, conditions: Sequence[sql.Composable]) -> bool:
        """Add whom one of the conditions is true of, and return whether that was all."""
        sources = (
            sql.SQL(_SOURCE).format(
                business=sql.Literal(self.business_id),
                condition=condition,
                limit=sql.Literal(MOST_LOOKED_UP),
            )
            for condition in conditions
        )
        met = sql.SQL(_UP).format(sources=sql.SQL(" UNION ALL ").join(sources))
        return self._add(hits, met, _EVERYBODY) < MOST_LOOKED_UP

    def _add(self, hits: _Hits, met: sql.Composable, condition: sql.Composable) -> int:
        query = sql.SQL(_BEST).format(
            met=met,
            how_well=self.how_well,
            condition=condition,
            most=sql.Literal(self.most),
        )
        with connection.cursor() as cursor:
            cursor.execute(query)
            *rows, (met_count, fitting_count, _no_day) = cursor.fetchall()
        for pk, fit, came_on in rows:
            hits.came_on[Fit(fit)][pk] = came_on
        hits.fitting = int(fitting_count)
        return int(met_count)


def _settle(hits: _Hits, search: _Search, query: Query) -> None:
    """Go on until the first are certain, the narrowest question first."""
    everything = (Fit.INSIDE, [fits(TEXT, query)])
    levels = [
        (Fit.EXACT, names_and_numbers(query)),
        (Fit.PREFIX, names_that_begin(query)),
        (Fit.WORDS, [begins_words(TEXT, query)]),
        everything,
    ]
    if not _is_worth_going_on(hits.fitting, search.most):
        levels = [everything]
    went_further = False
    for fit, conditions in levels:
        if hits.are_enough(search.most):
            return
        met = hits.up_to(fit)
        if not went_further and _is_worth_going_on(met, search.most):
            went_further = True
            limit = min(FURTHER, 2 * LATELY * search.most // met)
            if search.look_through(hits, fits(LINE, query), limit=limit):
                return
            if hits.are_enough(search.most):
                return
        if not search.look_up(hits, conditions):
            search.look_through(hits, fits(LINE, query), limit=None)
            return
        hits.settled = fit


def _is_worth_going_on(met: int, most: int) -> bool:
    """Return whether so many met lately promise to meet ``most`` before long.

    The more were met, the fewer lines are left to look through and the more guests
    there would be to look up.
    """
    return WORTH * met * met >= most


def _misspelt(
    business: Business, query: Query, most: int, *, is_small: bool
) -> list[tuple[int, Fit]]:
    """Return whom the words would fit if one of them were misspelt, or all were."""
    near = {
        word: near_words(business, *dict.fromkeys((word, spelled)))
        for word, spelled in zip(query.words, query.spelled, strict=True)
    }
    guests = sum(found.guests for found in chain(*near.values()))
    is_usual = len(query.words) == 1 and guests >= USUAL
    search, hits = _Search(business.pk, _NEAR, most), _Hits()
    for readings in (_one_misspelt, _all_misspelt):
        up, through = readings(TEXT, query, near), readings(LINE, query, near)
        if not up or len(hits):
            continue
        if is_small or is_usual:
            search.look_through(hits, any_of(through), limit=LATELY)
        is_open = not is_small and len(hits) < most
        if is_open and not search.look_up(hits, up):
            search.look_through(hits, any_of(through), limit=FURTHER)
    return hits.best(most)


def _one_misspelt(
    column: sql.Composable, query: Query, near: dict[str, list[NearWord]]
) -> list[sql.Composable]:
    """Return what is true where one word is another, the likeliest ones."""
    pairs = [(word, meant) for word, words in near.items() for meant in words]
    pairs.sort(key=lambda pair: (pair[1].edits, -pair[1].guests))
    return [
        all_of(
            [
                *(holds(column, other) for other in query.words if other != word),
                like(column, f"% {meant.word} %"),
            ]
        )
        for word, meant in pairs[:MOST_READINGS]
    ]


def _all_misspelt(
    column: sql.Composable, query: Query, near: dict[str, list[NearWord]]
) -> list[sql.Composable]:
    if len(query.words) < 2 or not all(near.values()):
        return []
    return [
        all_of(
            any_of(like(column, f"% {meant.word} %") for meant in words)
            for words in near.values()
        )
    ]
