"""Move what is sealed under the first key of FIELD_ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.needs.key_rotation import rotate_keys


class Command(BaseCommand):
    help = "Seal health needs under the first key, so that the others can go."

    def handle(self, **_options: Any) -> None:
        done = rotate_keys()
        self.stdout.write(f"Moved under the first key: {done.moved}.")
        if done.unreadable:
            raise CommandError(
                f"{done.unreadable} cannot be opened with any of the keys. Add the key "
                "that is missing behind the others and run this again."
            )
        self.stdout.write("None is left under another key.")
