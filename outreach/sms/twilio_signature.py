"""Whether a webhook is signed by Twilio.

Source: twilio.com/docs/usage/webhooks/webhooks-security. The signature is base64 of
HMAC-SHA1 with the account's token, or as a header says with a shared key, over the
whole address followed by the sorted names and values of the form. The address is ours
to know, as a proxy in between hides it; with or without its port, since Twilio signs
either.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit, urlunsplit

from outreach.sms.callbacks import Webhook, WebhookRefused, WebhookUnreadable

_DIGESTS = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
_PORTS = {"https": 443, "http": 80}


def check_signature(webhook: Webhook, *, token: str, shared_key: str = "") -> None:
    """Raise WebhookRefused unless ``webhook`` is signed with one of the keys."""
    named = _algorithm(webhook)
    if named and named not in _DIGESTS:
        raise WebhookRefused("algorithm")
    key = (shared_key if named else token).encode()
    given = webhook.headers.get("x-twilio-signature", "").encode("utf-8", "replace")
    fields = _signed_fields(webhook)
    # Every form of the address is tried, whichever fits.
    fits = [
        hmac.compare_digest(
            _signature(key, f"{url}{fields}", named or "HMAC_SHA1"), given
        )
        for url in _with_and_without_port(urlsplit(webhook.url))
    ]
    if not key or not any(fits):
        raise WebhookRefused("signature")


def _algorithm(webhook: Webhook) -> str:
    """Return what a webhook signed with a shared key names; empty for the token."""
    settings = webhook.headers.get("x-twilio-webhooks-signature-settings", "")
    for setting in settings.split(","):
        name, _is, value = setting.partition("=")
        if name.strip() == "algorithm":
            return value.strip()
    return ""


def _signed_fields(webhook: Webhook) -> str:
    """Return names and values as they are signed. Raise WebhookRefused."""
    try:
        form = webhook.form()
    except WebhookUnreadable as error:
        raise WebhookRefused("form") from error
    return "".join(
        name + value for name in sorted(form) for value in sorted(set(form[name]))
    )


def _signature(key: bytes, signed: str, algorithm: str) -> bytes:
    digest = hmac.new(key, signed.encode(), _DIGESTS[algorithm]).digest()
    return base64.b64encode(digest)


def _with_and_without_port(url: SplitResult) -> Iterator[str]:
    yield urlunsplit(url)
    host = url.hostname or ""
    if url.port is None:
        yield urlunsplit(url._replace(netloc=f"{host}:{_PORTS.get(url.scheme, 443)}"))
    else:
        yield urlunsplit(url._replace(netloc=host))
