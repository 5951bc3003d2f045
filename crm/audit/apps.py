from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "crm.audit"
    label = "audit"

    def ready(self) -> None:
        import crm.audit.receivers  # noqa: F401, PLC0415 -- app ready
