"""The addresses at which providers tell us what became of what we sent.

Each account has its own, which nobody can guess: a token of ours over the account. A
provider that does not sign what it sends also has to log in, with a password made the
same way. Nothing of either is stored.
"""

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.core.signing import public_token, read_public_token
from customers.models import Channel
from outreach.accounts.credentials import CredentialsLost, credentials_of
from outreach.events.mail_calls import calls_of
from outreach.models import ProviderAccount, WebhookEvent
from outreach.sms.callbacks import Webhook, WebhookRefused
from outreach.sms.registry import UnknownProvider, backend_for

Kind = WebhookEvent.Kind

_DOOR = "hook"
_LOGIN = "hook-login"
_USER = "gjensyn"

_TITLES: dict[str, str | Promise] = {
    Kind.TRACKING: _("What became of our mails"),
    Kind.INBOUND: _("Mails that guests send back"),
    Kind.BOUNCE: _("Returned mails and answers, each posted as it is"),
    Kind.SMS: _("Delivery reports and SMS from guests"),
}


@dataclass(frozen=True, slots=True)
class Door:
    """One address to enter at the provider. ``lacks`` names a credential without which
    nothing that comes in there can be believed; empty when all is well.
    """

    kind: str
    title: str | Promise
    url: str
    lacks: str = ""


def doors_of(account: ProviderAccount) -> list[Door]:
    """Return the addresses of ``account`` as they are entered at its provider."""
    return [
        Door(
            kind=kind,
            title=_TITLES[kind],
            url=_as_entered(account, kind),
            lacks=_lack(account, kind),
        )
        for kind in kinds_of(account)
    ]


def kinds_of(account: ProviderAccount) -> tuple[str, ...]:
    """Return what may come in for ``account``."""
    if account.channel == Channel.SMS:
        return (Kind.SMS,)
    calls = calls_of(account)
    return calls.kinds if calls else (Kind.BOUNCE,)


def door_url(account: ProviderAccount, kind: str) -> str:
    """Return the bare address, without the log-in or seal that some providers need."""
    path = reverse("hooks:receive", args=[public_token(_DOOR, account.uuid), kind])
    return f"{settings.SITE_URL}{path}"


def account_behind(token: str) -> ProviderAccount | None:
    """Return whose door ``token`` opens; None when it is not one of ours."""
    uuid = read_public_token(_DOOR, token)
    if uuid is None:
        return None
    rows = ProviderAccount.objects.select_related("business")
    return rows.filter(uuid=uuid).first()


def password_of(account: ProviderAccount) -> str:
    return public_token(_LOGIN, account.uuid)


def check_login(webhook: Webhook, account: UUID) -> None:
    """Raise WebhookRefused unless the caller knows the password of the account."""
    scheme, _space, given = webhook.headers.get("authorization", "").partition(" ")
    try:
        pair = base64.b64decode(given, validate=True).decode()
    except (binascii.Error, ValueError):
        pair = ""
    password = pair.partition(":")[2]
    if scheme.lower() != "basic" or read_public_token(_LOGIN, password) != account:
        raise WebhookRefused("login")


def _as_entered(account: ProviderAccount, kind: str) -> str:
    bare = door_url(account, kind)
    if kind == Kind.SMS:
        return _sealed(account, bare)
    calls = calls_of(account)
    if calls and not calls.logs_in:
        return bare
    return bare.replace("://", f"://{_USER}:{password_of(account)}@", 1)


def _sealed(account: ProviderAccount, bare: str) -> str:
    try:
        backend = backend_for(
            account.provider,
            account=account.uuid,
            credentials=credentials_of(account),
        )
    except (UnknownProvider, CredentialsLost):
        return bare
    return backend.door(bare)


def _lack(account: ProviderAccount, kind: str) -> str:
    calls = calls_of(account)
    return calls.lack(account, kind) if calls else ""
