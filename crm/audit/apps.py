from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "crm.audit"
    label = "audit"

    def ready(self) -> None:
        from crm.audit import receivers  # noqa: F401, PLC0415 -- app ready
        from crm.audit.houses import register_subjects  # noqa: PLC0415 -- app ready

        register_subjects()
