"""Ticks. Beat asks; the rows know what is due."""

from celery import shared_task
from django.utils import timezone

from loyalty import reviewing


@shared_task
def review_tiers(**_kwargs: object) -> None:
    reviewing.review_tiers(now=timezone.now())
