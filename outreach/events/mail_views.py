"""Anymail's readers of calls, where they would call somebody or need another library."""

import base64
import binascii
import hashlib
import hmac
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks import amazon_ses, brevo, mailtrap, resend
from anymail.webhooks.base import AnymailBaseWebhookView
from django.http import HttpRequest

from outreach.sms.callbacks import WebhookUnreadable


class SesTracking(amazon_ses.AmazonSESTrackingWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def auto_confirm_sns_subscription(self, sns_message: Any) -> None:
        return


class SesInbound(amazon_ses.AmazonSESInboundWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def auto_confirm_sns_subscription(self, sns_message: Any) -> None:
        return

    def fetch_s3_chunks(self, bucket_name: str, object_key: str) -> Any:
        raise WebhookUnreadable


class BrevoInbound(brevo.BrevoInboundWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def esp_to_anymail_event(self, esp_event: Any) -> Any:
        # An attachment would be fetched from Brevo, and nobody here looks at it.
        return super().esp_to_anymail_event({**esp_event, "Attachments": []})


class MailtrapTracking(mailtrap.MailtrapTrackingWebhookView):
    def __init__(self, signing_secret: str | None = None, **kwargs: Any) -> None:
        super().__init__(tracking_secret=signing_secret, **kwargs)


class ResendTracking(resend.ResendTrackingWebhookView):
    """Resend's calls, whose signature Anymail only checks with another library."""

    def __init__(self, signing_secret: str = "", **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)
        self._key = signing_secret.removeprefix("whsec_")
        self._svix_webhook = None

    def validate_request(self, request: HttpRequest) -> None:
        if self._key and not _is_signed_by_svix(request, self._key):
            raise AnymailWebhookValidationFailure


def _is_signed_by_svix(request: HttpRequest, key: str) -> bool:
    """Return whether one of the signatures fits: docs.svix.com/receiving."""
    try:
        secret = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return False
    name, at = request.headers.get("svix-id", ""), request.headers.get("svix-timestamp")
    signed = f"{name}.{at}.".encode() + request.body
    digest = hmac.new(secret, signed, hashlib.sha256).digest()
    expected = b"v1," + base64.b64encode(digest)
    given = request.headers.get("svix-signature", "").encode("utf-8", "replace").split()
    fits = [hmac.compare_digest(expected, signature) for signature in given]
    return any(fits)
