"""Accounts, and calls of their providers at the doors of ours."""

import base64
import json
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from customers.models import Channel
from outreach.accounts.credentials import sealed
from outreach.events.doors import doors_of
from outreach.models import Message, ProviderAccount
from tests.factories import NOW
from tests.outreach.builders import make_message


def make_mail_account(business, provider="postmark", **credentials) -> ProviderAccount:
    """Put ``provider`` in the place of the mail account the business had."""
    return _make_account(business, Channel.EMAIL, provider, credentials)


def make_sms_account(business, provider="elks46", **credentials) -> ProviderAccount:
    return _make_account(business, Channel.SMS, provider, credentials)


def _make_account(business, channel, provider, credentials):
    business.provider_accounts.filter(channel=channel).update(is_in_use=False)
    return ProviderAccount.objects.create(
        business=business,
        channel=channel,
        provider=provider,
        credentials=sealed(credentials) if credentials else None,
        created_at=NOW - timedelta(days=90),
    )


def make_sent(account, guest, *, provider_id="", **fields) -> Message:
    """Make a message that ``account`` handed over an hour ago."""
    values = {
        "account": account,
        "channel": account.channel,
        "status": Message.Status.ACCEPTED,
        "accepted_at": NOW - timedelta(hours=1),
        "send_at": NOW - timedelta(hours=1),
        "attempt_count": 1,
        "provider_message_id": provider_id,
    }
    return make_message(guest, now=NOW, **(values | fields))


def url_of(account, kind="tracking") -> str:
    return next(door.url for door in doors_of(account) if door.kind == kind)


def basic(user, password) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def call(client, url, body, *, content_type="application/json", login=True, **headers):
    """Call ``url`` as a provider does, with the log-in that is written in it."""
    parts = urlsplit(url)
    if parts.username and login:
        headers["authorization"] = basic(parts.username, unquote(parts.password))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    data = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return client.post(path, data, content_type=content_type, headers=headers)
