"""What outreach does when something happens below."""

from datetime import datetime

from django.dispatch import receiver

from crm.tenancy.models import Business
from crm.tenancy.signals import business_created
from customers.models import Guest, Visit
from customers.signals import guest_erased, visit_saved
from outreach.planning import call_off_guest, call_off_visit, plan_visit
from outreach.ready import create_ready_automation


@receiver(visit_saved)
def follow_up_visit(visit: Visit, now: datetime, **_kwargs: object) -> None:
    if visit.is_completed:
        plan_visit(visit, now=now)
    else:
        call_off_visit(visit)


@receiver(guest_erased)
def call_off_messages(guest: Guest, **_kwargs: object) -> None:
    call_off_guest(guest)


@receiver(business_created)
def set_up_automation(business: Business, now: datetime, **_kwargs: object) -> None:
    create_ready_automation(business, now=now)
