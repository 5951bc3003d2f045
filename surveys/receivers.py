"""What surveys does when something happens below."""

from datetime import datetime

from django.dispatch import receiver

from crm.tenancy.models import Business
from crm.tenancy.signals import business_created
from surveys.ready import create_ready_survey


@receiver(business_created)
def set_up_survey(business: Business, now: datetime, **_kwargs: object) -> None:
    create_ready_survey(business, now=now)
