"""Resend with its key against doubles, which Anymail does not send."""

from typing import Any

from anymail.backends import resend
from django.core.mail import EmailMessage


class EmailBackend(resend.EmailBackend):
    """The same message within a day is taken once only, whatever came of the first."""

    def build_message_payload(self, message: EmailMessage, defaults: Any) -> Any:
        payload = super().build_message_payload(message, defaults)
        if key := payload.metadata.get("message"):
            payload.headers["Idempotency-Key"] = key
        return payload
