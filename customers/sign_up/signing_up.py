"""Somebody signs up. Nobody becomes a guest by it, and nothing is looked up.

So the answer, the time it takes and the mail are the same for everybody, and no one
learns who is a guest. Who reads the address confirms it: see ``confirming.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from crm.core.rate_limits import is_within
from crm.core.signing import public_token, read_public_token
from customers.models import SignUp, SignUpPage
from customers.sign_up.patience import Stamp
from customers.signals import sign_up_asked

SEALED_FOR = "sign_up"
# How long the link in the mail works. What nobody confirmed is deleted then.
KEPT_FOR = timedelta(days=7)
# Nobody fills another's mailbox by our form.
MAILS_A_DAY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpFacts:
    """What somebody typed. ``email`` as compared; ``purposes`` are what they ticked."""

    given_name: str
    family_name: str
    email: str
    language: str
    purposes: Sequence[str]
    phone: str = ""
    birthday_month: int | None = None
    birthday_day: int | None = None


@transaction.atomic
def ask_to_join(
    page: SignUpPage, facts: SignUpFacts, stamp: Stamp, *, now: datetime
) -> SignUp | None:
    """Keep a sign-up and have the address asked; None when enough mail went there today.

    The same form sent twice is one sign-up.
    """
    if held := SignUp.objects.filter(uuid=stamp.uuid).first():
        return held
    day = timedelta(days=1)
    if not is_within("sign_up", facts.email, limit=MAILS_A_DAY, per=day, now=now):
        return None
    sign_up, is_new = SignUp.objects.get_or_create(
        uuid=stamp.uuid, defaults=_typed(page, facts, stamp, now=now)
    )
    if is_new:
        sign_up_asked.send(sender=SignUp, sign_up=sign_up, now=now)
    return sign_up


def _typed(
    page: SignUpPage, facts: SignUpFacts, stamp: Stamp, *, now: datetime
) -> dict[str, Any]:
    return {
        "business": page.business,
        "page": page,
        "language": facts.language,
        "given_name": facts.given_name,
        "family_name": facts.family_name,
        "email": facts.email,
        "phone": facts.phone,
        "birthday_month": facts.birthday_month,
        "birthday_day": facts.birthday_day,
        "agreed": {
            purpose: stamp.wordings[purpose]
            for purpose in facts.purposes
            if purpose in stamp.wordings
        },
        "asked_at": now,
        "expires_at": now + KEPT_FOR,
    }


def token_of(sign_up: SignUp) -> str:
    """Return what stands in the link by which the address confirms."""
    return public_token(SEALED_FOR, sign_up.uuid)


def sign_up_of_token(token: str) -> SignUp | None:
    uuid = read_public_token(SEALED_FOR, token)
    if uuid is None:
        return None
    return (
        SignUp.objects.select_related("business", "page__venue", "guest")
        .filter(uuid=uuid)
        .first()
    )


def say_it_was_not_me(sign_up: SignUp) -> None:
    """Delete a sign-up whose address says that somebody else typed it."""
    SignUp.objects.filter(pk=sign_up.pk, confirmed_at=None).delete()


def let_go_of_sign_ups(*, now: datetime) -> int:
    """Delete what nobody confirmed in time; return how many."""
    waiting = SignUp.objects.filter(confirmed_at=None, expires_at__lte=now)
    return waiting.delete()[0]
