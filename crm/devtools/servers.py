"""Both servers for one data folder: started once, shared by every command that comes
along, stopped by the one that started them.
"""

import argparse
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from crm.devtools.places import data_folder, kept_secret, lock, try_lock, write_private
from crm.devtools.postgres import (
    DATABASE,
    create_database,
    database_exists,
    forget_cluster,
    start_postgres,
)
from crm.devtools.processes import CannotStart, Child
from crm.devtools.valkey import start_valkey

NEEDED = ("DATABASE_URL", "REDIS_URL")


def _given(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def missing_servers() -> list[str]:
    """Return which of the two URLs the environment does not give."""
    return [name for name in NEEDED if not _given(name)]


def common_environment(data: Path) -> dict[str, str]:
    """Return what every command needs besides the servers."""
    environment = {"GJENSYN_DATA": str(data)}
    if not _given("SECRET_KEY"):
        environment["SECRET_KEY"] = kept_secret(data / "secret_key")
    return environment


@dataclass(slots=True)
class Servers:
    """What was started here. Empty when the environment gave both URLs."""

    urls: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)


@contextmanager
def own_servers(data: Path) -> Iterator[Servers]:
    """Start what is missing and stop it again; the caller holds the folder's lock."""
    missing = missing_servers()
    servers = Servers()
    with ExitStack() as stack:
        if "DATABASE_URL" in missing:
            postgres = start_postgres(data / "postgres")
            stack.callback(postgres.stop)
            servers.children.append(postgres.child)
            servers.urls["DATABASE_URL"] = postgres.url()
            if not database_exists(postgres.url("postgres"), DATABASE):
                create_database(postgres.url("postgres"), DATABASE)
        if "REDIS_URL" in missing:
            valkey = start_valkey(data / "valkey")
            stack.callback(valkey.stop)
            servers.children.append(valkey.child)
            servers.urls["REDIS_URL"] = valkey.url()
        yield servers


def publish(data: Path, environment: dict[str, str]) -> None:
    """Tell other commands what runs here."""
    write_private(data / "servers.json", json.dumps(environment))


def withdraw(data: Path) -> None:
    (data / "servers.json").unlink(missing_ok=True)


def hold_folder(data: Path, purpose: str) -> IO[str] | None:
    """Take the data folder for this process; None when another one has it."""
    held = try_lock(data / "lock")
    if held:
        held.truncate(0)
        held.write(f"{purpose} {os.getpid()}\n")
        held.flush()
        withdraw(data)
    return held


def forget_command(_options: argparse.Namespace) -> None:
    data = data_folder()
    # The large houses that were made to be measured.
    for folder in sorted(data.glob("bench-*")):
        forget_data(folder)
    forget_data(data)


def forget_data(data: Path) -> None:
    """Remove the folder and all that is in it. Raise CannotStart while it is in use."""
    held = hold_folder(data, "forget")
    if held is None:
        raise CannotStart(f"The data in {data} is in use. Stop the demo first.")
    with held:
        forget_cluster(data / "postgres")
        shutil.rmtree(data)


@contextmanager
def shared_servers(data: Path) -> Iterator[dict[str, str]]:
    """Yield the environment of the running servers, or of ones started for this."""
    if not missing_servers():
        yield {}
        return
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        held = hold_folder(data, "run")
        if held:
            with held, _started(data) as environment:
                yield environment
            return
        guest = _join(data)
        if guest:
            with guest[0]:
                yield guest[1]
            return
        time.sleep(0.05)
    raise CannotStart(
        f"Another command has held the data folder {data} for a minute without its "
        "servers answering. Stop it, or choose another folder with GJENSYN_DATA."
    )


@contextmanager
def _started(data: Path) -> Iterator[dict[str, str]]:
    with own_servers(data) as servers:
        environment = {**common_environment(data), **servers.urls}
        if "DATABASE_URL" in servers.urls:
            # A built-in database is never a real one, so the demo's commands work.
            environment.setdefault("GJENSYN_DEMO", os.environ.get("GJENSYN_DEMO", "1"))
        publish(data, environment)
        try:
            yield environment
        finally:
            withdraw(data)
            lock(data / "guests").close()


def _join(data: Path) -> tuple[IO[str], dict[str, str]] | None:
    """Return our mark as a guest of the running servers, and their environment.

    The mark is taken first and the notice read after: whoever takes the notice down
    waits for the marks it finds.
    """
    mark = try_lock(data / "guests", shared=True)
    if mark is None:
        return None
    try:
        environment = json.loads((data / "servers.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        mark.close()
        return None
    return mark, environment
