"""Databases for one test run: fresh every time, yet ready in a fraction of a second.

The schema is built once for each state of the migrations into a template database, and
every test process copies the template. With the built-in server, a stopped cluster that
holds the template is kept under ``.gjensyn/testing`` and copied for each run.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from crm.devtools.places import (
    BASE_DIR,
    database_account,
    make_folder,
    temporary_folder,
    temporary_places,
    try_lock,
)
from crm.devtools.postgres import (
    Postgres,
    cluster_key,
    create_database,
    start_postgres,
)
from crm.devtools.processes import CannotStart

PREFIX = "gjensyn-test-"
DATABASES = "gjensyn_test_"
IMAGES = BASE_DIR / ".gjensyn" / "testing"
IMAGES_KEPT = 4
# What decides how the tables look: schema, SQL beside it, and the libraries' own tables.
SCHEMA_FILES = (
    "**/migrations/*.py",
    "**/models.py",
    "**/models/*.py",
    "**/*.sql",
    "crm/settings.py",
    "tests/settings.py",
    "requirements-dev.lock",
)
PACKAGES = ("crm", "customers", "loyalty", "surveys", "outreach")
MIGRATE = """
import django
from django.core.management import call_command

django.setup()
call_command("migrate", interactive=False, verbosity=0)
call_command("createcachetable", verbosity=0)
"""


@dataclass(slots=True)
class RunFolder:
    """The folder of one run. Whoever can take its lock may remove it."""

    path: Path
    held: IO[str]

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self.held.close()


def new_run_folder() -> RunFolder:
    while True:
        path = temporary_folder(PREFIX)
        # A run that cleans up at this very moment may be quicker; then make another.
        held = try_lock(path / "lock")
        if held:
            return RunFolder(path, held)


def remove_dead_runs() -> None:
    """Remove the folders of runs that were killed; their servers died with them."""
    for place in temporary_places():
        for path in place.glob(f"{PREFIX}*"):
            if path.stat().st_uid != os.geteuid() or not (path / "lock").exists():
                continue
            held = try_lock(path / "lock")
            if held:
                RunFolder(path, held).remove()


def schema_key() -> str:
    """Return a text that changes whenever the tables could."""
    digest = hashlib.sha256(cluster_key().encode())
    for path in sorted(_schema_files()):
        digest.update(path.relative_to(BASE_DIR).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _schema_files() -> Iterator[Path]:
    for pattern in SCHEMA_FILES:
        if not pattern.startswith("**"):
            yield from (path for path in [BASE_DIR / pattern] if path.exists())
            continue
        for package in PACKAGES:
            yield from (BASE_DIR / package).glob(pattern)


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def template_name() -> str:
    return f"gjensyn_template_{schema_key()}"


def ensure_template(server_url: str, name: str) -> None:
    """Build the template database ``name`` unless it is there and complete."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        # Two runs that start together must not both build it.
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if _is_complete(connection, name):
            return
        database = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(database))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
        _migrate(with_database(server_url, name))
        connection.execute(
            sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(database)
        )


def _is_complete(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute(
        "SELECT datistemplate FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return bool(row and row[0])


def _migrate(url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE],
        cwd=BASE_DIR,
        env={
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n".join(done.stderr.strip().splitlines()[-15:])
        raise CannotStart(
            f"The migrations cannot be applied to a new database:\n{said}"
        )


def start_cluster(folder: Path) -> Postgres:
    """Start a throwaway server under ``folder`` that has the template database."""
    image = IMAGES / schema_key()
    target = folder / "postgres"
    if image.exists():
        os.utime(image)
        _copy_image(image, target)
        return start_postgres(target, throwaway=True)
    server = start_postgres(target, throwaway=True)
    try:
        ensure_template(server.url("postgres"), template_name())
    finally:
        server.stop()
    _keep_image(target, image)
    return start_postgres(target, throwaway=True)


def _copy_image(image: Path, target: Path) -> None:
    account = database_account()
    make_folder(target)
    shutil.copytree(image, target, dirs_exist_ok=True)
    if account is None:
        return
    cluster = target / "cluster"
    for folder, _folders, files in os.walk(cluster):
        os.chown(folder, account.uid, account.gid)
        for name in files:
            os.chown(os.path.join(folder, name), account.uid, account.gid)


def _keep_image(source: Path, image: Path) -> None:
    try:
        IMAGES.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="draft-", dir=IMAGES))
        shutil.copytree(source, draft, dirs_exist_ok=True)
        draft.rename(image)
    except OSError:
        return  # A read-only checkout, or another run was first: the next start is slower.
    _forget_old_images()


def _forget_old_images() -> None:
    images = sorted(IMAGES.iterdir(), key=lambda path: path.stat().st_mtime)
    for path in images[:-IMAGES_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def claimed_run(server_url: str, run: str) -> Iterator[None]:
    """Mark a run as alive on a server that outlives it; drop what dead runs left."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [run])
        for name in _test_databases(connection):
            other = name.split("_")[2]
            if other != run and _is_dead(connection, other):
                _drop(connection, name)
        yield


def _test_databases(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{DATABASES}%"]
    ).fetchall()
    return [name for (name,) in rows]


def _is_dead(connection: psycopg.Connection, run: str) -> bool:
    row = connection.execute(
        "SELECT pg_try_advisory_lock(hashtext(%s))", [run]
    ).fetchone()
    return bool(row and row[0])


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


@contextmanager
def database_of_our_own(server_url: str, name: str) -> Iterator[str]:
    """Yield the URL of a new copy of the template, dropped afterwards."""
    create_database(server_url, name, template=template_name())
    try:
        yield with_database(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            _drop(connection, name)
