"""Play what a provider would do after it took an SMS: the demo has nobody who would.

Receipts and answers come to the account's own door, kept at once and dated for when
they would be called, so that they are applied then and not before.
"""

from datetime import datetime

from outreach.events.receiving import keep
from outreach.models import ProviderAccount, WebhookEvent
from outreach.signals import sms_simulated
from outreach.sms.backends import SmsOut
from outreach.sms.simulator import Simulator, fate_of, receipts

_KIND = WebhookEvent.Kind.SMS


def play(
    account: ProviderAccount, simulator: Simulator, out: SmsOut, *, now: datetime
) -> None:
    """Let ``out``, which was handed over ``now``, reach its phone, or not."""
    if not fate_of(out).is_taken:
        return
    sms_simulated.send(
        sender=ProviderAccount, to=out.to, from_name=out.sender.text, text=out.text
    )
    if not out.callback_url:
        return
    for receipt in receipts(out, sent_at=now):
        call = simulator.as_webhook(receipt, out.callback_url)
        keep(account, _KIND, call, now=receipt.at)
