"""Links by which guests look through their own details, without signing in.

Who holds the link sees what we know of how to reach them, so it ends, and it can be
closed: see ``customers/quality/email_changes.py``.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.clock import local_date
from crm.core.signing import public_token, read_public_token
from customers.holding import hold_guest
from customers.models import DetailsLink, Fact, FactCheck, Guest
from customers.quality.answering import take_told
from customers.quality.checking import note_checks
from customers.quality.fact_form import FactForm
from customers.signals import details_asked

PURPOSE = "details"
OPEN_FOR = timedelta(days=30)
# Somebody who goes on and on is no guest who mistyped.
MOST_ANSWERS = 20


def details_link(guest: Guest, *, occasion: str, now: datetime) -> DetailsLink:
    """Return the guest's link for an occasion, made now if there is none."""
    link, _is_new = DetailsLink.objects.get_or_create(
        guest=guest,
        occasion=occasion,
        defaults={
            "business_id": guest.business_id,
            "created_at": now,
            "expires_at": now + OPEN_FOR,
        },
    )
    return link


def token_of(link: DetailsLink) -> str:
    return public_token(PURPOSE, link.uuid)


def link_of_token(token: str) -> DetailsLink | None:
    """Return the link, open or not; None when there is none, or nobody any more."""
    uuid = read_public_token(PURPOSE, token)
    if uuid is None:
        return None
    links = DetailsLink.objects.select_related("guest__business", "guest__company")
    return links.filter(uuid=uuid, guest__in=Guest.objects.known()).first()


def is_open(link: DetailsLink, *, now: datetime) -> bool:
    return (
        link.closed_at is None and now < link.expires_at and link.answers < MOST_ANSWERS
    )


@transaction.atomic
def ask_for_details(guest: Guest, *, actor: User, now: datetime) -> DetailsLink:
    """Ask a guest by mail to look through their details, at most once a day.

    Raise GuestIsForgotten when there is nobody any more.
    """
    hold_guest(guest)
    today = local_date(now, guest.business.time_zone)
    occasion = f"asked on {today.isoformat()}"
    link = details_link(guest, occasion=occasion, now=now)
    details_asked.send(sender=DetailsLink, link=link, now=now)
    record_event(
        business=guest.business,
        actor=actor,
        action="asked_for_details",
        subject=guest,
        now=now,
    )
    return link


@transaction.atomic
def save_details(
    link: DetailsLink, forms: Sequence[FactForm], *, now: datetime
) -> list[str]:
    """Write down what the guest put right; return the facts that it was.

    What they left as it was, they have made sure of. ``forms`` are valid; a new email
    address is not among them. Raise GuestIsForgotten when there is nobody any more.
    """
    guest = link.guest
    hold_guest(guest)
    new = [form for form in forms if form.says_something_new]
    if new:
        take_told(guest, new, actor=None, now=now, is_by_guest=True)
    same = [form.fact for form in forms if form not in new and not form.is_empty]
    note_checks(
        guest, same, FactCheck.Outcome.SAME, actor=None, now=now, is_by_guest=True
    )
    corrected = [form.fact.value for form in new]
    note_answer(link, corrected, now=now)
    return corrected


def note_answer(link: DetailsLink, corrected: Sequence[str], *, now: datetime) -> None:
    """Note that the link was used, and what was put right by it so far."""
    DetailsLink.objects.filter(pk=link.pk).update(
        answered_at=now,
        answers=F("answers") + 1,
        corrected=[
            fact for fact in Fact.values if fact in {*link.corrected, *corrected}
        ],
    )
