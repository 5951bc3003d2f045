"""Builders for SMS and the accounts they go through."""

from customers.models import Channel
from outreach.accounts.credentials import sealed
from outreach.deciding.facts import reach_of
from outreach.models import Message, ProviderAccount
from tests.factories import NOW
from tests.outreach.builders import make_message


def make_sms_account(
    business, provider="simulator", *, credentials=None, now=NOW, **fields
) -> ProviderAccount:
    values = {"sender": "Solvik", "currency": "NOK"}
    return ProviderAccount.objects.create(
        business=business,
        channel=Channel.SMS,
        provider=provider,
        credentials=sealed(credentials) if credentials else None,
        created_at=now,
        **(values | fields),
    )


def make_sms(guest, *, kind=Message.Kind.SURVEY, **fields) -> Message:
    """Make an SMS that belongs to no visit and no automation."""
    reach = reach_of([guest.pk], Channel.SMS).get(guest.pk)
    point = reach.point if reach else None
    values = {
        "channel": Channel.SMS,
        "to_address": point.normalized if point else "",
        "to_hash": point.fingerprint if point else None,
    }
    return make_message(guest, kind=kind, **(values | fields))
