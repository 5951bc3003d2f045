"""``manage.py run_sender``: send without Celery and Redis, in one plain loop."""

import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils import timezone

from outreach import tasks

_PLAN_EVERY = 300.0


class Command(BaseCommand):
    help = "Send what is due in a plain loop. Needs PostgreSQL, but neither Redis nor Celery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then stop")
        parser.add_argument(
            "--pause", type=float, default=5.0, help="seconds between rounds"
        )

    def handle(self, *, once: bool, pause: float, **options: object) -> None:
        planned_at = -_PLAN_EVERY
        while True:
            if time.monotonic() - planned_at >= _PLAN_EVERY or once:
                tasks.plan_missing()
                tasks.poll_mailboxes()
                planned_at = time.monotonic()
            tasks.apply_calls()
            tasks.reap_leases()
            tasks.send_critical()
            tasks.send_bulk()
            if once:
                self.stdout.write(f"One round done at {timezone.now():%H:%M:%S} UTC.")
                return
            time.sleep(pause)
