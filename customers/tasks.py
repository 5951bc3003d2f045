"""Ticks. Beat asks; the rows, and the clock on each house's wall, know what is due."""

from celery import shared_task
from django.utils import timezone

from customers import going_together, name_words


@shared_task
def count_what_goes_together(**_: object) -> None:
    going_together.recount_due(now=timezone.now())


@shared_task
def fold_name_words(**_kwargs: object) -> None:
    name_words.fold_all()
