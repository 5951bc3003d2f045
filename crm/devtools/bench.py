"""Measurements that say how far from a limit we are, not how fast this machine is.

Every figure is taken side by side with its limit, in the same run and in turns, and what
is judged is the ratio. Nothing here fails because a machine is slow.

A new measurement is a function with ``@bench("name")`` that yields figures.
"""

import argparse
import importlib
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crm.devtools.prepare import prepare
from crm.devtools.processes import CannotStart
from crm.devtools.running import run_with_servers
from crm.devtools.servers import missing_servers

ROUNDS = 60
WARM_UP = 5
Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of one act, many times."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement beside its limit. ``goal`` is the ratio we want to stay under."""

    name: str
    times: Times
    limit_name: str
    limit: Times
    goal: float | None = None

    @property
    def ratio(self) -> float:
        return self.times.p50 / self.limit.p50


Bench = Callable[[], Iterator[Figure]]
BENCHES: dict[str, Bench] = {}


def bench(name: str) -> Callable[[Bench], Bench]:
    """Register a measurement under ``name``, which ``make bench ARGS=name`` chooses."""

    def register(function: Bench) -> Bench:
        BENCHES[name] = function
        return function

    return register


def side_by_side(*acts: Act, rounds: int = ROUNDS) -> list[Times]:
    """Time the acts in turns, so that what the machine does meets them all alike."""
    seconds: list[list[float]] = [[] for _act in acts]
    for turn in range(WARM_UP + rounds):
        for act, taken in zip(acts, seconds, strict=True):
            started = time.perf_counter()
            act()
            if turn >= WARM_UP:
                taken.append(time.perf_counter() - started)
    return [_times(taken) for taken in seconds]


def _times(seconds: list[float]) -> Times:
    percentiles = statistics.quantiles(seconds, n=20, method="inclusive")
    return Times(p50=1000 * percentiles[9], p95=1000 * percentiles[18])


def bench_command(options: argparse.Namespace) -> int:
    if missing_servers():
        return run_with_servers(
            [sys.executable, "-m", "crm.devtools", "bench", *options.names]
        )
    _load_all()
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        raise CannotStart(
            f"There is no measurement called {', '.join(unknown)}. There are: "
            f"{', '.join(BENCHES)}."
        )
    _print_table(options.names or list(BENCHES))
    return 0


def _load_all() -> None:
    """Import the measurements, which need Django to be set up."""
    prepare()
    importlib.import_module("crm.devtools.page_benches")


def _print_table(names: list[str]) -> None:
    print(f"{'':<34}{'p50 ms':>9}{'p95 ms':>9}{'limit ms':>10}{'ratio':>8}{'goal':>8}")
    for name in names:
        print(name)
        for figure in BENCHES[name]():
            goal = f"< {figure.goal:g}" if figure.goal else ""
            print(
                f"  {figure.name:<32}{figure.times.p50:>9.2f}{figure.times.p95:>9.2f}"
                f"{figure.limit.p50:>10.2f}{figure.ratio:>8.1f}{goal:>8}"
                f"   against {figure.limit_name}"
            )
