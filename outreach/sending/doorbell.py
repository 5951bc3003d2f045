"""Tell the workers that something may be due. Nobody depends on it being heard.

Everything is in PostgreSQL and a tick asks every few seconds: a lost ring costs those
seconds, so it must never cost a person anything either.
"""

import logging

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

_TASKS = ("outreach.tasks.send_critical", "outreach.tasks.send_bulk")
# A page waits for this, so it does not wait long.
_QUICKLY = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0}


def ring() -> None:
    """Wake the workers once the open transaction is committed. Never raises."""
    transaction.on_commit(_ring_now, robust=True)


def _ring_now() -> None:
    try:
        with current_app.connection(
            settings.CELERY_BROKER_URL, transport_options=_QUICKLY
        ) as connection:
            for task in _TASKS:
                current_app.send_task(
                    task, connection=connection, retry=False, expires=60
                )
    except (OperationalError, OSError) as error:
        logger.warning("Nobody heard the doorbell: %s", type(error).__name__)
