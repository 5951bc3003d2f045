from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        from customers import receivers, sources  # noqa: F401, PLC0415 -- app ready
        from customers.privacy.data import register_policies  # noqa: PLC0415 -- app ready
        from customers.segments.registering import register_segment_fields  # noqa: PLC0415 -- app ready
        from customers.work import register_work  # noqa: PLC0415 -- app ready

        register_policies()
        register_segment_fields()
        register_work()
