"""``manage.py reschedule``: after an update of the time zone database."""

from django.core.management.base import BaseCommand

from outreach.automations import rescheduling


class Command(BaseCommand):
    help = "Put right the hours of waiting messages where a country changed its clocks."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"{rescheduling.reschedule()} messages have another instant.")
