import time

from celery import shared_task
from django.conf import settings

from crm.jobs import running


@shared_task
def run_jobs(**_: object) -> None:
    """Do waiting work for a while; the next tick or worker goes on where this stops."""
    end = time.monotonic() + settings.JOB_SECONDS_PER_TURN
    while time.monotonic() < end and (job := running.claim_job()):
        while running.run_step(job):
            if time.monotonic() >= end:
                running.hand_back(job)
                break
