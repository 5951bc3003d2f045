"""Derive tiers from the visits alone, after something went wrong or came in in bulk."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from crm.core.clock import local_date
from crm.tenancy.models import Business
from loyalty.memberships import rebuild_memberships


class Command(BaseCommand):
    help = "Derive memberships and tiers anew from the visits, in one house or in all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="the house; all without it")

    def handle(self, *, slug: str | None, **_options: object) -> None:
        businesses = Business.objects.order_by("slug")
        if slug and not (businesses := businesses.filter(slug=slug)):
            raise CommandError(f"There is no house called {slug}.")
        now = timezone.now()
        for business in businesses:
            today = local_date(now, business.time_zone)
            count = rebuild_memberships(business, today=today, now=now)
            self.stdout.write(f"{business.slug}: {count} members")
