"""How each mail provider calls us, and whether it was really the provider.

Anymail knows their shapes and signatures; here it only checks and reads, as what it
reads is kept first and acted upon later. Nothing in here calls anybody.
"""

import base64
import binascii
import hashlib
import hmac
import io
import warnings
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailEvent
from anymail.webhooks import (
    amazon_ses,
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mailtrap,
    mandrill,
    postal,
    postmark,
    resend,
    sendgrid,
    sparkpost,
    unisender_go,
)
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest

from customers.models import Channel
from outreach.accounts.credentials import CredentialsLost, credentials_of
from outreach.email.providers import provider_of_backend
from outreach.models import ProviderAccount, WebhookEvent
from outreach.sms.callbacks import Webhook, WebhookRefused, WebhookUnreadable

Kind = WebhookEvent.Kind

# What Anymail raises where a call is not what it expects.
_NONSENSE = (
    AnymailError,
    AssertionError,
    AttributeError,
    # It came to the wrong door.
    ImproperlyConfigured,
    LookupError,
    TypeError,
    ValueError,
)
_View = Callable[..., AnymailBaseWebhookView]

# Credentials that Anymail's own views know what to do with.
_SECRETS = (
    "api_key",
    "inbound_secret",
    "signing_secret",
    "tracking_webhook_verification_key",
    "webhook_key",
    "webhook_signing_key",
)


# Amazon SES comes through SNS, which Anymail can only answer with Amazon's library.


class _SesTracking(amazon_ses.AmazonSESTrackingWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def auto_confirm_sns_subscription(self, sns_message: Any) -> None:
        return


class _SesInbound(amazon_ses.AmazonSESInboundWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def auto_confirm_sns_subscription(self, sns_message: Any) -> None:
        return

    def fetch_s3_chunks(self, bucket_name: str, object_key: str) -> Any:
        raise WebhookUnreadable


class _BrevoInbound(brevo.BrevoInboundWebhookView):
    def __init__(self, **kwargs: Any) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def esp_to_anymail_event(self, esp_event: Any) -> Any:
        # An attachment would be fetched from Brevo, and nobody here looks at it.
        return super().esp_to_anymail_event({**esp_event, "Attachments": []})


class _MailtrapTracking(mailtrap.MailtrapTrackingWebhookView):
    def __init__(self, signing_secret: str | None = None, **kwargs: Any) -> None:
        super().__init__(tracking_secret=signing_secret, **kwargs)


class _Resend(resend.ResendTrackingWebhookView):
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


@dataclass(frozen=True, slots=True)
class MailCalls:
    """What one provider calls us with. ``signed_with`` names credentials of which one
    is needed to know its signature; without any, or where the signature covers too
    little, it ``logs_in``.
    """

    tracking: _View
    inbound: _View | None = None
    signed_with: tuple[str, ...] = ()
    logs_in: bool = True

    @property
    def kinds(self) -> tuple[str, ...]:
        # What is not posted by the provider itself can be read from a mailbox.
        return (Kind.TRACKING, Kind.INBOUND if self.inbound else Kind.BOUNCE)

    def lack(self, account: ProviderAccount, kind: str) -> str:
        """Return the credential that is missing, where one is."""
        if kind == Kind.BOUNCE or not self.signed_with:
            return ""
        wanted = self._signed_with(kind)
        return "" if any(map(_secrets_of(account).get, wanted)) else wanted[0]

    def _signed_with(self, kind: str) -> tuple[str, ...]:
        is_own = kind == Kind.INBOUND and self.tracking is mailersend_tracking
        return ("inbound_secret",) if is_own else self.signed_with


mailersend_tracking: _View = mailersend.MailerSendTrackingWebhookView

_CALLS: Mapping[str, MailCalls] = {
    "amazon_ses": MailCalls(_SesTracking, _SesInbound),
    "brevo": MailCalls(brevo.BrevoTrackingWebhookView, _BrevoInbound),
    "mailersend": MailCalls(
        mailersend_tracking,
        mailersend.MailerSendInboundWebhookView,
        signed_with=("signing_secret",),
        logs_in=False,
    ),
    # The signature is over a time and a token, not over what is said.
    "mailgun": MailCalls(
        mailgun.MailgunTrackingWebhookView,
        mailgun.MailgunInboundWebhookView,
        signed_with=("webhook_signing_key", "api_key"),
    ),
    "mailjet": MailCalls(
        mailjet.MailjetTrackingWebhookView, mailjet.MailjetInboundWebhookView
    ),
    "mailtrap": MailCalls(_MailtrapTracking),
    "mandrill": MailCalls(
        mandrill.MandrillCombinedWebhookView,
        mandrill.MandrillCombinedWebhookView,
        signed_with=("webhook_key",),
        logs_in=False,
    ),
    "postal": MailCalls(
        postal.PostalTrackingWebhookView,
        postal.PostalInboundWebhookView,
        signed_with=("webhook_key",),
        logs_in=False,
    ),
    "postmark": MailCalls(
        postmark.PostmarkTrackingWebhookView, postmark.PostmarkInboundWebhookView
    ),
    "resend": MailCalls(_Resend),
    "sendgrid": MailCalls(
        sendgrid.SendGridTrackingWebhookView, sendgrid.SendGridInboundWebhookView
    ),
    "sparkpost": MailCalls(
        sparkpost.SparkPostTrackingWebhookView, sparkpost.SparkPostInboundWebhookView
    ),
    "unisender_go": MailCalls(
        unisender_go.UnisenderGoTrackingWebhookView,
        signed_with=("api_key",),
        logs_in=False,
    ),
}


def calls_of(account: ProviderAccount) -> MailCalls | None:
    """Return how the account's mail provider calls; None for a plain mail server."""
    if account.channel != Channel.EMAIL:
        return None
    return _CALLS.get(_name_of(account))


def _name_of(account: ProviderAccount) -> str:
    if account.provider != ProviderAccount.INSTALLATION:
        return account.provider
    provider = provider_of_backend(settings.EMAIL_BACKEND)
    return provider.name if provider else ""


def check_call(account: ProviderAccount, kind: str, webhook: Webhook) -> None:
    """Raise WebhookRefused unless the signature is the provider's, where it signs."""
    view = _view(account, kind, webhook)
    with closing(as_request(webhook)) as request:
        try:
            view.run_validators(request)
        except (AnymailError, AnymailWebhookValidationFailure, ValueError) as error:
            raise WebhookRefused("signature") from error


def events_in(
    account: ProviderAccount, kind: str, webhook: Webhook
) -> list[AnymailEvent]:
    """Return what a call that was checked before tells. Raise WebhookUnreadable."""
    view = _view(account, kind, webhook)
    # Closed at the end, as forms may hold files.
    with closing(as_request(webhook)) as request:
        try:
            events: list[AnymailEvent] = view.parse_events(request)
        except _NONSENSE as error:
            raise WebhookUnreadable from error
    return events


def _view(
    account: ProviderAccount, kind: str, webhook: Webhook
) -> AnymailBaseWebhookView:
    calls = calls_of(account)
    make = calls and (calls.inbound if kind == Kind.INBOUND else calls.tracking)
    if make is None:
        raise WebhookRefused("kind")
    given = _secrets_of(account)
    if _name_of(account) == "mandrill":
        # It signs the address as it was called, which a proxy hides.
        given["webhook_url"] = webhook.url
    try:
        with warnings.catch_warnings():
            # Whoever does not sign logs in, see doors.py.
            warnings.simplefilter("ignore")
            return make(webhook_secret="", **given)
    except (ImproperlyConfigured, AnymailError, ValueError) as error:
        raise WebhookRefused("secret") from error


def _secrets_of(account: ProviderAccount) -> dict[str, str]:
    try:
        known = credentials_of(account)
    except CredentialsLost:
        known = {}
    return {name: known[name] for name in _SECRETS if known.get(name)}


def as_request(webhook: Webhook) -> HttpRequest:
    """Return the call as a request again, as Anymail wants one."""
    url = urlsplit(webhook.url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": url.path or "/",
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname or "localhost",
        "SERVER_PORT": str(url.port or 443),
        "wsgi.url_scheme": url.scheme or "https",
        "wsgi.input": io.BytesIO(webhook.body),
        "CONTENT_LENGTH": str(len(webhook.body)),
        "CONTENT_TYPE": webhook.headers.get("content-type", ""),
    }
    for name, value in webhook.headers.items():
        if name not in {"content-type", "content-length"}:
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    request = WSGIRequest(environ)
    # It was let in with our own limit of size.
    request._body = webhook.body
    return request
