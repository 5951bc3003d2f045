"""What loyalty does when something happens below."""

from datetime import datetime

from django.dispatch import receiver

from crm.core.clock import local_date
from crm.tenancy.models import Business
from crm.tenancy.signals import business_created
from customers.models import Visit
from customers.signals import visit_saved
from loyalty.memberships import keep_membership
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
