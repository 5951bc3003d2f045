from celery import shared_task
from django.utils import timezone

from crm.audit import retention


@shared_task
def forget_old_events(**_: object) -> None:
    retention.forget_old_events(now=timezone.now())
