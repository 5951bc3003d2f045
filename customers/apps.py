from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from customers import receivers, sources  # noqa: F401, PLC0415 -- app ready
