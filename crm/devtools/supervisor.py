"""Keep a handful of processes running together, and stop them together."""

import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from crm.devtools.places import BASE_DIR, make_folder
from crm.devtools.processes import CannotStart, Child, last_lines, spawn, stop_all

# A part that keeps dying is broken; starting it forever would hide that.
RESTARTS = 3
RESTARTS_WITHIN = 60.0


def say(line: str = "") -> None:
    """Tell the person at the terminal."""
    print(line, flush=True)


@dataclass(slots=True)
class Part:
    """One of the processes and how to start it."""

    name: str
    command: Sequence[str]
    signals: Sequence[signal.Signals]
    log: Path
    pass_fds: Sequence[int] = ()
    child: Child | None = None
    deaths: list[float] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        return self.child is not None and self.child.is_running


class Supervisor:
    """Starts parts, starts again what dies, stops all of them side by side."""

    def __init__(self, logs: Path, environment: Mapping[str, str]) -> None:
        make_folder(logs)
        self.logs = logs
        self.environment = environment
        self.parts: list[Part] = []

    def add(
        self,
        name: str,
        command: Sequence[str],
        *,
        signals: Sequence[signal.Signals],
        pass_fds: Sequence[int] = (),
    ) -> Part:
        log = self.logs / f"{name}.log"
        log.write_bytes(b"")
        part = Part(name, command, signals, log, pass_fds)
        self.parts.append(part)
        self._start(part)
        return part

    def _start(self, part: Part) -> None:
        with part.log.open("ab") as log:
            part.child = spawn(
                part.command,
                name=part.name,
                cwd=BASE_DIR,
                env=self.environment,
                log=log,
                signals=part.signals,
                pass_fds=part.pass_fds,
            )

    def revive(self) -> None:
        """Start what died again. Raise CannotStart for what does not stay up."""
        for part in self.parts:
            if not part.is_running:
                self._count_death(part)
                say(f"The {part.name} process ended and is started again.")
                self._start(part)

    def _count_death(self, part: Part) -> None:
        now = time.monotonic()
        part.deaths = [t for t in part.deaths if now - t < RESTARTS_WITHIN] + [now]
        if len(part.deaths) > RESTARTS:
            raise CannotStart(
                f"The {part.name} process ends again and again, so everything stops. "
                f"Its log says ({part.log}):\n{last_lines(part.log, 15)}"
            )

    def stop(self) -> None:
        stop_all(part.child for part in self.parts if part.child)


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Turn Ctrl-C and the polite signals into KeyboardInterrupt, once.

    While everything stops, impatient repetitions are ignored: it takes seconds.
    """
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
