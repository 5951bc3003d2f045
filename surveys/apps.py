from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from surveys import receivers  # noqa: F401, PLC0415 -- app ready
        from surveys.guest_data import register_policies  # noqa: PLC0415 -- app ready
        from surveys.guest_story import register_sources  # noqa: PLC0415 -- app ready
        from surveys.segment_fields import register_segment_fields  # noqa: PLC0415 -- app ready

        register_policies()
        register_sources()
        register_segment_fields()
