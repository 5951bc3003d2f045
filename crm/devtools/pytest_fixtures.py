"""The fixtures behind the tests: the database, a mail server, Celery workers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.db import connections
from pytest_django import Settings

from crm.devtools.pytest_plugin import smtp_socket
from crm.devtools.smtp_stand_in import SmtpStandIn, SmtpThread
from crm.devtools.workers import Worker, empty_queues, start_worker


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None) -> Iterator[None]:
    """Do nothing: the plugin made the database before Django was loaded."""
    yield
    connections.close_all()


@pytest.fixture(scope="session")
def smtp_thread() -> Iterator[SmtpThread]:
    thread = SmtpThread(smtp_socket)
    yield thread
    thread.stop()


@pytest.fixture
def smtp_server(smtp_thread: SmtpThread, settings: Settings) -> SmtpStandIn:
    """Return a real mail server on the port that EMAIL_URL names, also for workers.

    Mail of the test process goes there too, over a real connection.
    """
    smtp_thread.stand_in.reset()
    settings.EMAIL_BACKEND = "outreach.email.smtp.EmailBackend"
    return smtp_thread.stand_in


@dataclass(slots=True)
class _StandingWorker:
    """One worker for all tests that only need one; gone while a test has its own."""

    worker: Worker | None = None

    def running(self) -> Worker:
        if self.worker is None or not self.worker.is_running:
            self.worker = start_worker()
        return self.worker

    def stop(self) -> None:
        if self.worker:
            self.worker.stop()
            self.worker = None


@pytest.fixture(scope="session")
def standing_worker() -> Iterator[_StandingWorker]:
    standing = _StandingWorker()
    yield standing
    standing.stop()


@pytest.fixture
def celery_worker(
    transactional_db: None,
    smtp_server: SmtpStandIn,
    standing_worker: _StandingWorker,
) -> Iterator[Worker]:
    """Return a real worker process on this test's database, for all queues.

    ``settle()`` waits until it has nothing left to do.
    """
    empty_queues()
    worker = standing_worker.running()
    yield worker
    # The next test empties the tables: nobody may be working on them then.
    empty_queues()
    if worker.is_running:
        worker.settle()


@pytest.fixture
def new_worker(
    transactional_db: None,
    smtp_server: SmtpStandIn,
    standing_worker: _StandingWorker,
) -> Iterator[Callable[..., Worker]]:
    """Return ``start_worker`` for tests that kill workers or give them an environment.

    What still runs at the end is killed.
    """
    standing_worker.stop()
    empty_queues()
    started: list[Worker] = []

    def start(**options: object) -> Worker:
        started.append(start_worker(**options))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for worker in started:
        if worker.is_running:
            worker.kill()
    empty_queues()
