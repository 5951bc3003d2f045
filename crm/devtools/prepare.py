"""Make the database, the texts and the static files ready, in one process."""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command, get_commands
from django.db import connections

from crm.devtools.running import run_with_servers
from crm.devtools.servers import missing_servers
from crm.devtools.translations import compile_catalogues


def prepare_command(_options: argparse.Namespace) -> int:
    """Prepare on the built-in servers, or on those the environment names."""
    if missing_servers():
        return run_with_servers([sys.executable, "-m", "crm.devtools", "prepare"])
    prepare()
    return 0


def prepare() -> None:
    """Bring everything up to date. Quick when nothing changed since the last time."""
    compile_catalogues()
    django.setup()
    _update_database()
    _collect_static_files()
    if "demo_data" in get_commands():
        call_command("demo_data", once=True)
    connections.close_all()


def _update_database() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def _collect_static_files() -> None:
    """Collect them, unless every one of them is as it was the last time."""
    root = Path(settings.STATIC_ROOT)
    note, state = root / ".collected", _state_of_static_files()
    if note.exists() and note.read_text(encoding="utf-8") == state:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    note.write_text(state, encoding="utf-8")


def _state_of_static_files() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for name, path in sorted(_static_files()):
        status = path.stat()
        digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _static_files() -> Iterator[tuple[str, Path]]:
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            yield name, Path(storage.path(name))
