from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "outreach"

    def ready(self) -> None:
        from outreach import receivers  # noqa: F401, PLC0415 -- app ready
        from outreach.accounts.subjects import register_subjects  # noqa: PLC0415 -- app ready
        from outreach.campaigns.subjects import register_campaigns  # noqa: PLC0415 -- app ready
        from outreach.deciding import budget_changing  # noqa: PLC0415 -- app ready
        from outreach.guest_data import register_policies  # noqa: PLC0415 -- app ready
        from outreach.guest_pages import register_sources  # noqa: PLC0415 -- app ready
        from outreach.preferences.showing import register_stops  # noqa: PLC0415 -- app ready
        from outreach.segment_fields import register_segment_fields  # noqa: PLC0415 -- app ready
        from outreach.segment_uses import register_segment_uses  # noqa: PLC0415 -- app ready

        register_campaigns()
        register_policies()
        register_sources()
        register_stops()
        register_segment_fields()
        register_segment_uses()
        register_subjects()
        budget_changing.register_subjects()
