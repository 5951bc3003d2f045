"""What guests agree to that is no message: a photo, that we remember a health need.

Rows never change; what holds is the newest of its subject. What was kept on a yes goes
when it is taken back: whoever keeps it registers that in ``ready()``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from customers.models import Agreement, Guest
from customers.summaries import lock_guest

Subject = Agreement.Subject

# What is read to the guest, who answers yes or no.
_ASKED_WITH: dict[str, Callable[[], str]] = {
    Subject.PHOTO: lambda: _(
        "May we keep a photo of you, so that those who work here know you when you come? "
        "You can change your mind at any time."
    ),
    Subject.HEALTH: lambda: _(
        "May we remember your allergies and other health needs, so that you need not "
        "tell us again next time? You can change your mind at any time."
    ),
}

# Lets go of what was kept: guest, who noted it, when. Inside the same transaction.
LettingGo = Callable[[Guest, User | None, datetime], None]

_letting_go: dict[str, LettingGo] = {}


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentence to read to a guest, and the language it is in."""

    text: str
    language: str


def register_letting_go(subject: str, let_go: LettingGo) -> None:
    """Say what happens when a yes to ``subject`` is taken back. One act a subject."""
    _letting_go[subject] = let_go


def wording_for(guest: Guest, subject: str) -> Wording:
    """Return the sentence in the guest's language, or in the house's."""
    language = guest.language or guest.business.language
    with translation.override(language):
        return Wording(_ASKED_WITH[subject](), language)


@transaction.atomic
def record_agreement(
    guest: Guest,
    *,
    subject: str,
    is_granted: bool,
    wording: str,
    language: str,
    source: str,
    actor: User | None,
    now: datetime,
) -> Agreement:
    """Write down a yes or a no. A no lets go of what was kept on a yes."""
    lock_guest(guest.pk)
    agreement = Agreement.objects.create(
        business=guest.business,
        guest=guest,
        subject=subject,
        is_granted=is_granted,
        wording=wording,
        language=language,
        source=source,
        noted_by=actor,
        at=now,
    )
    record_event(
        business=guest.business,
        actor=actor,
        action="consent_granted" if is_granted else "consent_withdrawn",
        subject=guest,
        fields=[subject],
        now=now,
    )
    if not is_granted and subject in _letting_go:
        _letting_go[subject](guest, actor, now)
    return agreement


def agreed(guest: Guest, subject: str) -> Agreement | None:
    """Return the yes that holds, or None. One query."""
    newest = _newest(Agreement.objects.filter(guest=guest, subject=subject)).first()
    return newest if newest and newest.is_granted else None


def holds(guest: Guest, subject: str) -> bool:
    """Return whether the guest's last word on ``subject`` was yes. One query."""
    return agreed(guest, subject) is not None


def who_agreed(guest_ids: Iterable[int], subject: str) -> set[int]:
    """Return those of the guests whose last word on ``subject`` was yes. One query."""
    asked = Agreement.objects.filter(guest__in=list(guest_ids), subject=subject)
    return {row.guest_id for row in _newest(asked) if row.is_granted}


def agreements_of(guest: Guest) -> list[Agreement]:
    """Return what holds today: the guest's yes to each subject. One query."""
    rows = _newest(guest.agreements.all())
    return [row for row in rows if row.is_granted]


def _newest(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    return rows.order_by("guest", "subject", "-at", "-pk").distinct("guest", "subject")
