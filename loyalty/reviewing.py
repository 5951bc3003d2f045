"""Review tiers whose time is up, a guest at a time, so that no lock is held long."""

from datetime import date, datetime

from django.db import transaction

from crm.core.clock import local_date
from customers.summaries import lock_guest
from loyalty.memberships import keep_membership
from loyalty.models import Membership, Program

AT_MOST = 2000


def review_tiers(*, now: datetime) -> int:
    """Review what is due in every business by its own date, and return how many.

    Repeatable: a reviewed member is not due again. What is left over ``AT_MOST`` in a
    business waits for the next tick.
    """
    programs = Program.objects.filter(is_active=True).select_related("business")
    return sum(_review_program(program, now=now) for program in programs)


def _review_program(program: Program, *, now: datetime) -> int:
    today = local_date(now, program.business.time_zone)
    due = program.memberships.filter(keeps_until__lt=today).order_by(
        "keeps_until", "pk"
    )
    memberships = list(due.select_related("guest__business")[:AT_MOST])
    for membership in memberships:
        _review(membership, today=today, now=now)
    return len(memberships)


@transaction.atomic
def _review(membership: Membership, *, today: date, now: datetime) -> None:
    lock_guest(membership.guest_id)
    keep_membership(membership.guest, today=today, now=now)
