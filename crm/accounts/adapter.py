"""How django-allauth behaves here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from crm.accounts.models import User
from crm.accounts.passwords import is_refused


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: staff are invited, owners are created."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        # Data of the demo may be carried to a real installation; its password may not.
        if is_refused(credentials.get("password", "")):
            return None
        return super().authenticate(request, **credentials)
