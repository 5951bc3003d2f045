from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    name = "loyalty"

    def ready(self) -> None:
        from loyalty import receivers  # noqa: F401, PLC0415 -- app ready
        from loyalty.guest_data import register_policies  # noqa: PLC0415 -- app ready
        from loyalty.guest_pages import register_sources  # noqa: PLC0415 -- app ready
        from loyalty.segment_fields import register_segment_fields  # noqa: PLC0415 -- app ready

        register_policies()
        register_sources()
        register_segment_fields()
