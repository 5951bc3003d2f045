"""Speak to a mailbox by IMAP: look, and change nothing.

To public hosts only, and never for long, however slowly the server answers.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from crm.core.deadlines import Wire
from crm.core.public_hosts import connect_publicly
from outreach.events.receiving import MOST_BYTES

PORT = 993
_SECONDS_PER_ANSWER = 20.0
_AT_ONCE = 200
# After the mailbox was rebuilt, mails of these days are looked at again.
_LOOKS_BACK = timedelta(days=7)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class _Client(imaplib.IMAP4):
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
def logged_in(named: Mapping[str, str], wire: Wire) -> Iterator[imaplib.IMAP4]:
    host = named["imap_host"]
    port = named.get("imap_port", "")
    mailbox = _Client(
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


def mails_after(
    mailbox: imaplib.IMAP4, uid: int, *, since: datetime | None
) -> Iterator[tuple[int, bytes]]:
    wanted = [f"UID {uid + 1}:*"]
    if since is not None:
        day = imaplib.Time2Internaldate((since - _LOOKS_BACK).timestamp())[1:12]
        wanted.append(f"SINCE {day}")
    (found, *_more) = ok(mailbox.uid("SEARCH", *wanted)) or [b""]
    # A range that begins beyond the end gives the last mail all the same.
    new = (number for number in map(int, (found or b"").split()) if number > uid)
    for number in sorted(new)[:_AT_ONCE]:
        if _size_of(mailbox, number) > MOST_BYTES:
            yield number, b""
            continue
        answer = ok(mailbox.uid("FETCH", str(number), "(BODY.PEEK[])"))
        parts = [part[1] for part in answer if isinstance(part, tuple)]
        yield number, parts[0] if parts else b""


def _size_of(mailbox: imaplib.IMAP4, uid: int) -> int:
    (line, *_more) = ok(mailbox.uid("FETCH", str(uid), "(RFC822.SIZE)")) or [b""]
    found = _SIZE.search(line or b"")
    return int(found[1]) if found else 0


def ok(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data


def number_of(mailbox: imaplib.IMAP4, name: str) -> int | None:
    _status, data = mailbox.response(name)
    first = data[0] if data else None
    return int(first) if isinstance(first, bytes) and first.isdigit() else None
