"""``manage.py demo_data``: a house with guests, to look around in."""

import time as clock
from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm.devtools.demo.bare_tables import tidy
from crm.devtools.demo.making import (
    AlreadyThere,
    Size,
    belongs_to_others,
    make_demo,
    make_large,
)

_NOON = time(12, tzinfo=ZoneInfo("Europe/Oslo"))


class Command(BaseCommand):
    help = (
        "Load Solvik Hotell & Restaurant and Kafé Måne with their guests. With --guests "
        "and --visits: one more house, of that size. Only in the demo."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do nothing when it is loaded already"
        )
        parser.add_argument("--guests", type=int, help="how many guests")
        parser.add_argument("--visits", type=int, help="how many visits in all")
        parser.add_argument("--seed", type=int, default=1, help="other people")
        parser.add_argument(
            "--today", type=date.fromisoformat, help="as of noon on YYYY-MM-DD"
        )

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Demo data is for the demo only: it would mix made-up guests with real "
                "ones. Start the demo with “make demo”."
            )
        if belongs_to_others():
            raise CommandError(
                "This database belongs to a real installation. Made-up guests, and "
                "logins whose password is printed, stay out of it. Leave out "
                "DATABASE_URL, and the demo makes a database of its own."
            )
        started = clock.monotonic()
        now = _moment(options["today"])
        try:
            if options["guests"] or options["visits"]:
                loaded = [make_large(_size(options), seed=options["seed"], now=now)]
            else:
                loaded = make_demo(seed=options["seed"], now=now)
        except AlreadyThere as there:
            if options["once"]:
                return
            raise CommandError(
                f"“{there}” is loaded already. “make clean” removes the demo's data; "
                "--guests and --visits add a larger house beside it."
            ) from there
        if options["guests"] or options["visits"]:
            tidy()
        names = " and ".join(business.name for business in loaded)
        seconds = clock.monotonic() - started
        self.stdout.write(f"Loaded {names} in {seconds:.1f} s.")


def _moment(today: date | None) -> datetime:
    return datetime.combine(today, _NOON) if today else timezone.now()


def _size(options: dict[str, Any]) -> Size:
    guests = options["guests"] or max((options["visits"] or 0) // 4, 100)
    visits = options["visits"] or guests * 4
    if guests < 100 or visits < guests * 2:
        raise CommandError(
            "A house needs at least 100 guests, and twice as many visits as guests."
        )
    return Size(guests, visits)
