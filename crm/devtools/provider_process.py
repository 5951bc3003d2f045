"""Start the stand-in for a provider in a process of its own, and read its log."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from crm.devtools.places import BASE_DIR
from crm.devtools.processes import listen, spawn
from crm.devtools.provider_stand_in import Fault, Ledger


@dataclass(frozen=True, slots=True)
class Provider:
    """The stand-in as its clients see it, and what nobody else sees: its log."""

    url: str
    ledger: Ledger

    def behave(self, *faults: Fault) -> None:
        """Let these happen to the next messages, in order."""
        requests.post(f"{self.url}/faults", json=faults, timeout=10).close()


@contextmanager
def running_provider(
    folder: Path, *, seed: int = 0, shares: Mapping[str, float] | None = None
) -> Iterator[Provider]:
    """Run it until the end, with its log in ``folder``."""
    log = folder / "provider.sqlite"
    with listen(0) as listening:
        child = spawn(
            [
                *(sys.executable, "-m", "crm.devtools.provider_stand_in"),
                *(str(listening.fileno()), log, str(seed), json.dumps(shares or {})),
            ],
            name="provider",
            cwd=BASE_DIR,
            pass_fds=[listening.fileno()],
        )
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield Provider(url, Ledger(log))
    finally:
        child.stop()
