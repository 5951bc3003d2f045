"""``manage.py run_sender``: send without Celery and Redis, in one plain loop."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone

from outreach import tasks

logger = logging.getLogger(__name__)

Task = Callable[[], object]

# What belongs to a visit is looked at again after so long, however big the campaign.
_BULK_SECONDS = 5.0


class Command(BaseCommand):
    help = (
        "Send what is due in a plain loop, with all regular work around it. Needs "
        "PostgreSQL, but neither Redis nor Celery."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then stop")
        parser.add_argument(
            "--pause", type=float, default=5.0, help="seconds between rounds"
        )

    def handle(self, *, once: bool, pause: float, **options: object) -> None:
        if once:
            for task in regular_work():
                task()
            tasks.send_critical()
            tasks.send_bulk()
            self.stdout.write(f"One round done at {timezone.now():%H:%M:%S} UTC.")
            return
        _loop(pause, _stop_on_signals())


def regular_work() -> dict[Task, float]:
    """Return what is done around sending, and after how many seconds again."""
    work: dict[Task, float] = {}
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        package, _dot, name = str(entry["task"]).rpartition(".")
        every = entry["schedule"]
        is_ours = package == tasks.__name__ and not name.startswith("send_")
        if is_ours and isinstance(every, timedelta):
            work[getattr(tasks, name)] = every.total_seconds()
    return work


def _loop(pause: float, stopped: threading.Event) -> None:
    work = regular_work()
    again_at = dict.fromkeys(work, 0.0)
    while not stopped.is_set():
        for task, seconds in work.items():
            if time.monotonic() >= again_at[task]:
                _run(task)
                again_at[task] = time.monotonic() + seconds
        _run(tasks.send_critical)
        _run(lambda: tasks.send_bulk(seconds=_BULK_SECONDS))
        stopped.wait(pause)


def _run(task: Task) -> None:
    """Run one piece of work; what goes wrong in it must not stop the others."""
    try:
        task()
    except Exception:
        logger.exception("A piece of regular work failed; it is tried again")
        connection.close()
    close_old_connections()


def _stop_on_signals() -> threading.Event:
    """Return what is set once somebody asks to stop: what was begun is finished."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
