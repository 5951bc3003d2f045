from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DevtoolsConfig(AppConfig):
    name = "crm.devtools"
    verbose_name = _("Demo")

    def ready(self) -> None:
        from crm.devtools import receivers  # noqa: F401, PLC0415 -- app ready
