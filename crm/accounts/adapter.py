"""How django-allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves: staff are invited, owners are created."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
