"""Speak to one account of email."""

from collections.abc import Callable

from anymail.message import AnymailMessage

from outreach.email.mail import build_mail
from outreach.email.transport import deliver
from outreach.models import Message
from outreach.outcomes import Outcome
from outreach.sending.routes import Route


class EmailRoute(Route):
    """Mail by the backend of the installation."""

    def prepare(self, message: Message) -> AnymailMessage:
        return build_mail(message)

    def deliver(
        self, prepared: AnymailMessage, *, before_end: Callable[[], None]
    ) -> Outcome:
        return deliver(prepared, before_end=before_end)
