"""Answer an SMS that says STOP, START or HELP: once for each, in the guest's language."""

from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from outreach.models import InboundMessage, Message
from outreach.sending.doorbell import ring
from outreach.sms.prices import estimate
from outreach.sms.stopping import Asks
from outreach.writing.sms_texts import measured

# Later than this it would only puzzle.
PATIENCE = timedelta(hours=12)
# These answer by themselves, in the language of the number.
_ANSWER_THEMSELVES = frozenset({"twilio"})


def reply_to(sms: InboundMessage, *, now: datetime) -> None:
    """Queue the answer to what ``sms`` asks; nothing where the day has had its own."""
    account = sms.account
    if account.provider in _ANSWER_THEMSELVES:
        return
    language = _language_of(sms)
    with translation.override(language):
        text = _words(sms)
    sent = measured(text, {})
    asker = bytes(sms.from_hash or b"").hex()[:32]
    Message.objects.bulk_create(
        [
            Message(
                business=sms.business,
                occasion=f"letter:sms-{sms.asks}:{asker}:{now:%Y-%m-%d}",
                channel=sms.channel,
                kind=Message.Kind.CRITICAL,
                guest=sms.guest,
                account=account,
                to_address=sms.from_address,
                to_hash=sms.from_hash,
                language=language,
                schedule_zone=sms.business.time_zone,
                send_at=now,
                expires_at=now + PATIENCE,
                is_letter=True,
                body_text=text,
                parts=sent.parts,
                encoding=sent.encoding,
                cost_estimate=estimate(sent.parts, sms.from_address, account.prices),
                cost_currency=account.currency,
                frozen_at=now,
                created_at=now,
                updated_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    ring()


def _language_of(sms: InboundMessage) -> str:
    if sms.answers is not None:
        return sms.answers.language
    if sms.guest is not None and sms.guest.language:
        return sms.guest.language
    return sms.business.language


def _words(sms: InboundMessage) -> str:
    house = {"house": sms.business.name, "email": sms.business.email}
    if sms.asks == Asks.STOP:
        words = _("%(house)s: You get no more SMS from us. Send START to undo this.")
    elif sms.asks == Asks.START:
        words = _("%(house)s: You get SMS from us again. Send STOP to end them.")
    elif sms.business.email:
        words = _("%(house)s: Write to us at %(email)s. Send STOP to get no more SMS.")
    else:
        words = _("%(house)s: Send STOP to get no more SMS.")
    return words % house
