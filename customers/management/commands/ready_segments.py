"""Give the ready segments to houses that were there before them."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm.tenancy.models import Business
from customers.segments.ready import create_ready_segments


class Command(BaseCommand):
    help = "Create the ready segments that are missing, in one house or in all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="the house; all without it")

    def handle(self, *, slug: str | None, **_options: object) -> None:
        businesses = Business.objects.order_by("slug")
        if slug and not (businesses := businesses.filter(slug=slug)):
            raise CommandError(f"There is no house called {slug}.")
        for business in businesses:
            count = create_ready_segments(business, now=timezone.now())
            self.stdout.write(f"{business.slug}: {count} new segments")
