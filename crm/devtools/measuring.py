"""Measurements that say how far from a limit we are, not how fast this machine is.

Every figure is taken side by side with its limit, in the same run and in turns, and what
is judged is the ratio. Nothing here fails because a machine is slow.

A new measurement is a function with ``@bench("name")`` that yields figures, in a module
that ``crm.devtools.bench`` names.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

ROUNDS = 60
WARM_UP = 5
Act = Callable[[], object]


class Seconds:
    """What an act returns that measured itself: how long the database took."""

    def __init__(self) -> None:
        self.spent = 0.0

    def watch(self, execute: Callable[..., Any], *question: Any) -> Any:
        """Wrap one question to the database, see ``connection.execute_wrapper``."""
        started = time.perf_counter()
        try:
            return execute(*question)
        finally:
            self.spent += time.perf_counter() - started


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one act, many times."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement beside its limit.

    ``goal`` is the ratio we want to stay under, of the slow ones (p95) to the slow ones;
    ``target`` are milliseconds for them, which are printed and judge nothing.
    """

    name: str
    times: Times
    limit_name: str
    limit: Times
    goal: float | None = None
    target: float | None = None

    @property
    def ratio(self) -> float:
        return self.times.p95 / self.limit.p95


# Takes the short name of the house to measure in.
Bench = Callable[[str], Iterator[Figure]]
BENCHES: dict[str, Bench] = {}


def bench(name: str) -> Callable[[Bench], Bench]:
    """Register a measurement under ``name``, which ``make bench ARGS=name`` chooses."""

    def register(function: Bench) -> Bench:
        BENCHES[name] = function
        return function

    return register


def side_by_side(*acts: Act, rounds: int = ROUNDS) -> list[Times]:
    """Time the acts in turns, so that what the machine does meets them all alike.

    An act that returns ``Seconds`` took those.
    """
    seconds: list[list[float]] = [[] for _act in acts]
    for turn in range(WARM_UP + rounds):
        for act, taken in zip(acts, seconds, strict=True):
            started = time.perf_counter()
            result = act()
            elapsed = time.perf_counter() - started
            if turn >= WARM_UP:
                taken.append(result.spent if isinstance(result, Seconds) else elapsed)
    return [_times(taken) for taken in seconds]


def _times(seconds: list[float]) -> Times:
    percentiles = statistics.quantiles(seconds, n=20, method="inclusive")
    return Times(p50=1000 * percentiles[9], p95=1000 * percentiles[18])
