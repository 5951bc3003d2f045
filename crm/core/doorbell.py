"""Wake a worker after commit. Never needed: a tick would find the work anyway."""

import logging
from functools import partial

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def ring(task: Task) -> None:
    """Ask for ``task`` once the transaction has been committed.

    Never raises and never waits long: with Redis away, the next tick does the work.
    """
    transaction.on_commit(partial(_ring_now, task), robust=True)


def _ring_now(task: Task) -> None:
    try:
        # A call that nobody takes within the minute is stale: the ticks have been by.
        task.apply_async(retry=False, ignore_result=True, expires=60)
    except (OperationalError, OSError):
        logger.warning("doorbell for %s not heard: Redis does not answer", task.name)
