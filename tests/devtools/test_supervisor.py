import os
import signal
import sys

import pytest

from crm.devtools.processes import CannotStart, wait_until
from crm.devtools.supervisor import Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('up', flush=True); time.sleep(60)",
]


@pytest.fixture
def supervisor(tmp_path):
    supervisor = Supervisor(tmp_path / "log", os.environ)
    yield supervisor
    supervisor.stop()


def test_a_part_that_dies_is_started_again(supervisor, capsys):
    part = supervisor.add("worker", SLEEP, signals=[signal.SIGTERM])
    before = part.child.process.pid
    part.child.process.kill()
    part.child.process.wait()

    supervisor.revive()

    assert part.is_running
    assert part.child.process.pid != before
    assert capsys.readouterr().out == (
        "The worker process ended and is started again.\n"
    )


def test_a_part_that_keeps_dying_ends_everything_with_its_last_words(supervisor):
    words = [sys.executable, "-c", "print('No module named x'); raise SystemExit(1)"]
    part = supervisor.add("worker", words, signals=[signal.SIGTERM])

    for _ in range(3):
        part.child.process.wait()
        supervisor.revive()
    part.child.process.wait()

    with pytest.raises(CannotStart, match=r"again and again(.|\n)*No module named x"):
        supervisor.revive()


def test_stopping_takes_all_of_them_the_stubborn_too(supervisor):
    quick = supervisor.add("quick", SLEEP, signals=[signal.SIGTERM])
    stubborn = supervisor.add("stubborn", STUBBORN, signals=[signal.SIGTERM])
    stubborn.child.patience = 0.2
    wait_until(lambda: stubborn.log.read_text() == "up\n", seconds=10)

    supervisor.stop()

    assert (quick.is_running, stubborn.is_running) == (False, False)
