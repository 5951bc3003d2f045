"""``manage.py queue_health``: how sending goes, for whoever runs the installation."""

import sys

from django.core.management.base import BaseCommand
from django.utils import timezone

from outreach.outbox.operating import installation_health


class Command(BaseCommand):
    help = (
        "Say how sending goes in all businesses. Ends with 1 when something is wrong, "
        "so that a monitor can ask it."
    )

    def handle(self, *args: object, **options: object) -> None:
        health = installation_health(now=timezone.now())
        for line in health.lines:
            self.stdout.write(line)
        for trouble in health.troubles:
            self.stdout.write(f"WRONG: {trouble}")
        if health.troubles:
            sys.exit(1)
        self.stdout.write("All is well.")
