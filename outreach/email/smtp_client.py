"""One connection to a mail server, where every word is over when the time is up."""

import smtplib
import socket
import ssl
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail.utils import DNS_NAME

from crm.core.deadlines import Wire
from crm.core.public_hosts import connect_publicly
from outreach.email.parcels import Parcel
from outreach.email.providers import PLAIN, STARTTLS, TLS
from outreach.email.smtp_replies import Kind, Pause, outcome_of_connecting
from outreach.outcomes import Outcome

_CONNECT_SECONDS = 5.0
# Of one line of a reply, and lines of one reply.
_MOST_BYTES = 8192
_MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, and how to log in there. Without ``user`` nobody logs in.

    ``must_be_public`` is set where a business named it.
    """

    host: str
    port: int
    security: str = PLAIN
    user: str = ""
    password: str = field(default="", repr=False)
    must_be_public: bool = False


class LoginRefused(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.kind)
        self.outcome = outcome


class Unencrypted(Exception):
    """The business asks for no encryption, and its server is on the open internet."""


class Client(smtplib.SMTP):
    """smtplib's client, whose every word is over when the wire is."""

    def __init__(self, server: MailServer, wire: Wire, tls: ssl.SSLContext) -> None:
        self._server, self._wire, self._tls = server, wire, tls
        # Without a host nobody connects yet.
        super().__init__(local_hostname=DNS_NAME.get_fqdn(), timeout=1.0)
        self.timeout = max(wire.seconds_left, 0.001)
        self._host = server.host

    def goes_over(self, wire: Wire) -> None:
        """Go on for another message, which has its own time."""
        self._wire = wire
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected
        self._hold(self.sock)

    def _hold(self, sock: socket.socket) -> None:
        self._wire.hold(sock)
        # The wire is cut first, which says why.
        sock.settimeout(max(self._wire.seconds_left, 0) + 1)

    def enter(self) -> None:
        """Connect, encrypt and log in, as far as the server is set up to."""
        server = self._server
        code, words = self.connect(server.host, server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, words)
        self.ehlo_or_helo_if_needed()
        if server.security == STARTTLS:
            self.starttls(context=self._tls)
            self.ehlo_or_helo_if_needed()
        if server.user:
            self._log_in()

    def begin(self, parcel: Parcel) -> tuple[int, bytes]:
        options = []
        if self.has_extn("size"):
            options.append(f"size={len(parcel.text)}")
        if self.has_extn("8bitmime") and not parcel.text.isascii():
            options.append("body=8bitmime")
        return self.mail(parcel.sender, options)

    def _log_in(self) -> None:
        try:
            self.login(self._server.user, self._server.password)
        except smtplib.SMTPAuthenticationError as error:
            outcome = outcome_of_connecting(error.smtp_code, error.smtp_error)
            raise LoginRefused(outcome) from None
        except smtplib.SMTPNotSupportedError:
            raise LoginRefused(outcome_of_connecting(530, b"")) from None
        except UnicodeError as error:
            # Not about a message. Without the cause, which quotes the password.
            outcome = Outcome(Kind.NOT_SENT, type(error).__name__, pause=Pause.LOGIN)
            raise LoginRefused(outcome) from None

    def getreply(self) -> tuple[int, bytes]:
        """Return the code of a reply and its words; no more of it than a reply is long.

        The code is -1 where there is none.
        """
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected
        if self.file is None:
            self.file = self.sock.makefile("rb")
        words = []
        for _line in range(_MOST_LINES):
            line = self.file.readline(_MOST_BYTES)
            if not line.endswith(b"\n"):
                self.close()
                raise smtplib.SMTPServerDisconnected
            words.append(line[4:].strip())
            code = int(line[:3]) if line[:3].isdigit() else -1
            if code == -1 or line[3:4] != b"-":
                return code, b"\n".join(words)
        self.close()
        raise smtplib.SMTPServerDisconnected

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        sock = _connected(self._server, seconds=min(_CONNECT_SECONDS, timeout))
        try:
            # The end of a text is written on its own, and must not wait until the server
            # has acknowledged the rest: that costs 40 ms a message.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._hold(sock)
            if self._server.security == TLS:
                return self._tls.wrap_socket(sock, server_hostname=host)
        except Exception:
            sock.close()
            raise
        return sock


def _connected(server: MailServer, *, seconds: float) -> socket.socket:
    if not server.must_be_public:
        return socket.create_connection((server.host, server.port), seconds)
    if server.security == PLAIN and server.host.casefold() not in settings.INNER_HOSTS:
        raise Unencrypted
    return connect_publicly(server.host, server.port, timeout=seconds)
