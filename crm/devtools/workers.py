"""Real Celery workers for tests: started, asked whether they are done, killed."""

import os
import secrets
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import redis

from crm.celery import app
from crm.devtools.places import BASE_DIR
from crm.devtools.processes import Child, last_lines, spawn, wait_until

QUEUES = ("send_critical", "send_bulk", "webhooks", "default")


class WorkerNotReady(AssertionError):
    """The worker did not start, or did not finish its work in time."""


@dataclass(slots=True)
class Worker:
    """One ``celery worker`` process that takes one task at a time."""

    child: Child
    log: Path
    queues: Sequence[str]
    probe_queue: str = field(init=False)

    def __post_init__(self) -> None:
        self.probe_queue = self.queues[-1]

    @property
    def is_running(self) -> bool:
        return self.child.is_running

    @property
    def pid(self) -> int:
        return self.child.process.pid

    def kill(self) -> None:
        """Take it away as a power cut would."""
        self.child.process.kill()
        self.child.process.wait()

    def wait_until_dead(self, *, seconds: float = 15) -> int:
        """Wait for a worker that kills itself. Return its exit code (-9 for SIGKILL)."""
        wait_until(lambda: not self.is_running, seconds=seconds)
        code = self.child.process.poll()
        if code is None:
            raise WorkerNotReady(f"The worker still runs:\n{last_lines(self.log, 30)}")
        return code

    def stop(self) -> None:
        self.child.stop()

    def settle(self, *, seconds: float = 30) -> None:
        """Wait until the worker has done all tasks there are, and those they started."""
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
            while True:
                self._pass_a_mark(broker, seconds)
                if not any(broker.llen(queue) for queue in self.queues):
                    return

    def _pass_a_mark(self, broker: redis.Redis, seconds: float) -> None:
        key = f"probe:{secrets.token_hex(8)}"
        app.send_task(
            "crm.devtools.worker_probe.mark",
            kwargs={"key": key},
            queue=self.probe_queue,
        )
        wait_until(
            lambda: bool(broker.exists(key)) or not self.is_running,
            seconds=seconds,
            pause=0.01,
        )
        if not broker.exists(key):
            said = last_lines(self.log, 30)
            raise WorkerNotReady(f"The worker did not finish. It said:\n{said}")


def start_worker(
    *,
    queues: Sequence[str] = QUEUES,
    environment: Mapping[str, str] | None = None,
    include: Sequence[str] = (),
    pool: str = "solo",
) -> Worker:
    """Start a worker on the test's database and broker, and wait until it works.

    With the pool ``prefork`` the process that works is a child, which the worker
    replaces when it dies. ``include`` are further modules to import in the worker, such as one that kills the
    process at a named step.
    """
    handle, path = tempfile.mkstemp(
        prefix="worker-", suffix=".log", dir=os.environ["GJENSYN_DATA"]
    )
    with os.fdopen(handle, "wb") as log:
        child = spawn(
            [
                *(sys.executable, "-m", "celery", "-A", "crm", "worker"),
                *(
                    f"--pool={pool}",
                    "--concurrency=1",
                    "--loglevel=INFO",
                    "--queues",
                    ",".join(queues),
                ),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
                *("--include", ",".join(["crm.devtools.worker_probe", *include])),
            ],
            name="worker",
            cwd=BASE_DIR,
            env={**os.environ, "PYTHONWARNINGS": "", **(environment or {})},
            log=log,
            signals=(signal.SIGTERM, signal.SIGQUIT),
        )
    worker = Worker(child=child, log=Path(path), queues=queues)
    worker.settle(seconds=30)
    return worker


def empty_queues() -> None:
    """Forget tasks that earlier tests left with the broker."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
        broker.delete(*QUEUES, "unacked", "unacked_index")
