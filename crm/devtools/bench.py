"""``make bench``: run the measurements and print each beside its limit."""

import argparse
import importlib
import os
import sys

from django.core.management import call_command

from crm.devtools.measuring import BENCHES, Figure
from crm.devtools.places import data_folder
from crm.devtools.prepare import prepare
from crm.devtools.processes import CannotStart
from crm.devtools.running import run_with_servers
from crm.devtools.servers import missing_servers

# Imported late: they need Django to be set up.
MEASUREMENTS = (
    "crm.devtools.page_benches",
    "crm.devtools.search_benches",
    "crm.devtools.import_benches",
    "crm.devtools.duplicate_benches",
    "crm.devtools.sending_benches",
    "crm.devtools.planning_benches",
    "crm.devtools.segment_benches",
)
VISITS_EACH = 10


def bench_command(options: argparse.Namespace) -> int:
    if missing_servers():
        return _with_servers(options)
    _load_all()
    unknown = [name for name in options.names if name not in BENCHES]
    if unknown:
        raise CannotStart(
            f"There is no measurement called {', '.join(unknown)}. There are: "
            f"{', '.join(BENCHES)}."
        )
    _print_table(_house(options.guests), options.names or list(BENCHES))
    return 0


def _with_servers(options: argparse.Namespace) -> int:
    """Run on the built-in servers; a house of some size has a data folder of its own."""
    command = [sys.executable, "-m", "crm.devtools", "bench", *options.names]
    if options.guests:
        os.environ["GJENSYN_DATA"] = str(data_folder() / f"bench-{options.guests}")
        command += ["--guests", str(options.guests)]
    return run_with_servers(command)


def _load_all() -> None:
    """Import the measurements, which need Django to be set up."""
    prepare()
    for module in MEASUREMENTS:
        importlib.import_module(module)


def _house(guests: int | None) -> str:
    """Return the short name of the house to measure in, made if it is not there yet."""
    if guests is None:
        return "solvik"
    call_command("demo_data", guests=guests, visits=guests * VISITS_EACH, once=True)
    return f"solvik-{guests}"


def _print_table(house: str, names: list[str]) -> None:
    load = os.getloadavg()[0]
    print(f"In {house}, with a load of {load:.1f} on {os.cpu_count()} processors.")
    print(
        f"{'':<32}{'p50 ms':>9}{'p95 ms':>9}   {'limit p50':>9}{'p95':>9}"
        f"{'ratio':>8}{'goal':>7}{'target':>9}"
    )
    for name in names:
        print(name)
        for figure in BENCHES[name](house):
            print(_line(figure), flush=True)


def _line(figure: Figure) -> str:
    goal = f"< {figure.goal:g}" if figure.goal else ""
    target = f"{figure.target:g} ms" if figure.target else ""
    return (
        f"  {figure.name:<30}{figure.times.p50:>9.2f}{figure.times.p95:>9.2f}   "
        f"{figure.limit.p50:>9.2f}{figure.limit.p95:>9.2f}{figure.ratio:>8.1f}"
        f"{goal:>7}{target:>9}   {figure.limit_name}"
    )
