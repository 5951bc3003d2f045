import os
import subprocess
import sys

import psutil
import pytest
import redis

from crm.devtools.places import BASE_DIR
from crm.devtools.processes import wait_until
from crm.devtools.provider_process import running_provider
from crm.devtools.workers import empty_queues, start_worker
from tests.faults.kill_at_step import key_of
from tests.faults.sms_houses import ELKS, SINCH, make_house


class DoomedWorker:
    """A real worker whose working process dies or freezes where a test says so."""

    def __init__(self):
        self.worker = start_worker(
            include=["tests.faults.kill_at_step"], pool="prefork"
        )

    @property
    def broker(self):
        return redis.Redis.from_url(os.environ["REDIS_URL"])

    def order(self, order, step):
        with self.broker as broker:
            broker.delete("faults:done")
            broker.set(key_of(order, step), 1, ex=60)

    def wait_until_it_happened(self):
        """Return the process that was killed or frozen, once it is."""
        with self.broker as broker:
            wait_until(lambda: broker.exists("faults:done"), seconds=30)
            pid = int(broker.get("faults:done"))
        wait_until(lambda: _is_out(pid), seconds=10)
        return pid

    def settle(self):
        self.worker.settle(seconds=60)


def _is_out(pid):
    try:
        state = psutil.Process(pid).status()
    except psutil.NoSuchProcess:
        return True
    return state in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE}


@pytest.fixture(scope="module")
def standing_doomed_worker(standing_worker):
    standing_worker.stop()
    empty_queues()
    doomed = DoomedWorker()
    yield doomed
    doomed.worker.kill()


@pytest.fixture
def doomed_worker(transactional_db, smtp_server, standing_doomed_worker):
    empty_queues()
    yield standing_doomed_worker
    empty_queues()
    standing_doomed_worker.settle()


@pytest.fixture
def new_sender(transactional_db):
    """Return a function that runs one round of the plain loop in its own process."""

    def run(**environment):
        subprocess.run(
            [sys.executable, "manage.py", "run_sender", "--once"],
            cwd=BASE_DIR,
            env={**os.environ, "PYTHONWARNINGS": "", **environment},
            check=True,
            capture_output=True,
        )

    return run


@pytest.fixture(scope="module")
def standing_provider(tmp_path_factory):
    with running_provider(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def provider(transactional_db, standing_provider, settings):
    settings.SMS_STAND_IN_URL = standing_provider.url
    settings.SMS_TIMEOUT = 1
    settings.SITE_URL = "https://solvik.example"
    standing_provider.ledger.forget()
    standing_provider.behave()
    return standing_provider


@pytest.fixture
def sinch(provider):
    """A house whose provider can prove what it does not have."""
    return make_house("sinch", SINCH)


@pytest.fixture
def elks(provider):
    """A house whose provider cannot prove that."""
    return make_house("elks46", ELKS)
