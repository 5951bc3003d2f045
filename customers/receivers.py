"""What customers does when something happens below."""

from datetime import datetime

from django.dispatch import receiver

from crm.tenancy.models import Business
from crm.tenancy.signals import business_created
from customers.ready import create_ready_wordings


@receiver(business_created)
def set_up_wordings(business: Business, now: datetime, **_kwargs: object) -> None:
    create_ready_wordings(business, now=now)
