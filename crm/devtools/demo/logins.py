"""Who can sign in to the demo, and as what. Printed when the demo starts."""

from functools import cache
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from crm.accounts.models import User
from crm.accounts.passwords import DEMO_PASSWORD
from crm.tenancy.models import Staff

Role = Staff.Role


class Login(NamedTuple):
    email: str
    name: str
    role: str


SOLVIK_STAFF = (
    Login("owner@solvik.example", "Alba Solheim", Role.OWNER),
    Login("manager@solvik.example", "Mathias Vik", Role.MANAGER),
    Login("staff@solvik.example", "Ida Flo", Role.STAFF),
    Login("viewer@solvik.example", "Ragnhild Eide", Role.VIEWER),
)
MANE_STAFF = (Login("owner@mane.example", "Måne Kjær", Role.OWNER),)


def users_of(logins: tuple[Login, ...]) -> list[User]:
    """Return the people of ``logins`` in order; who is missing is created."""
    there = User.objects.filter(email__in=[login.email for login in logins])
    known = {user.email: user for user in there}
    password = "" if len(known) == len(logins) else _hash()
    return [
        known.get(login.email)
        or User.objects.create(email=login.email, name=login.name, password=password)
        for login in logins
    ]


@cache
def _hash() -> str:
    # One for all: it is slow on purpose, and the password is printed anyway.
    return make_password(DEMO_PASSWORD)
