"""Give pytest real servers before Django reads its settings.

Loaded by ``addopts = "-p crm.devtools.pytest_plugin"``; a conftest would come too late.
The first process starts the servers; the workers of pytest-xdist inherit their addresses
and each makes a database of its own. The fixtures are in ``pytest_fixtures``.
"""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from crm.devtools import throwaway
from crm.devtools.places import make_folder
from crm.devtools.processes import CannotStart
from crm.devtools.translations import compile_catalogues
from crm.devtools.valkey import start_valkey

# Importing the project names the product's settings, and pytest-django would take them.
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

SERVER = "GJENSYN_TEST_SERVER"
FOLDER = "GJENSYN_TEST_FOLDER"
RUN = "GJENSYN_TEST_RUN"
REDIS = "GJENSYN_TEST_REDIS"

_stack = ExitStack()
# Kept open and not listening until the smtp_server fixture takes it: nobody else can
# have the port, and until then a connection is refused.
smtp_socket = socket.socket()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    options = early_config.known_args_namespace
    runs_tests = _is_xdist_worker() or not getattr(options, "numprocesses", None)
    try:
        if not _is_xdist_worker():
            _start_servers()
        _set_addresses(makes_database=runs_tests)
    except CannotStart as problem:
        _stack.close()
        raise pytest.UsageError(str(problem)) from problem
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    # Registered here, after pytest-django, so that its django_db_setup gives way.
    config.pluginmanager.import_plugin("crm.devtools.pytest_fixtures")


def pytest_unconfigure() -> None:
    _stack.close()


def _is_xdist_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


def _start_servers() -> None:
    compile_catalogues()
    throwaway.remove_dead_runs()
    folder = throwaway.new_run_folder()
    _stack.callback(folder.remove)
    given_database = os.environ.get("DATABASE_URL")
    given_redis = os.environ.get("REDIS_URL")
    _keep_out_of_the_way()
    os.environ[FOLDER] = str(folder.path)
    os.environ[RUN] = secrets.token_hex(4)
    if given_redis:
        os.environ[REDIS] = given_redis
    else:
        valkey = start_valkey(folder.path / "valkey")
        _stack.callback(valkey.stop)
        os.environ[REDIS] = valkey.url()
    if given_database:
        os.environ[SERVER] = given_database
    else:
        server = throwaway.start_cluster(folder.path)
        _stack.callback(server.stop)
        os.environ[SERVER] = server.url("postgres")
    # On a server of our own too: what a test starts may clean up there.
    _stack.enter_context(throwaway.claimed_run(os.environ[SERVER], os.environ[RUN]))
    if given_database:
        throwaway.ensure_template(given_database, throwaway.template_name())


def _keep_out_of_the_way() -> None:
    """Forget what the shell says: a test run must come out the same for everybody."""
    for name in ("SITE_URL", "EMAIL_URL", "EMAIL_BACKEND", "DEBUG", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    os.environ["SECRET_KEY"] = "only-for-tests-" + "0123456789" * 5
    os.environ["REDIS_URL"] = "redis://127.0.0.1:1/0"


def _set_addresses(*, makes_database: bool) -> None:
    """Point the environment, which child processes inherit, at this process's own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"{throwaway.DATABASES}{os.environ[RUN]}_{worker}"
    url = throwaway.with_database(os.environ[SERVER], name)
    if makes_database:
        url = _stack.enter_context(
            throwaway.database_of_our_own(os.environ[SERVER], name)
        )
    data = Path(os.environ[FOLDER]) / f"data-{worker}"
    make_folder(data / "static")  # WhiteNoise warns when there is none
    smtp_socket.bind(("127.0.0.1", 0))
    _stack.callback(smtp_socket.close)
    # Database 0 stays empty; gw0 is 2, and a run without workers is 1.
    number = 1 if worker == "main" else int(worker.removeprefix("gw")) + 2
    os.environ |= {
        "DATABASE_URL": url,
        "REDIS_URL": throwaway.with_database(os.environ[REDIS], str(number)),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_socket.getsockname()[1]}",
        "GJENSYN_DATA": str(data),
    }
