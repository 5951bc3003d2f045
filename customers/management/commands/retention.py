"""List what has been kept as long as the policies allow."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.core.clock import local_date
from crm.tenancy.models import Business
from customers.privacy.retention import overdue_rows


class Command(BaseCommand):
    help = "List rows that are older than their policy allows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only list")

    def handle(self, *, dry_run: bool, **_options: Any) -> None:
        if not dry_run:
            raise CommandError(
                "This lists only. Say so with --dry-run; to forget a guest, use "
                "erase_guest or the guest's page."
            )
        for business in Business.objects.order_by("slug"):
            today = local_date(timezone.now(), business.time_zone)
            overdue = overdue_rows(business, today=today)
            self.stdout.write(f"{business.slug}: {'' if overdue else 'nothing'}")
            for kind in overdue:
                self.stdout.write(
                    f"  {kind.rows} × {kind.model}, kept {kind.keep_months} months"
                )
