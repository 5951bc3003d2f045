"""End a conversation over the network in time, however slowly the other side drips.

Timeouts between bytes are not enough: a server may send one every second for ever. So
one thread of the process cuts every connection whose time is up.
"""

import heapq
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

_FEW = 64


class Wire:
    """One conversation, and the means to end it from another thread."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.is_cut = False
        self._socket: socket.socket | None = None
        self.is_over = False
        self._lock = threading.Lock()

    @property
    def seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    def hold(self, connection: socket.socket) -> None:
        """Cut ``connection`` as well when the time is up. Raise TimeoutError when it
        is: nothing may be written any more.
        """
        with self._lock:
            if self._socket is None:
                # A handle of our own: wrapping a socket in TLS makes another object.
                self._socket = socket.socket(fileno=os.dup(connection.fileno()))
        if self.is_cut or self.seconds_left <= 0:
            raise TimeoutError("deadline")

    def cut(self) -> None:
        with self._lock:
            if self.is_over:
                return
            self.is_cut = True
            if self._socket is not None:
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        with self._lock:
            self.is_over = True
            if self._socket is not None:
                self._socket.close()
                self._socket = None


@contextmanager
def ended_by(deadline: float) -> Iterator[Wire]:
    """Give a wire whose connections are cut at ``deadline``, by time.monotonic()."""
    wire = Wire(deadline)
    _watch.add(wire)
    try:
        yield wire
    finally:
        wire.end()


class _Watch:
    """Cuts each wire when its time is up. One thread for all, begun when needed."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._wires: list[tuple[float, int, Wire]] = []
        self._numbers = count()
        self._thread: threading.Thread | None = None
        self._most = _FEW

    def add(self, wire: Wire) -> None:
        entry = (wire.deadline, next(self._numbers), wire)
        with self._news:
            if len(self._wires) >= self._most:
                self._forget_ended()
            heapq.heappush(self._wires, entry)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="deadlines", daemon=True
                )
                self._thread.start()
            elif self._wires[0] is entry:
                self._news.notify()

    def _forget_ended(self) -> None:
        """Drop what ended long before its time, which nearly all does."""
        self._wires = [entry for entry in self._wires if not entry[2].is_over]
        heapq.heapify(self._wires)
        self._most = max(_FEW, 2 * len(self._wires))

    def _run(self) -> None:
        while True:
            self._next().cut()

    def _next(self) -> Wire:
        """Return the next wire whose time is up, once it is."""
        with self._news:
            while not self._wires or self._wires[0][2].seconds_left > 0:
                left = self._wires[0][2].seconds_left if self._wires else None
                self._news.wait(left)
            return heapq.heappop(self._wires)[2]


_watch = _Watch()


def _watch_anew() -> None:
    # Threads do not follow into a forked process.
    global _watch
    _watch = _Watch()


os.register_at_fork(after_in_child=_watch_anew)
