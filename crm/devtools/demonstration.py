"""The demo: everything on one machine, with people in it."""

import argparse
import errno
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from crm.devtools.mailbox import mailbox_folder
from crm.devtools.places import data_folder
from crm.devtools.processes import CannotStart, last_lines, listen, wait_until
from crm.devtools.servers import (
    Servers,
    common_environment,
    hold_folder,
    own_servers,
    publish,
    withdraw,
)
from crm.devtools.supervisor import Part, Supervisor, say, stopping_on_signals

PASSWORD = "gjensyn-demo"  # noqa: S105 -- shown to everybody who starts the demo
LOGINS = (
    ("owner@solvik.example", "Solvik Hotell & Restaurant, the owner"),
    ("manager@solvik.example", "Solvik, a manager"),
    ("staff@solvik.example", "Solvik, the front desk"),
    ("viewer@solvik.example", "Solvik, figures only"),
    ("owner@mane.example", "Kafé Måne, the owner"),
)
WORKERS = {
    "critical": "send_critical",
    "bulk": "send_bulk",
    "rest": "webhooks,default",
}
FIRST_PAGE = "/accounts/login/"
PREPARATION_SECONDS = 300.0
# What a killed demo or a short command leaves behind is gone in a moment.
PATIENCE = 2.0


def demo_command(options: argparse.Namespace) -> None:
    run_demo_on(options.port)


def run_demo_on(port: str) -> None:
    """Run on the port a person typed."""
    if not (port.isascii() and port.isdigit()):
        raise CannotStart("PORT must be a number from 1024 to 65535.")
    run_demo(int(port))


def run_demo(port: int) -> None:
    """Run until Ctrl-C or SIGTERM. Raise CannotStart with a sentence."""
    started = time.monotonic()
    data = data_folder()
    try:
        with stopping_on_signals(), ExitStack() as stack:
            stack.enter_context(_folder(data))
            web_socket = stack.enter_context(_web_socket(port))
            mail_socket = stack.enter_context(listen(0))
            servers = stack.enter_context(own_servers(data))
            environment = _environment(data, port, mail_socket, servers)
            supervisor = Supervisor(data / "log", {**os.environ, **environment})
            stack.callback(supervisor.stop)
            _start(supervisor, data, web_socket, mail_socket)
            publish(data, environment)
            stack.callback(withdraw, data)
            _introduce(data, port, time.monotonic() - started)
            _watch(supervisor, servers)
    except KeyboardInterrupt:
        say("\nGjensyn has stopped.")


def _folder(data: Path) -> IO[str]:
    held: list[IO[str]] = []

    def try_hold() -> bool:
        held.extend(file for file in [hold_folder(data, "demo")] if file)
        return bool(held)

    if wait_until(try_hold, seconds=PATIENCE, pause=0.1):
        return held[0]
    raise CannotStart(
        f"Gjensyn already runs with the data in {data} (a demo or another command). "
        "Stop that one first, or start a second one beside it: "
        "make demo DATA=another-folder PORT=8001"
    )


def _web_socket(port: int) -> socket.socket:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return listen(port)
        except (OSError, OverflowError) as error:
            problem = error
        in_use = isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE
        if not in_use:
            raise CannotStart(
                f"Port {port} cannot be used. Choose one from 1024 to 65535: "
                "make demo PORT=8000"
            ) from problem
        if time.monotonic() > deadline:
            raise CannotStart(
                f"Port {port} is in use by another program. Choose another one: "
                f"make demo PORT={port + 1}"
            ) from problem
        time.sleep(0.1)


def _environment(
    data: Path, port: int, mail_socket: socket.socket, servers: Servers
) -> dict[str, str]:
    return {
        **common_environment(data),
        **servers.urls,
        "GJENSYN_DEMO": "1",
        "SITE_URL": f"http://localhost:{port}",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_socket.getsockname()[1]}",
    }


def _start(
    supervisor: Supervisor,
    data: Path,
    web_socket: socket.socket,
    mail_socket: socket.socket,
) -> None:
    """Start the web process, which prepares, then the rest once there are tables."""
    ready = data / "ready"
    ready.unlink(missing_ok=True)
    web = _add_own(supervisor, "web", web_socket, str(ready))
    _add_own(supervisor, "mailbox", mail_socket, str(mailbox_folder(data)))
    _wait_for(web, ready.exists)
    port = web_socket.getsockname()[1]
    _wait_for(web, lambda: _first_page_answers(port))
    for name, queues in WORKERS.items():
        _add_celery(
            supervisor,
            f"worker-{name}",
            ["worker", "-Q", queues, "-n", f"{name}@%h", "-c", "1", "--without-gossip"],
        )
    schedule = str(data / "beat-schedule")
    _add_celery(supervisor, "beat", ["beat", "--schedule", schedule, "--pidfile="])


def _add_own(
    supervisor: Supervisor, name: str, listening: socket.socket, path: str
) -> Part:
    descriptor = listening.fileno()
    return supervisor.add(
        name,
        [sys.executable, "-m", "crm.devtools", f"_{name}", str(descriptor), path],
        signals=[signal.SIGTERM, signal.SIGQUIT] if name == "web" else [signal.SIGTERM],
        pass_fds=[descriptor],
    )


def _add_celery(supervisor: Supervisor, name: str, words: list[str]) -> None:
    supervisor.add(
        name,
        [sys.executable, "-m", "celery", "-A", "crm", *words, "--loglevel=INFO"],
        signals=[signal.SIGTERM, signal.SIGQUIT],
    )


def _wait_for(web: Part, condition: object) -> None:
    def over() -> bool:
        return not web.is_running or bool(callable(condition) and condition())

    wait_until(over, seconds=PREPARATION_SECONDS)
    if not web.is_running or not over():
        raise CannotStart(
            f"The demo could not be prepared. The log says ({web.log}):\n"
            f"{last_lines(web.log, 25)}"
        )


def _first_page_answers(port: int) -> bool:
    url = f"http://127.0.0.1:{port}{FIRST_PAGE}"
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        raise CannotStart(
            f"The first page answers with an error ({error.code}); see log/web.log in "
            "the data folder."
        ) from error
    except OSError:
        return False


def _introduce(data: Path, port: int, seconds: float) -> None:
    say()
    say(f"  Gjensyn is ready:  http://localhost:{port}/   ({seconds:.1f} s)")
    say()
    say(f"  Sign in with the password {PASSWORD} as")
    for address, who in LOGINS:
        say(f"    {address:<25} {who}")
    say()
    say(f"  What guests receive:  http://localhost:{port}/mailbox/")
    say(f"  Every building block: http://localhost:{port}/style/")
    say()
    say(f"  The data and the logs are in {data}. Ctrl-C stops everything.")


def _watch(supervisor: Supervisor, servers: Servers) -> None:
    while True:
        time.sleep(0.2)
        for child in servers.children:
            if not child.is_running:
                raise CannotStart(
                    f"{child.name} has ended, so everything stops. Start the demo "
                    "again; nothing that was saved is lost."
                )
        supervisor.revive()
