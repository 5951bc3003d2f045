"""A mail server that takes everything at once, or after a while, to measure against.

Run as ``python -m crm.devtools.quick_smtp DESCRIPTOR MILLISECONDS`` on a listening socket.
"""

import asyncio
import socket
import sys


class _Conversation(asyncio.Protocol):
    """Enough of SMTP for a client that makes no mistakes."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._unread = b""
        self._is_text = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError
        self._transport = transport
        self._say(b"220 localhost")

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while True:
            end = b"\r\n.\r\n" if self._is_text else b"\r\n"
            line, found, rest = self._unread.partition(end)
            if not found:
                return
            self._unread = rest
            self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> None:
        if self._is_text:
            self._is_text = False
            loop = asyncio.get_running_loop()
            loop.call_later(self._delay, self._say, b"250 Taken")
        elif verb == b"DATA":
            self._is_text = True
            self._say(b"354 Go ahead")
        elif verb == b"QUIT":
            self._say(b"221 Bye")
            self._transport.close()
        else:
            self._say(b"250 8BITMIME" if verb == b"EHLO" else b"250 OK")

    def _say(self, line: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(line + b"\r\n")


async def _serve(descriptor: int, delay: float) -> None:
    listening = socket.socket(fileno=descriptor)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Conversation(delay), sock=listening)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]) / 1000))
