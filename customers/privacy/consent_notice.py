"""Whether the house tells guests at booking that it will write, and how to say no.

Only then may it write after a paid visit to somebody who was never asked. The house
says so in its settings; what the notice reads is kept in versions, as proof.
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.core.languages import in_guest_languages
from crm.tenancy.models import Business
from customers.models import ConsentWording, Purpose

Basis = ConsentWording.Basis

_NOTICES: dict[str, Callable[[], str]] = {
    Purpose.SURVEY: lambda: _(
        "After your visit we may write and ask how it was. You can say no when you book, "
        "and with the link in every message."
    ),
    Purpose.MARKETING: lambda: _(
        "We may write to you about our own stays, tables and tours. You can say no when "
        "you book, and with the link in every message."
    ),
}


def notice_texts() -> dict[str, dict[str, str]]:
    """Return the notice in all guest languages, by purpose."""
    return {purpose: in_guest_languages(say) for purpose, say in _NOTICES.items()}


def is_on(business: Business) -> bool:
    """Return whether the house gives the notice today."""
    return _notices(business).filter(is_current=True).exists()


@transaction.atomic
def switch_on(business: Business, *, now: datetime) -> None:
    """Note that guests are told from now on. Saying so twice changes nothing."""
    Business.objects.select_for_update(no_key=True).get(pk=business.pk)
    for purpose, texts in notice_texts().items():
        newest = _notices(business).filter(purpose=purpose).order_by("-version").first()
        if newest is None or newest.texts != texts:
            _replace(business, purpose, newest, texts, now=now)
        elif not newest.is_current:
            newest.is_current = True
            newest.save(update_fields=["is_current"])


@transaction.atomic
def switch_off(business: Business) -> None:
    """Note that guests are no longer told. What they were told before still counts."""
    _notices(business).filter(is_current=True).update(is_current=False)


def _replace(
    business: Business,
    purpose: str,
    newest: ConsentWording | None,
    texts: dict[str, str],
    *,
    now: datetime,
) -> None:
    _notices(business).filter(purpose=purpose).update(is_current=False)
    ConsentWording.objects.create(
        business=business,
        purpose=purpose,
        basis=Basis.SOFT_OPT_IN,
        version=newest.version + 1 if newest else 1,
        texts=texts,
        created_at=now,
    )


def _notices(business: Business) -> QuerySet[ConsentWording]:
    return business.consent_wordings.filter(basis=Basis.SOFT_OPT_IN)
