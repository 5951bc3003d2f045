"""A mail server that a test writes the replies of, line by line, over a real socket."""

import contextlib
import socket
import threading
import time
from collections import deque


class Hangs:
    """Says nothing more, and keeps the connection."""


class HangsUp:
    """Closes the connection."""

    def __repr__(self):
        # The same in every process, for the names of tests.
        return "hangs up"


class Drips:
    """Sends a byte now and then, and no end of a line."""


USUAL = {
    "greeting": "220 mail.example ready",
    "EHLO": "250-mail.example\r\n250 SIZE 1000000",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "text": "250 2.0.0 taken",
    "RSET": "250 ok",
    "QUIT": "221 bye",
    "STARTTLS": "220 go on",
    "AUTH": "235 2.7.0 ok",
}


class MailStandIn:
    """``says(MAIL=[...])`` gives the next replies to a verb; after them the usual one.

    ``heard`` are the verbs of every connection, ``texts`` what was taken.
    """

    def __init__(self, tls=None, is_tls_from_the_start=False):
        self.heard = []
        self.texts = []
        self.connections = 0
        self._tls, self._is_tls = tls, is_tls_from_the_start
        self._replies = {verb: deque() for verb in USUAL}
        self._is_over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def says(self, **replies):
        for verb, said in replies.items():
            self._replies[verb].extend(said)

    def stop(self):
        self._is_over.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self):
        while not self._is_over.is_set():
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=[connection])
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        connection.settimeout(10)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(connection.close)
            if self._is_tls:
                connection = stack.enter_context(self._wrapped(connection))
            if not self._reply(connection, "greeting"):
                return
            lines = connection.makefile("rb")
            while line := lines.readline():
                verb = line.split(maxsplit=1)[0].decode().upper()
                self.heard.append(line.decode().strip())
                if not self._reply(connection, verb):
                    return
                if verb == "STARTTLS":
                    connection = stack.enter_context(self._wrapped(connection))
                    lines = connection.makefile("rb")
                if verb == "DATA" and self._last.startswith("354"):
                    text = b""
                    while not text.endswith(b"\r\n.\r\n"):
                        read = lines.readline()
                        if not read:
                            return
                        text += read
                    self.texts.append(text)
                    if not self._reply(connection, "text"):
                        return

    def _wrapped(self, connection):
        return self._tls.wrap_socket(connection, server_side=True)

    def _reply(self, connection, verb):
        waiting = self._replies.get(verb)
        said = waiting.popleft() if waiting else USUAL.get(verb, "502 what")
        self._last = said if isinstance(said, str) else ""
        if isinstance(said, str):
            connection.sendall(said.encode() + b"\r\n")
            return True
        if isinstance(said, Hangs):
            self._is_over.wait(10)
        if isinstance(said, Drips):
            until = time.monotonic() + 10
            while not self._is_over.is_set() and time.monotonic() < until:
                connection.sendall(b"2")
                time.sleep(0.02)
        return False
