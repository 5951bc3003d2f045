"""A provider of SMS in a process of its own, which remembers what it really took.

It speaks Sinch's batches, which can be listed by our reference, 46elks' SMS, whose
history knows no reference of ours, and Resend's mails, of which the same key is taken
once. What it took stands in a SQLite file before it says
a word: that is the truth which faults are measured against.

Run as ``python -m crm.devtools.provider_stand_in DESCRIPTOR LOG SEED SHARES`` on a
listening socket. SHARES is JSON: how often, of one, each fault happens by chance. What a
test asks for by ``POST /faults`` (JSON, names in order) comes first.
"""

import json
import random
import socket
import socketserver
import sqlite3
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4


class Fault(StrEnum):
    """What goes wrong with one message. The word before the dash: was it taken?"""

    TAKEN = "taken"
    TAKEN_502 = "taken-502"
    TAKEN_SILENCE = "taken-silence"
    TAKEN_RESET = "taken-reset"
    TAKEN_NONSENSE = "taken-nonsense"
    LOST_500 = "lost-500"
    LOST_RESET = "lost-reset"
    LOST_SILENCE = "lost-silence"
    LOST_DRIP = "lost-drip"
    REFUSED_429 = "refused-429"
    REFUSED_400 = "refused-400"
    REFUSED_401 = "refused-401"

    @property
    def takes(self) -> bool:
        return self.startswith("taken")


_STATUS = {
    Fault.TAKEN_502: 502,
    Fault.LOST_500: 500,
    Fault.REFUSED_429: 429,
    Fault.REFUSED_400: 400,
    Fault.REFUSED_401: 401,
}
_COLUMNS = ("id", "reference", "to", "text", "created")
_TABLES = """
PRAGMA journal_mode = wal;
CREATE TABLE IF NOT EXISTS taken (
    id TEXT PRIMARY KEY, reference TEXT, "to" TEXT, text TEXT, created TEXT);
CREATE INDEX IF NOT EXISTS taken_reference ON taken (reference);
CREATE INDEX IF NOT EXISTS taken_to ON taken ("to");
CREATE TABLE IF NOT EXISTS asked (method TEXT, fault TEXT, body TEXT);
"""


class Ledger:
    """What was taken, and how often we were asked. Threads and processes share it."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = sqlite3.connect(path, check_same_thread=False)
        self._file.executescript(_TABLES)

    def note_question(self, method: str, fault: str, body: str) -> None:
        with self._lock, self._file:
            self._file.execute(
                "INSERT INTO asked VALUES (?, ?, ?)", (method, fault, body)
            )

    def take(self, *, reference: str, to: str, text: str) -> dict[str, str]:
        row = {
            "id": uuid4().hex,
            "reference": reference,
            "to": to,
            "text": text,
            "created": time.strftime("%Y-%m-%dT%H:%M:%S.000000", time.gmtime()),
        }
        with self._lock, self._file:
            self._file.execute(
                "INSERT INTO taken VALUES (:id, :reference, :to, :text, :created)", row
            )
        return row

    def taken(self, *, reference: str = "", to: str = "") -> list[dict[str, str]]:
        """Return what was taken, oldest first: all of it, or what is named."""
        with self._lock:
            rows = self._file.execute(
                """SELECT * FROM taken WHERE (?1 = '' OR reference = ?1)
                AND (?2 = '' OR "to" = ?2) ORDER BY rowid""",
                (reference, to),
            ).fetchall()
        return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]

    def forget(self) -> None:
        with self._lock, self._file:
            self._file.execute("DELETE FROM taken")
            self._file.execute("DELETE FROM asked")

    def posts(self) -> list[str]:
        """Return the bodies of all messages we were asked to take, taken or not."""
        with self._lock:
            rows = self._file.execute(
                "SELECT body FROM asked WHERE method = 'POST' ORDER BY rowid"
            ).fetchall()
        return [body for (body,) in rows]

    def faults(self) -> dict[str, int]:
        with self._lock:
            return dict(
                self._file.execute(
                    "SELECT fault, count(*) FROM asked WHERE method = 'POST' GROUP BY 1"
                ).fetchall()
            )


class _Fate:
    """What happens to the next message: as told, else by chance."""

    def __init__(self, seed: int, shares: Mapping[str, float]) -> None:
        self._told: deque[Fault] = deque()
        self._chance = random.Random(seed)  # noqa: S311 -- not for secrets
        self._faults = [Fault(name) for name in shares]
        self._shares = list(shares.values())

    def tell(self, names: list[str]) -> None:
        self._told = deque(Fault(name) for name in names)

    def next(self) -> Fault:
        if self._told:
            return self._told.popleft()
        fine = 1 - sum(self._shares)
        drawn = self._chance.choices(
            [*self._faults, Fault.TAKEN], [*self._shares, fine]
        )
        return drawn[0]


class _Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True

    def __init__(self, listening: socket.socket, ledger: Ledger, fate: _Fate) -> None:
        super().__init__(listening.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.ledger, self.fate = ledger, fate

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: connections break on purpose, and clients are killed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Keep silent."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        ledger = self.server.ledger
        ledger.note_question("GET", "", parts.query)
        if parts.path.startswith("/xms/"):
            rows = ledger.taken(reference=query["client_reference"])
            batches = [
                {"id": row["id"], "client_reference": row["reference"]} for row in rows
            ]
            self._say(200, {"batches": batches})
        else:
            rows = ledger.taken(to=query["to"])[::-1]
            self._say(200, {"data": [_as_elks(row) for row in rows]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/faults":
            self.server.fate.tell(json.loads(body))
            self._say(200, {})
            return
        fault = self.server.fate.next()
        self.server.ledger.note_question("POST", fault, body)
        row = self._take(body) if fault.takes else {}
        self._answer(fault, row)

    def _take(self, body: str) -> dict[str, str]:
        if self.path.startswith("/xms/"):
            batch = json.loads(body)
            return self.server.ledger.take(
                reference=batch["client_reference"],
                to=batch["to"][0],
                text=batch["body"],
            )
        if self.path.startswith("/resend/"):
            return self._take_once(self.headers["Idempotency-Key"], body)
        form = {name: values[0] for name, values in parse_qs(body).items()}
        return self.server.ledger.take(
            reference="", to=form["to"], text=form["message"]
        )

    def _take_once(self, key: str, body: str) -> dict[str, str]:
        mail = json.loads(body)
        earlier = self.server.ledger.taken(reference=key)
        return (
            earlier[0]
            if earlier
            else self.server.ledger.take(
                reference=key, to=mail["to"][0], text=mail["text"]
            )
        )

    def _answer(self, fault: Fault, row: dict[str, str]) -> None:
        status = _STATUS.get(fault)
        if fault is Fault.TAKEN:
            self._say(201, {"id": row["id"]})
        elif fault is Fault.TAKEN_NONSENSE:
            self._say(200, "<html>It works!</html>")
        elif status:
            self._say(status, {})
        else:
            self._break_off(fault)

    def _say(self, status: int, content: Any) -> None:
        answer = json.dumps(content).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def _break_off(self, fault: Fault) -> None:
        self.close_connection = True
        if fault in {Fault.TAKEN_RESET, Fault.LOST_RESET}:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            return
        if fault is Fault.LOST_DRIP:
            self.wfile.write(b"HTTP/1.1 201 Created\r\nX-Slow: ")
        while self._is_heard(fault):
            time.sleep(0.05)

    def _is_heard(self, fault: Fault) -> bool:
        """Return whether the other side still waits, to whom a byte may be said."""
        if fault is Fault.LOST_DRIP:
            self.wfile.write(b"a")
            return True
        self.connection.settimeout(0.01)
        try:
            return self.connection.recv(1) != b""
        except TimeoutError:
            return True


def _as_elks(row: dict[str, str]) -> dict[str, str]:
    return {
        "id": row["id"],
        "direction": "outgoing",
        "status": "created",
        "to": row["to"],
        "message": row["text"],
        "created": row["created"],
    }


def main(descriptor: str, log: str, seed: str, shares: str) -> None:
    listening = socket.socket(fileno=int(descriptor))
    fate = _Fate(int(seed), json.loads(shares))
    _Server(listening, Ledger(Path(log)), fate).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
