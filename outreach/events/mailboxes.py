"""Fetch what comes back from the mailbox of an account that is a plain mail server.

Nothing in the mailbox is changed: how far it was read is kept with the account, and a
mail that is read twice is kept once. It may be the house's own mailbox, so that only
what came to an address of ours, or reports on a mail, is kept; the rest is nobody's
business here.
"""

import imaplib
import logging
import time
from datetime import datetime
from email import message_from_bytes

from django.db import transaction

from crm.core.deadlines import ended_by
from customers.models import Channel
from outreach.accounts.credentials import CredentialsLost, credentials_of
from outreach.events.imap import logged_in, mails_after, number_of, ok
from outreach.events.inbound import return_address_in
from outreach.events.receiving import keep
from outreach.models import ProviderAccount, WebhookEvent
from outreach.sms.callbacks import Webhook

logger = logging.getLogger(__name__)

_SECONDS = 60.0
_SECONDS_PER_TURN = 100.0
_REPORTS = frozenset({"multipart/report"})


class MailboxUnreachable(Exception):
    """The mailbox did not answer as one. The message is the kind of error."""


def poll_mailboxes(*, now: datetime) -> int:
    """Read the mailboxes that accounts name; return how many mails were kept.

    Those that there is no time for have their turn by chance the next time.
    """
    accounts = ProviderAccount.objects.filter(
        channel=Channel.EMAIL, is_in_use=True, credentials__isnull=False
    ).select_related("business")
    ends_at = time.monotonic() + _SECONDS_PER_TURN
    kept = 0
    for account in accounts.order_by("?"):
        if time.monotonic() >= ends_at:
            break
        try:
            kept += poll_mailbox(account, now=now)
        except MailboxUnreachable as problem:
            logger.warning("The mailbox of %s: %s", account, problem)
    return kept


def poll_mailbox(account: ProviderAccount, *, now: datetime) -> int:
    """Keep what is new in the mailbox of ``account``; return how many mails.

    The first time only where it ends is noted. Raise MailboxUnreachable.
    """
    try:
        named = credentials_of(account)
    except CredentialsLost:
        return 0
    if not named.get("imap_host"):
        return 0
    deadline = time.monotonic() + _SECONDS
    try:
        with ended_by(deadline) as wire, logged_in(named, wire) as mailbox:
            return _read(account, mailbox, now=now)
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        # A host that is not called, a password that cannot be written, or nonsense for
        # an answer. Without the words of the server, which may quote anything.
        raise MailboxUnreachable(type(error).__name__) from None


def _read(account: ProviderAccount, mailbox: imaplib.IMAP4, *, now: datetime) -> int:
    ok(mailbox.select("INBOX", readonly=True))
    validity = number_of(mailbox, "UIDVALIDITY")
    next_uid = number_of(mailbox, "UIDNEXT")
    cursor = account.mailbox_cursor
    if not cursor:
        _remember(account, validity, (next_uid or 1) - 1)
        return 0
    is_rebuilt = cursor.get("validity") != validity
    begin = 0 if is_rebuilt else int(cursor.get("uid", 0))
    kept, last = 0, begin
    for last, mail in mails_after(mailbox, begin, since=now if is_rebuilt else None):
        with transaction.atomic():
            kept += _keep(account, mail, now=now)
            _remember(account, validity, last)
    if last == begin and is_rebuilt:
        _remember(account, validity, (next_uid or 1) - 1)
    return kept


def _keep(account: ProviderAccount, raw: bytes, *, now: datetime) -> bool:
    if not raw or not _concerns_us(raw):
        return False
    mail = Webhook(url="", headers={}, body=raw)
    return keep(account, WebhookEvent.Kind.BOUNCE, mail, now=now)


def _concerns_us(raw: bytes) -> bool:
    mail = message_from_bytes(raw)
    return mail.get_content_type() in _REPORTS or return_address_in(mail) is not None


def _remember(account: ProviderAccount, validity: int | None, uid: int) -> None:
    account.mailbox_cursor = {"validity": validity, "uid": uid}
    ProviderAccount.objects.filter(pk=account.pk).update(
        mailbox_cursor=account.mailbox_cursor
    )
