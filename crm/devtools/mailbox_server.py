"""The SMTP server of the demo: takes every mail, delivers it to the mailbox page only."""

import argparse
import asyncio
import signal
import socket
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from crm.devtools.mailbox import forget_oldest, keep_mail

LARGEST_MAIL = 20 * 1024 * 1024


class _Handler:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(  # noqa: N802 -- named by aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        raw = envelope.original_content or b""
        try:
            keep_mail(self.folder, raw, recipients=envelope.rcpt_tos)
        except OSError:
            return "452 4.3.1 No room for this mail"
        return "250 2.0.0 Kept for the mailbox page"


def mailbox_command(options: argparse.Namespace) -> None:
    serve_mailbox(options.path, socket.socket(fileno=options.descriptor))


def serve_mailbox(folder: Path, listening: socket.socket) -> None:
    """Take mail on a socket that already listens, until told to stop."""
    forget_oldest(folder)
    asyncio.run(_serve(listening, folder))


async def _serve(listening: socket.socket, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    handler = _Handler(folder)
    server = await loop.create_server(
        lambda: SMTP(
            handler,
            loop=loop,
            hostname="localhost",
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
        ),
        sock=listening,
    )
    await stopped.wait()
    server.close()
