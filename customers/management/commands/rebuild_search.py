"""Derive what search reads anew, for mending."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crm.tenancy.models import Business
from customers.searching.lines import rebuild_search


class Command(BaseCommand):
    help = "Derive what search reads anew from the guests, in one house or in all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="the house; all without it")

    def handle(self, *, slug: str | None, **_options: object) -> None:
        businesses = Business.objects.order_by("slug")
        if slug and not (businesses := businesses.filter(slug=slug)):
            raise CommandError(f"There is no house called {slug}.")
        for business in businesses:
            count = rebuild_search(business)
            self.stdout.write(f"{business.slug}: {count} guests")
