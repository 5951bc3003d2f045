"""Speak to one account of email."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from anymail.message import AnymailMessage
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection

from outreach.accounts.credentials import CredentialsLost, credentials_of
from outreach.email.mail import build_mail
from outreach.email.providers import (
    PLAIN,
    PROVIDERS,
    STARTTLS,
    TLS,
    CredentialsMissing,
    Provider,
    provider_of_backend,
)
from outreach.email.smtp import EmailBackend, SmtpLine
from outreach.email.smtp_client import MailServer
from outreach.email.transport import ProviderLine
from outreach.models import Attempt, Message, ProviderAccount
from outreach.outcomes import LookUp, Outcome, Unsupported
from outreach.sending.routes import Route


class _Line(Protocol):
    def send(
        self, mail: EmailMessage, *, deadline: float, before_end: Callable[[], None]
    ) -> Outcome: ...

    def close(self) -> None: ...


class EmailRoute(Route):
    """Mail by the installation's own server, one of the business's, or a provider."""

    def __init__(self, account: ProviderAccount) -> None:
        super().__init__(account)
        self._provider = _provider_of(account)
        self.replays_for = self._provider.replays_for if self._provider else None
        self._line: _Line | None = None
        self._trouble = ""

    def prepare(self, message: Message) -> AnymailMessage:
        return build_mail(message, self.account, self._provider)

    def deliver(
        self, prepared: EmailMessage, *, before_end: Callable[[], None]
    ) -> Outcome:
        line = self._opened()
        if line is None:
            return Outcome(
                Attempt.Outcome.NOT_SENT,
                self._trouble,
                pause=ProviderAccount.Pause.LOGIN,
            )
        deadline = time.monotonic() + settings.EMAIL_TIMEOUT
        return line.send(prepared, deadline=deadline, before_end=before_end)

    def find(self, prepared: AnymailMessage, *, around: datetime) -> LookUp:
        """Ask by our own number of the message, so that the time does not matter."""
        line = self._opened()
        if not isinstance(line, ProviderLine):
            return Unsupported()
        deadline = time.monotonic() + settings.EMAIL_TIMEOUT
        return line.find(prepared, deadline=deadline)

    def _opened(self) -> _Line | None:
        """Return the way to the account; None when nobody is let in with what we have."""
        if self._line is None:
            try:
                self._line = _line_of(self.account, self._provider)
            except (
                CredentialsLost,
                CredentialsMissing,
                ImproperlyConfigured,
                ImportError,
                ValueError,
            ) as error:
                self._trouble = type(error).__name__
        return self._line

    def close(self) -> None:
        if self._line is not None:
            self._line.close()


def _provider_of(account: ProviderAccount) -> Provider | None:
    """Return what is known of the account's provider; None for a server of no kind."""
    if account.provider == ProviderAccount.INSTALLATION:
        return provider_of_backend(settings.EMAIL_BACKEND)
    return PROVIDERS.get(account.provider)


def _line_of(account: ProviderAccount, provider: Provider | None) -> _Line:
    if account.provider == ProviderAccount.INSTALLATION:
        return _installed_line(provider)
    if provider is None:
        raise CredentialsMissing(account.provider)
    credentials = credentials_of(account)
    if not provider.backend:
        return SmtpLine(_server_in(credentials))
    return ProviderLine(
        get_connection(provider.backend, **provider.options(credentials)),
        provider.name,
        must_be_public=provider.is_named_by_business,
    )


def _installed_line(provider: Provider | None) -> _Line:
    path = provider.backend if provider else settings.EMAIL_BACKEND
    backend = get_connection(path)
    if isinstance(backend, EmailBackend):
        return SmtpLine(_installed_server())
    return ProviderLine(backend, provider.name if provider else "")


def _installed_server() -> MailServer:
    security = TLS if settings.EMAIL_USE_SSL else PLAIN
    return MailServer(
        settings.EMAIL_HOST,
        int(settings.EMAIL_PORT),
        STARTTLS if settings.EMAIL_USE_TLS else security,
        settings.EMAIL_HOST_USER,
        settings.EMAIL_HOST_PASSWORD,
    )


def _server_in(credentials: dict[str, str]) -> MailServer:
    if not credentials.get("host"):
        raise CredentialsMissing("host")
    return MailServer(
        credentials["host"],
        int(credentials.get("port") or 587),
        credentials.get("security") or STARTTLS,
        credentials.get("user", ""),
        credentials.get("password", ""),
        must_be_public=True,
    )
