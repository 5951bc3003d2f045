"""What loyalty does when something happens below."""

from datetime import datetime

from django.dispatch import receiver

from crm.core.clock import local_date
from crm.tenancy.models import Business
from crm.tenancy.signals import business_created
from customers.models import Guest, Visit
from customers.signals import guests_merged, guests_parted, visit_saved, visits_imported
from loyalty.memberships import keep_membership, keep_memberships
from loyalty.merging import take_over_membership
from loyalty.ready import create_ready_program


@receiver(business_created)
def set_up_program(business: Business, **_kwargs: object) -> None:
    create_ready_program(business)


@receiver(visit_saved)
def keep_standing(
    visit: Visit, previous_state: str | None, now: datetime, **_kwargs: object
) -> None:
    """Count a completed visit, or stop counting one that was taken back."""
    was_completed = previous_state == Visit.State.COMPLETED
    if visit.is_completed or was_completed:
        keep_membership(
            visit.guest,
            today=local_date(now, visit.business.time_zone),
            now=now,
            is_correction=was_completed,
        )


@receiver(visits_imported)
def stand_after_import(
    business: Business,
    guest_ids: list[int],
    is_taken_back: bool,
    now: datetime,
    **_kwargs: object,
) -> None:
    """Count what an import brought, or what went with one."""
    keep_memberships(
        business,
        guest_ids,
        today=local_date(now, business.time_zone),
        now=now,
        is_correction=is_taken_back,
    )


@receiver(guests_merged)
def stand_together(kept: Guest, gone: Guest, now: datetime, **_kwargs: object) -> None:
    """Count the visits of both; nobody falls because they were two."""
    today = local_date(now, kept.business.time_zone)
    take_over_membership(kept, gone, now=now)
    keep_membership(kept, today=today, now=now)


@receiver(guests_parted)
def stand_alone(kept: Guest, gone: Guest, now: datetime, **_kwargs: object) -> None:
    """Count the visits of each; a tier that only both together earned is taken back."""
    today = local_date(now, kept.business.time_zone)
    for guest in (kept, gone):
        keep_membership(guest, today=today, now=now, is_correction=True)
