"""``make bench``: run the measurements and print each beside its limit."""

import argparse
import importlib
import sys

from crm.devtools.measuring import BENCHES
from crm.devtools.prepare import prepare
from crm.devtools.processes import CannotStart
from crm.devtools.running import run_with_servers
from crm.devtools.servers import missing_servers

# Imported late: they need Django to be set up.
MEASUREMENTS = ("crm.devtools.page_benches",)


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
    for module in MEASUREMENTS:
        importlib.import_module(module)


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
