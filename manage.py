#!/usr/bin/env python3
"""Run a Django command of Gjensyn."""

import os
import sys


def main() -> None:
    """Hand the command line to Django, or say plainly what is missing."""
    if sys.version_info < (3, 11):
        running = ".".join(str(part) for part in sys.version_info[:2])
        sys.exit(f"Gjensyn needs Python 3.11 or newer; this is Python {running}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    try:
        from django.core.management import (  # noqa: PLC0415 -- after version check
            execute_from_command_line,
        )
    except ModuleNotFoundError:
        sys.exit(
            "Django is not installed for this Python. Run `make setup` first, "
            "then use .venv/bin/python."
        )
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
