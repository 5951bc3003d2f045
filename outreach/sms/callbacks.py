"""The addresses at which providers tell us what became of an SMS, and who may use them.

Some providers do not sign what they send. So every address we hand out carries a seal
of our own over the account, and over the message where it is about one.
"""

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from crm.core.rate_limits import address_of
from crm.core.signing import public_token, read_public_token

_USER = "sms"
_MOST_FIELDS = 200


class WebhookRefused(Exception):
    """It does not come from the provider, or cannot be known to."""


class WebhookUnreadable(Exception):
    """It comes from the provider, and makes no sense."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A call as it came in, which can be stored and read again.

    ``url`` is the whole address as the provider called it, ``headers`` are by lower-case
    names, ``remote`` is the address it came from.
    """

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    remote: str = field(default="", repr=False)

    @classmethod
    def of(cls, request: HttpRequest) -> "Webhook":
        # Behind a proxy the request does not know by which name it was called.
        return cls(
            url=settings.SITE_URL + request.get_full_path(),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=request.body,
            remote=address_of(request),
        )

    def form(self) -> dict[str, list[str]]:
        """Return the fields of a form. Raise WebhookUnreadable."""
        try:
            text = self.body.decode("utf-8")
            return parse_qs(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError as error:
            raise WebhookUnreadable from error

    def fields(self) -> dict[str, str]:
        """Return the first value of each field of a form. Raise WebhookUnreadable."""
        return {name: values[0] for name, values in self.form().items()}


def sealed_url(
    url: str, *, account: UUID, reference: UUID | None = None, password: str = ""
) -> str:
    """Return ``url`` as it is given to a provider: about one message, or all of them.

    With ``password``, the provider is also made to log in.
    """
    parts = urlsplit(url)
    token = public_token(_purpose(account), reference or account)
    host = parts.netloc
    if password:
        host = f"{_USER}:{quote(password, safe='')}@{host}"
    return urlunsplit(parts._replace(netloc=host, query=urlencode({"t": token})))


def sealed_reference(webhook: Webhook, *, account: UUID) -> UUID | None:
    """Return the message that the address is about; None when it is about any.

    Raise WebhookRefused when the address is not one that we gave for ``account``.
    """
    query = parse_qs(urlsplit(webhook.url).query)
    token = query.get("t", [""])[0]
    found = read_public_token(_purpose(account), token)
    if found is None:
        raise WebhookRefused("seal")
    return None if found == account else found


def _purpose(account: UUID) -> str:
    return f"sms-callback:{account}"


def check_password(webhook: Webhook, password: str) -> None:
    """Raise WebhookRefused when ``password`` is set and was not given."""
    if not password:
        return
    scheme, _space, given = webhook.headers.get("authorization", "").partition(" ")
    expected = f"{_USER}:{password}".encode()
    try:
        found = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if scheme.lower() != "basic" or not hmac.compare_digest(found, expected):
        raise WebhookRefused("password")


def check_network(webhook: Webhook, networks: str) -> None:
    """Raise WebhookRefused when ``networks`` are named and it comes from elsewhere.

    ``networks`` are addresses or ranges with commas between, as in 195.84.162.0/24.
    """
    allowed = [name.strip() for name in networks.split(",") if name.strip()]
    if not allowed:
        return
    try:
        remote = ipaddress.ip_address(webhook.remote)
        if any(remote in ipaddress.ip_network(name, strict=False) for name in allowed):
            return
    except ValueError as error:
        raise WebhookRefused("network") from error
    raise WebhookRefused("network")
