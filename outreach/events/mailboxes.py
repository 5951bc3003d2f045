"""Fetch what comes back from the mailbox of an account that is a plain mail server.

Nothing in the mailbox is changed: how far it was read is kept with the account, and a
mail that is read twice is kept once. It may be the house's own mailbox, so that only
what came to an address of ours, or reports on a mail, is kept; the rest is nobody's
business here.
"""

import imaplib
import logging
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import Any

from django.conf import settings
from django.db import transaction

from crm.core.deadlines import Wire, ended_by
from crm.core.public_hosts import HostIsNotPublic, HostIsUnknown, connect_publicly
from customers.models import Channel
from outreach.accounts.credentials import CredentialsLost, credentials_of
from outreach.events.inbound import return_address_in
from outreach.events.receiving import MOST_BYTES, keep
from outreach.models import ProviderAccount, WebhookEvent
from outreach.sms.callbacks import Webhook

logger = logging.getLogger(__name__)

PORT = 993
_SECONDS = 60.0
_SECONDS_PER_ANSWER = 20.0
_AT_ONCE = 200
# After the mailbox was rebuilt, mails of these days are looked at again.
_LOOKS_BACK = timedelta(days=7)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_REPORTS = frozenset({"multipart/report"})


class MailboxUnreachable(Exception):
    """The mailbox did not answer as one. The message is the kind of error."""


def poll_mailboxes(*, now: datetime) -> int:
    """Read every mailbox that an account names; return how many mails were kept."""
    accounts = ProviderAccount.objects.filter(
        channel=Channel.EMAIL, is_in_use=True, credentials__isnull=False
    ).select_related("business")
    kept = 0
    for account in accounts.order_by("pk"):
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
        with ended_by(deadline) as wire, _logged_in(named, wire) as mailbox:
            return _read(account, mailbox, now=now)
    except (OSError, imaplib.IMAP4.error, HostIsNotPublic, HostIsUnknown) as error:
        # Without the words of the server, which may quote anything.
        raise MailboxUnreachable(type(error).__name__) from None


# The conversation


class _Public(imaplib.IMAP4):
    """imaplib's client, to public hosts only and until the wire is cut."""

    def __init__(self, host: str, port: int, *, wire: Wire, is_tls: bool) -> None:
        # imaplib connects in its own __init__.
        self._wire, self._is_tls = wire, is_tls
        super().__init__(host, port, timeout=_SECONDS_PER_ANSWER)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = connect_publicly(
            self.host, self.port, timeout=timeout or _SECONDS_PER_ANSWER
        )
        self._wire.hold(plain)
        if not self._is_tls:
            return plain
        context = ssl.create_default_context()
        return context.wrap_socket(plain, server_hostname=self.host)

    def read(self, size: int) -> bytes:
        # A server may announce any size, and would be listened to.
        if size > 2 * MOST_BYTES:
            raise self.abort("too large")
        return super().read(size)


@contextmanager
def _logged_in(named: Mapping[str, str], wire: Wire) -> Iterator[imaplib.IMAP4]:
    host = named["imap_host"]
    port = named.get("imap_port", "")
    mailbox = _Public(
        host,
        int(port) if port.isascii() and port.isdigit() else PORT,
        wire=wire,
        # Without encryption only inside the operator's own network.
        is_tls=named.get("imap_security") != "plain"
        or host.casefold() not in settings.INNER_HOSTS,
    )
    try:
        mailbox.login(named.get("imap_user", ""), named.get("imap_password", ""))
        yield mailbox
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            mailbox.logout()
        with suppress(OSError):
            mailbox.shutdown()


def _read(account: ProviderAccount, mailbox: imaplib.IMAP4, *, now: datetime) -> int:
    _ok(mailbox.select("INBOX", readonly=True))
    validity, next_uid = _number(mailbox, "UIDVALIDITY"), _number(mailbox, "UIDNEXT")
    cursor = account.mailbox_cursor
    if not cursor:
        _remember(account, validity, (next_uid or 1) - 1)
        return 0
    is_rebuilt = cursor.get("validity") != validity
    begin = 0 if is_rebuilt else int(cursor.get("uid", 0))
    kept, last = 0, begin
    for last, mail in _mails_after(mailbox, begin, since=now if is_rebuilt else None):
        with transaction.atomic():
            kept += _keep(account, mail, now=now)
            _remember(account, validity, last)
    if last == begin and is_rebuilt:
        _remember(account, validity, (next_uid or 1) - 1)
    return kept


def _mails_after(
    mailbox: imaplib.IMAP4, uid: int, *, since: datetime | None
) -> Iterator[tuple[int, bytes]]:
    wanted = [f"UID {uid + 1}:*"]
    if since is not None:
        day = imaplib.Time2Internaldate((since - _LOOKS_BACK).timestamp())[1:12]
        wanted.append(f"SINCE {day}")
    (found, *_more) = _ok(mailbox.uid("SEARCH", *wanted)) or [b""]
    # A range that begins beyond the end gives the last mail all the same.
    new = (number for number in map(int, (found or b"").split()) if number > uid)
    for number in sorted(new)[:_AT_ONCE]:
        if _size_of(mailbox, number) > MOST_BYTES:
            yield number, b""
            continue
        answer = _ok(mailbox.uid("FETCH", str(number), "(BODY.PEEK[])"))
        parts = [part[1] for part in answer if isinstance(part, tuple)]
        yield number, parts[0] if parts else b""


def _size_of(mailbox: imaplib.IMAP4, uid: int) -> int:
    (line, *_more) = _ok(mailbox.uid("FETCH", str(uid), "(RFC822.SIZE)")) or [b""]
    found = _SIZE.search(line or b"")
    return int(found[1]) if found else 0


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data


def _number(mailbox: imaplib.IMAP4, name: str) -> int | None:
    _status, data = mailbox.response(name)
    first = data[0] if data else None
    return int(first) if isinstance(first, bytes) and first.isdigit() else None


# What is kept


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
