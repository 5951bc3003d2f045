"""How each mail provider calls us, and whether it was really the provider.

Anymail knows their shapes and signatures; here it only checks and reads, as what it
reads is kept first and acted upon later. Nothing in here calls anybody.
"""

import warnings
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailEvent
from anymail.webhooks import (
    brevo,
    mailersend,
    mailgun,
    mailjet,
    mandrill,
    postal,
    postmark,
    sendgrid,
    sparkpost,
    unisender_go,
)
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from customers.models import Channel
from outreach.accounts.credentials import CredentialsLost, credentials_of
from outreach.email.providers import provider_of_backend
from outreach.events.mail_views import (
    BrevoInbound,
    MailtrapTracking,
    ResendTracking,
    SesInbound,
    SesTracking,
)
from outreach.events.requests_again import as_request
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
    "amazon_ses": MailCalls(SesTracking, SesInbound),
    "brevo": MailCalls(brevo.BrevoTrackingWebhookView, BrevoInbound),
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
    "mailtrap": MailCalls(MailtrapTracking),
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
    "resend": MailCalls(ResendTracking),
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
    make: _View | None = None
    if calls is not None:
        make = calls.inbound if kind == Kind.INBOUND else calls.tracking
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
