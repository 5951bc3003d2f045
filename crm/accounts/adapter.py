"""How django-allauth behaves here."""

import logging
import smtplib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from anymail.exceptions import AnymailError
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.accounts.passwords import is_refused

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: staff are invited, owners are created."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        # Data of the demo may be carried to a real installation; its password may not.
        if is_refused(credentials.get("password", "")):
            return None
        user: User | None = super().authenticate(request, **credentials)
        return user

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Send, or say that the mail server is away: signing in must not depend on it."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException, AnymailError) as error:
            logger.warning("%s not sent: %s", template_prefix, type(error).__name__)
            messages.error(
                allauth_context.request,
                _(
                    "The mail could not be sent: the mail server did not answer. Try "
                    "again in a while."
                ),
            )
