"""A real SMTP server for tests, told beforehand how to behave.

It speaks over a socket like any mail server, so timeouts and lost connections are real.
"""

import asyncio
import email
import email.policy
import logging
import socket
import threading
from collections import deque
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import Enum
from typing import AnyStr

from aiosmtpd.smtp import SMTP, Envelope, Session

from crm.devtools.processes import wait_until

# It logs every line of every conversation.
logging.getLogger("mail.log").setLevel(logging.WARNING)


class Behaviour(Enum):
    """What happens to one message."""

    ACCEPT = "accepts it"
    REFUSE_RECIPIENT = "550 at RCPT TO"
    REFUSE = "554 after the text"
    BUSY = "451 after the text"
    DROP_BEFORE_DATA = "closes the connection before taking the text"
    DROP_AFTER_DATA = "takes the text, then closes without an answer"
    HANG = "takes the text and never answers"


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message the server took."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def parsed(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)


@dataclass(slots=True)
class SmtpStandIn:
    """The server as a test sees it. ``script`` is used up one message at a time; after
    it ``otherwise`` holds.
    """

    port: int
    messages: list[Delivered] = field(default_factory=list)
    script: deque[Behaviour] = field(default_factory=deque)
    otherwise: Behaviour = Behaviour.ACCEPT
    conversations: int = 0

    def behave(self, *behaviours: Behaviour) -> None:
        self.script = deque(behaviours)

    def reset(self) -> None:
        self.messages.clear()
        self.script.clear()
        self.otherwise = Behaviour.ACCEPT
        self.conversations = 0

    def wait_for(self, count: int, *, seconds: float = 10) -> list[Delivered]:
        """Return the messages once there are ``count``, or what came in time."""
        wait_until(lambda: len(self.messages) >= count, seconds=seconds)
        return list(self.messages)

    def next_behaviour(self) -> Behaviour:
        return self.script[0] if self.script else self.otherwise

    def used(self) -> Behaviour:
        return self.script.popleft() if self.script else self.otherwise


class _Conversation(SMTP):
    stand_in: SmtpStandIn

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 -- named by aiosmtpd
        if self.stand_in.next_behaviour() is Behaviour.DROP_BEFORE_DATA:
            self.stand_in.used()
            self._hang_up()
            return
        await super().smtp_DATA(arg)

    async def push(self, status: AnyStr) -> None:
        if status == "hang up":
            self._hang_up()
            return
        await super().push(status)

    def _hang_up(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class _Handler:
    def __init__(self, stand_in: SmtpStandIn) -> None:
        self.stand_in = stand_in

    async def handle_RCPT(  # noqa: N802 -- named by aiosmtpd
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if self.stand_in.next_behaviour() is Behaviour.REFUSE_RECIPIENT:
            self.stand_in.used()
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- named by aiosmtpd
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        behaviour = self.stand_in.used()
        if behaviour is Behaviour.REFUSE:
            return "554 5.7.1 Not wanted here"
        if behaviour is Behaviour.BUSY:
            return "451 4.3.0 Try again later"
        self.stand_in.messages.append(
            Delivered(
                envelope.mail_from or "",
                list(envelope.rcpt_tos),
                envelope.original_content or b"",
            )
        )
        if behaviour is Behaviour.HANG:
            await asyncio.Event().wait()
        return "hang up" if behaviour is Behaviour.DROP_AFTER_DATA else "250 OK"


class SmtpThread:
    """Runs the stand-in on an event loop of its own until ``stop``."""

    def __init__(self, listening: socket.socket) -> None:
        self.stand_in = SmtpStandIn(port=listening.getsockname()[1])
        self._socket = listening
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _conversation(self) -> _Conversation:
        self.stand_in.conversations += 1
        conversation = _Conversation(
            _Handler(self.stand_in),
            hostname="localhost",
            loop=self._loop,
            enable_SMTPUTF8=True,
        )
        conversation.stand_in = self.stand_in
        return conversation

    def _serve(self) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(
            loop.create_server(self._conversation, sock=self._socket)
        )
        self._ready.set()
        loop.run_forever()
        server.close()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
