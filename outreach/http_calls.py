"""One HTTP request to a provider: made once, ended in time, and honest about how far
it came.

An error before the first byte of the request was written has sent nothing; any after it
may have.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from io import BytesIO
from socket import IPPROTO_TCP, TCP_NODELAY, socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError

from crm.core.deadlines import Wire, ended_by
from crm.core.json_depth import is_nested_too_deep
from crm.core.public_hosts import connect_publicly

# It logs whole addresses, and some providers want the guest's number in them.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
_MOST_BYTES = 1_000_000
_MOST_SECONDS_TO_WAIT = 86_400
_CONNECTIONS = 32


@dataclass(slots=True)
class Call:
    """How far one request came."""

    wire: Wire
    has_begun: bool = False

    @property
    def is_cut(self) -> bool:
        return self.wire.is_cut

    def hold(self, connection: Any, sock: Any) -> None:
        try:
            self.wire.hold(sock)
        except TimeoutError as error:
            raise ConnectTimeoutError(connection, "deadline") from error


_current: ContextVar[Call] = ContextVar("http_call")


@contextmanager
def call_until(deadline: float) -> Iterator[Call]:
    """Make the one request of a session within. It is cut at ``deadline``, by
    time.monotonic().
    """
    with ended_by(deadline) as wire:
        call = Call(wire)
        token = _current.set(call)
        try:
            yield call
        finally:
            _current.reset(token)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket:
        return _held(self, super()._new_conn())

    def send(self, data: Any) -> None:
        _begin(self)
        super().send(data)


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket:
        return _held(self, super()._new_conn())

    def send(self, data: Any) -> None:
        _begin(self)
        super().send(data)


class _PublicConnection(_Connection):
    def _new_conn(self) -> socket:
        return _held(self, _connected_publicly(self))


class _PublicTlsConnection(_TlsConnection):
    def _new_conn(self) -> socket:
        return _held(self, _connected_publicly(self))


def _connected_publicly(connection: HTTPConnection) -> socket:
    seconds = min(CONNECT_SECONDS, _current.get().wire.seconds_left)
    sock = connect_publicly(
        connection.host, connection.port, timeout=max(seconds, 0.001)
    )
    sock.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    return sock


def _held(connection: HTTPConnection, sock: socket) -> socket:
    try:
        _current.get().hold(connection, sock)
    except Exception:
        sock.close()
        raise
    return sock


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


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicTlsPool(HTTPSConnectionPool):
    ConnectionCls = _PublicTlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}
_PUBLIC_POOLS = {"http": _PublicPool, "https": _PublicTlsPool}


class _Adapter(HTTPAdapter):
    def __init__(self, pools: Mapping[str, Any]) -> None:
        self._pools = dict(pools)
        # Without retries: a second try is for the one who can know about the first.
        super().__init__(max_retries=0, pool_maxsize=_CONNECTIONS)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Read the answer here, and no more of it than an answer is long or deep."""
        response = super().send(*args, **{**kwargs, "stream": True})
        raw = response.raw
        with raw:
            body = raw.read(_MOST_BYTES, decode_content=True)
        if is_nested_too_deep(body):
            body = b""
        response.raw = HTTPResponse(
            BytesIO(body), status=raw.status, preload_content=False
        )
        return response


class _Session(requests.Session):
    """Asks once: what is answered with another address is not asked there."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


def new_session(*, must_be_public: bool = False) -> requests.Session:
    """Return a session that keeps its connections. Use it within ``call_until``.

    With ``must_be_public``, only hosts on the open internet are reached, and no proxy
    is asked to reach others.
    """
    session = _Session()
    session.trust_env = not must_be_public
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(_PUBLIC_POOLS if must_be_public else _POOLS))
    # Something callable, so that no .netrc of the machine says who we are.
    session.auth = _as_it_is
    return session


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def timeouts_until(deadline: float) -> tuple[float, float]:
    """Return for how long to wait for a connection, and for each byte."""
    seconds = max(deadline - time.monotonic(), 0.001)
    return min(CONNECT_SECONDS, seconds), min(READ_SECONDS, seconds)


def name_of(error: BaseException) -> str:
    """Return the kind of error that lies inside the ones that libraries wrap it in."""
    for inner in (getattr(error, "reason", None), *error.args):
        if isinstance(inner, Exception):
            return name_of(inner)
    return type(error).__name__


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Return the seconds that the other side asks to wait, at most a day."""
    known = CaseInsensitiveDict(headers)
    named = str(known.get("Retry-After", "")).strip()
    if named.isascii() and named.isdigit():
        return min(int(named[:9]), _MOST_SECONDS_TO_WAIT)
    try:
        until = parsedate_to_datetime(named)
        # Told by the clock of the one who names the time.
        sent = parsedate_to_datetime(str(known.get("Date", "")))
        seconds = int((until - sent).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(seconds, 0), _MOST_SECONDS_TO_WAIT)
