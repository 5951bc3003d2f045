"""A real HTTP server on this machine, told beforehand how to behave once.

What it was asked is kept, byte for byte: that is the truth a test compares with.
"""

import json
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self):
        return {
            name: values[0] for name, values in parse_qs(self.body.decode()).items()
        }

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def query(self):
        found = parse_qs(urlsplit(self.path).query)
        return {name: values[0] for name, values in found.items()}


@dataclass(frozen=True)
class Says:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status, content, **headers):
        return cls(status, json.dumps(content).encode(), headers)


class Hangs:
    """Takes the request and never answers."""


class Resets:
    """Takes the request, then breaks the connection off."""


class Closes:
    """Takes the request, then closes the connection without a word."""


class DripsHeaders:
    """Answers a byte at a time, never done."""


class DripsBody:
    """Answers at once, and then sends the body a byte at a time."""


class AnswersAndCloses:
    """Answers as it should, then closes the connection it had promised to keep."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, client_address):
        """Say nothing: connections are broken here on purpose."""


class HttpStandIn:
    def __init__(self, answer, tls=None):
        self.answer = answer
        self.asked = []
        self.connections = 0
        self.closed = 0
        self.script = deque()
        self.is_over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        if tls:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port = self._server.server_address[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    def behave(self, *behaviours):
        self.script = deque(behaviours)

    def stop(self):
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self):
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # The answer is written in two goes; the second must not wait for the first.
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                stand_in.connections += 1

            def finish(self):
                super().finish()
                self.connection.close()
                stand_in.closed += 1

            def log_message(self, *args):
                pass

            def do_POST(self):
                length = int(self.headers.get("Content-Length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(length)
                asked = Asked(self.command, self.path, headers, body)
                stand_in.asked.append(asked)
                said = stand_in.script.popleft() if stand_in.script else None
                self.close_connection |= isinstance(said, AnswersAndCloses)
                if said is None or isinstance(said, AnswersAndCloses):
                    said = stand_in.answer(asked)
                self.say(said)

            do_GET = do_POST  # noqa: N815 -- the base class calls it so

            def say(self, said):
                if isinstance(said, Says):
                    self.send_response(said.status)
                    for name, value in said.headers.items():
                        self.send_header(name.replace("_", "-"), value)
                    if said.status != 204:
                        self.send_header("Content-Length", str(len(said.body)))
                    self.end_headers()
                    self.wfile.write(said.body)
                    return
                self.close_connection = True
                if isinstance(said, Resets):
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, linger
                    )
                    self.connection.close()
                elif isinstance(said, Hangs):
                    stand_in.is_over.wait(20)
                elif isinstance(said, DripsHeaders):
                    self.drip(b"HTTP/1.1 201 Created\r\nX-Slow: ")
                elif isinstance(said, DripsBody):
                    self.drip(
                        b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                        b'Connection: close\r\n\r\n{"id": "'
                    )

            def drip(self, beginning):
                self.wfile.write(beginning)
                while not stand_in.is_over.is_set():
                    try:
                        self.wfile.write(b"a")
                    except OSError:
                        return
                    time.sleep(0.02)

        return Handler
