"""Make the translations ready to use. The demo and the tests do it by themselves."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from crm.core.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compile the translations; no gettext programs needed."
    requires_system_checks = ()

    def handle(self, **_options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            compile_catalogues(Path(folder))
