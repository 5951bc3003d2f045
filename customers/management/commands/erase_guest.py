"""Forget a guest from the command line."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers.models import Guest
from customers.privacy.erasure import GuestIsExpected, erase_guest


class Command(BaseCommand):
    help = "Forget a guest: remove all that is personal, keep figures and proof."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("business", help="short name of the business")
        parser.add_argument("guest", type=UUID, help="from the address of their page")

    def handle(self, *, business: str, guest: UUID, **_options: Any) -> None:
        found = Guest.objects.filter(business__slug=business, uuid=guest).first()
        if found is None:
            raise CommandError(f"{business} has no such guest.")
        try:
            erase_guest(found, actor=None, now=timezone.now())
        except GuestIsExpected as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("The guest is forgotten.")
