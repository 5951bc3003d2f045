"""The rules of the ladder, on plain values. Nothing is read or written here.

A rung is a rank: 0 is the ground floor, 1 the lowest tier. A tier is reached at once,
kept for one window at least, and lost one step at a time, at a review only. Worked
numbers: docs/domain.md.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Ladder:
    """``entry_visits`` to reach rank 1, 2, …, ascending, within ``window_days``."""

    entry_visits: tuple[int, ...]
    window_days: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands. On the ground floor both dates are None."""

    rank: int = 0
    since: date | None = None
    keeps_until: date | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A change of rank on a day."""

    day: date
    from_rank: int
    to_rank: int

    @property
    def is_up(self) -> bool:
        return self.to_rank > self.from_rank


def tier_for(visits: int, ladder: Ladder) -> int:
    """Return the rank that ``visits`` in the window earn."""
    return bisect_right(ladder.entry_visits, visits)


def visits_in_window(days: Sequence[date], ladder: Ladder, day: date) -> int:
    """Return how many of ``days``, ascending, lie in the window that ends on ``day``.

    The window is ``window_days`` long: with 365, a departure a year ago today is out.
    One after ``day`` counts, because only completed visits are among ``days``: that
    guest left early.
    """
    return len(days) - bisect_right(days, day - timedelta(days=ladder.window_days))


def raised(standing: Standing, visits: int, ladder: Ladder, day: date) -> Standing:
    """Return the standing after a visit: up at once, never down."""
    earned = tier_for(visits, ladder)
    return _entered(earned, ladder, day) if earned > standing.rank else standing


def is_review_due(standing: Standing, today: date) -> bool:
    return standing.keeps_until is not None and standing.keeps_until < today


def reviewed(
    standing: Standing, days: Sequence[date], ladder: Ladder, today: date
) -> list[Standing]:
    """Return the standings after each review that is due by ``today``; often none.

    A review counts as held on the day after the tier was to be kept, even when the
    tick came late. Who still earns the tier keeps it for another window. Who does not
    goes one step down, so that nobody falls from the top to the ground in a day.
    """
    standings = []
    while is_review_due(standing, today):
        day = _review_day(standing)
        earned = tier_for(visits_in_window(days, ladder, day), ladder)
        if earned == standing.rank:
            standing = replace(standing, keeps_until=_kept_from(day, ladder))
        else:
            standing = _entered(max(earned, standing.rank - 1), ladder, day)
        standings.append(standing)
    return standings


def replay(days: Sequence[date], ladder: Ladder, today: date) -> list[Standing]:
    """Return the standings, in order, that completed visits on ``days`` lead to.

    ``days`` are departures, ascending. Each visit counts from its own day (from
    ``today`` when that lies ahead); a review comes before the visits of its day. The
    first standing is the ground floor, the last one holds on ``today``.
    """
    standings = [Standing()]
    for index, departure in enumerate(days):
        day = min(departure, today)
        standings += reviewed(standings[-1], days[:index], ladder, day)
        visits = visits_in_window(days[: index + 1], ladder, day)
        standings.append(raised(standings[-1], visits, ladder, day))
    return standings + reviewed(standings[-1], days, ladder, today)


def moves_in(standings: Sequence[Standing]) -> list[Move]:
    """Return the changes of rank from one standing to the next."""
    return [
        Move(after.since or _review_day(before), before.rank, after.rank)
        for before, after in pairwise(standings)
        if before.rank != after.rank
    ]


def _review_day(standing: Standing) -> date:
    assert standing.keeps_until is not None, "the ground floor is never reviewed"
    return standing.keeps_until + timedelta(days=1)


def _entered(rank: int, ladder: Ladder, day: date) -> Standing:
    return Standing(rank, day, _kept_from(day, ladder)) if rank else Standing()


def _kept_from(day: date, ladder: Ladder) -> date:
    return day + timedelta(days=ladder.window_days)
