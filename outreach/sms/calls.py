"""One HTTP request to a provider: made once, ended in time, and honest about how far
it came.

An error before the first byte of the request was written has sent nothing; any after it
may have. Timeouts between bytes are not enough, as a server can drip them, so the
connection is cut when the time is up.
"""

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError

from outreach.models import Attempt
from outreach.outcomes import Outcome

# It logs whole addresses, and some providers want the guest's number in them.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

Kind = Attempt.Outcome
Sign = Callable[[requests.PreparedRequest], requests.PreparedRequest]

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 20.0
_MOST_BYTES = 1_000_000
_MOST_SECONDS_TO_WAIT = 86_400
_CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


class _Call:
    """How far one request came, and the means to end it from another thread."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.has_begun = False
        self.is_cut = False
        self._wire: socket.socket | None = None
        self._lock = threading.Lock()

    def hold(self, connection: Any, wire: Any) -> None:
        """Keep a handle of our own: wrapping a socket in TLS makes another object."""
        with self._lock:
            if self._wire is None:
                self._wire = socket.socket(fileno=os.dup(wire.fileno()))
        if self.is_cut or time.monotonic() >= self.deadline:
            raise ConnectTimeoutError(connection, "deadline")

    def cut(self) -> None:
        with self._lock:
            self.is_cut = True
            if self._wire is not None:
                with contextlib.suppress(OSError):
                    self._wire.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        with self._lock:
            if self._wire is not None:
                self._wire.close()
                self._wire = None


_current: ContextVar[_Call] = ContextVar("sms_call")


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _held(self, super()._new_conn())

    def send(self, data: Any) -> None:
        _begin(self)
        super().send(data)


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _held(self, super()._new_conn())

    def send(self, data: Any) -> None:
        _begin(self)
        super().send(data)


def _held(connection: HTTPConnection, wire: socket.socket) -> socket.socket:
    try:
        _current.get().hold(connection, wire)
    except Exception:
        wire.close()
        raise
    return wire


def _begin(connection: HTTPConnection) -> None:
    """Connect, if need be, before anything counts as written."""
    if connection.sock is None:
        connection.connect()
    call = _current.get()
    call.hold(connection, connection.sock)
    call.has_begun = True


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class Line:
    """The connections to one provider, kept between messages. Threads may share it.

    ``sign`` puts the account's name and password on each request.
    """

    def __init__(self, sign: Sign) -> None:
        self._sign = sign
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            # Without retries: a second try is for the one who can know about the first.
            adapter = _Adapter(max_retries=0, pool_maxsize=_CONNECTIONS)
            self._session.mount(scheme, adapter)

    def ask(
        self, method: str, url: str, *, deadline: float, **content: Any
    ) -> Answer | Outcome:
        """Return the answer, or what the lack of one means. Never raises."""
        call = _Call(deadline)
        seconds = deadline - time.monotonic()
        if seconds <= 0:
            return Outcome(Kind.NOT_SENT, "deadline")
        token = _current.set(call)
        timer = threading.Timer(seconds, call.cut)
        timer.daemon = True
        timer.start()
        try:
            answer = self._ask(method, url, seconds, content)
        except Exception as error:
            return _outcome_of(call, error)
        finally:
            timer.cancel()
            call.end()
            _current.reset(token)
        # What was cut short may look whole.
        return Outcome(Kind.UNKNOWN, "deadline") if call.is_cut else answer

    def close(self) -> None:
        self._session.close()

    def _ask(
        self, method: str, url: str, seconds: float, content: dict[str, Any]
    ) -> Answer:
        timeout = (min(_CONNECT_SECONDS, seconds), min(_READ_SECONDS, seconds))
        with self._session.request(
            method,
            url,
            auth=self._sign,
            timeout=timeout,
            stream=True,
            allow_redirects=False,
            **content,
        ) as response:
            body = response.raw.read(_MOST_BYTES, decode_content=True)
            return Answer(response.status_code, response.headers, body)


def with_password(user: str, password: str) -> Sign:
    return requests.auth.HTTPBasicAuth(user, password)


def with_bearer(token: str) -> Sign:
    # As something callable, so that no .netrc of the machine takes its place.
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign


def _outcome_of(call: _Call, error: Exception) -> Outcome:
    kind = Kind.UNKNOWN if call.has_begun else Kind.NOT_SENT
    return Outcome(kind, "deadline" if call.is_cut else _name_of(error))


def _name_of(error: Exception) -> str:
    """Return the kind of error that lies inside the ones that libraries wrap it in."""
    for inner in (getattr(error, "reason", None), *error.args):
        if isinstance(inner, Exception):
            return _name_of(inner)
    return type(error).__name__


def outcome_of_refusal(answer: Answer, code: str = "") -> Outcome:
    """Return what an answer means that did not take the message.

    ``code`` is the provider's own, where it has one.
    """
    detail = f"{answer.status} {code}".strip()
    if answer.status == 429:
        return Outcome(Kind.THROTTLED, detail, retry_after=retry_after(answer))
    # The account is not let in, or has no money: it is not about this message.
    if answer.status in {401, 402, 403}:
        return Outcome(Kind.NOT_SENT, detail)
    if 400 <= answer.status < 500 and answer.status not in {408, 409}:
        return Outcome(Kind.REJECTED, detail)
    return Outcome(Kind.UNKNOWN, detail)


def retry_after(answer: Answer) -> int | None:
    """Return the seconds that the other side asks to wait, at most a day."""
    headers = CaseInsensitiveDict(answer.headers)
    named = str(headers.get("Retry-After", "")).strip()
    if named.isascii() and named.isdigit():
        return min(int(named[:9]), _MOST_SECONDS_TO_WAIT)
    try:
        until = parsedate_to_datetime(named)
        # Told by the clock of the one who names the time.
        sent = parsedate_to_datetime(str(headers.get("Date", "")))
        seconds = int((until - sent).total_seconds())
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0), _MOST_SECONDS_TO_WAIT)
