"""Tell the workers that something may be due. Nobody depends on it being heard.

Everything is in PostgreSQL and a tick asks every few seconds: a lost ring costs those
seconds, so it must never cost a person anything either.
"""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def ring() -> None:
    """Wake the workers once the open transaction is committed. Never raises."""
    transaction.on_commit(_ring_now, robust=True)


def _ring_now() -> None:
    for task in ("outreach.tasks.send_critical", "outreach.tasks.send_bulk"):
        try:
            current_app.send_task(task, retry=False, expires=60)
        except (OperationalError, OSError) as error:
            logger.warning("Nobody heard the doorbell: %s", type(error).__name__)
            return
