from celery import shared_task
from django.utils import timezone

from crm.files import expiring


@shared_task
def expire_files(**_: object) -> None:
    expiring.expire_files(now=timezone.now())
    expiring.sweep_orphans()
