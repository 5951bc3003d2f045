"""Start and stop child processes so that none is ever left behind.

On Linux the kernel ends a child whose parent was killed. Elsewhere an orphan is found by
its pid file at the next start.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class CannotStart(Exception):
    """Something outside the program is in the way. The text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system account a server runs as."""

    uid: int
    gid: int


@dataclass(slots=True)
class Child:
    """A running child process. ``signals`` are tried in this order to stop it."""

    name: str
    process: "subprocess.Popen[bytes]"
    signals: Sequence[signal.Signals] = (signal.SIGTERM,)
    patience: float = 10.0

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the first signal and return at once."""
        if self.is_running:
            self.process.send_signal(self.signals[0])

    def stop(self) -> None:
        """Stop the process, with growing force, and wait until it is gone."""
        for number in (*self.signals, signal.SIGKILL):
            if not self.is_running:
                break
            self.process.send_signal(number)
            try:
                self.process.wait(self.patience)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()


def stop_all(children: Iterable[Child]) -> None:
    """Ask all of them first, so that they stop side by side."""
    children = list(children)
    for child in children:
        child.ask_to_stop()
    for child in children:
        child.stop()


def _end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    if _libc is None:
        return None
    libc, parent = _libc, os.getpid()

    def prepare_child() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return prepare_child


def spawn(
    command: Sequence[str | Path],
    *,
    name: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    log: IO[bytes] | int | None = None,
    stdin: IO[bytes] | int | None = subprocess.DEVNULL,
    account: Account | None = None,
    signals: Sequence[signal.Signals] = (signal.SIGTERM,),
    own_session: bool = True,
    pass_fds: Sequence[int] = (),
) -> Child:
    """Start a process that ends when this one does, however this one ends.

    ``own_session`` keeps a terminal's Ctrl-C away from it: the parent stops it.
    """
    # The death signal is reset by a change of account, so it is set after that: Popen
    # calls preexec_fn last. The last signal is the quick one.
    process = subprocess.Popen(
        [str(part) for part in command],
        env=None if env is None else dict(env),
        cwd=cwd,
        stdin=stdin,
        stdout=log,
        stderr=None if log is None else subprocess.STDOUT,
        start_new_session=own_session,
        preexec_fn=_end_with_parent(signals[-1]),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        pass_fds=pass_fds,
    )
    return Child(name=name, process=process, signals=signals)


def free_port() -> int:
    """Return a port of the loopback address that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def listen(port: int) -> socket.socket:
    """Return a socket that listens on the loopback address; port 0 is any free one.

    A child that is given it can be started again without losing the port.
    """
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(64)
    except (OSError, OverflowError):
        listening.close()
        raise
    return listening


def wait_until(
    ready: Callable[[], bool], *, seconds: float, pause: float = 0.02
) -> bool:
    """Ask ``ready`` again and again. Return False when it never said yes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return True
        time.sleep(pause)
    return ready()


def last_lines(path: Path, count: int = 8) -> str:
    """Return the end of a log, to be shown with the sentence that says what failed."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-count:])


def stop_orphan(
    pid: int, *, program: str, folder: Path, signals: Sequence[signal.Signals]
) -> bool:
    """Stop what is left of an earlier run. Return whether ``pid`` was such a process.

    A pid file can outlive its process and the number can belong to somebody else by
    now: only a ``program`` that works in ``folder`` is touched.
    """
    try:
        process = psutil.Process(pid)
        is_ours = (
            process.name().startswith(program)
            and Path(process.cwd()).resolve() == folder.resolve()
        )
    except (psutil.Error, OSError, ValueError):
        return False
    if not is_ours:
        return False
    for number in (*signals, signal.SIGKILL):
        try:
            process.send_signal(number)
            process.wait(5)
        except psutil.NoSuchProcess:
            return True
        except psutil.TimeoutExpired:
            continue
    return True
