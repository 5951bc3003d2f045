"""Count anew what goes together, without waiting for the night."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.core.clock import local_date
from crm.tenancy.models import Business
from customers.visiting.going_together import recount_pairs


class Command(BaseCommand):
    help = "Count which things are had on the same visits, for one business or all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("business", nargs="?", help="short name of the business")

    def handle(self, *, business: str | None, **_options: Any) -> None:
        now = timezone.now()
        houses = Business.objects.order_by("slug")
        if business is not None:
            houses = houses.filter(slug=business)
        if business is not None and not houses:
            raise CommandError(f"There is no business called {business}.")
        for house in houses:
            today = local_date(now, house.time_zone)
            pairs = recount_pairs(house, today=today, now=now)
            self.stdout.write(f"{house.slug}: {pairs} pairs")
