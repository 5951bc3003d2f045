from django.apps import AppConfig


class GjensynConfig(AppConfig):
    name = "crm"
    label = "gjensyn"

    def ready(self) -> None:
        from crm import checks  # noqa: F401, PLC0415 -- app ready
