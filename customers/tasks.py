"""Ticks. Beat asks; the rows, and the clock on each house's wall, know what is due."""

from celery import shared_task
from django.utils import timezone

from customers.needs import health_needs
from customers.notes import writing as notes
from customers.profile import tag_settings
from customers.searching import name_words
from customers.visiting import going_together


@shared_task
def count_what_goes_together(**_: object) -> None:
    going_together.recount_due(now=timezone.now())


@shared_task
def fold_name_words(**_kwargs: object) -> None:
    name_words.fold_all()


@shared_task
def forget_what_is_over(**_: object) -> None:
    """Delete health needs whose visit is over, and notes and tags that were taken away."""
    now = timezone.now()
    health_needs.forget_old_needs(now=now)
    notes.forget_removed_notes(now=now)
    tag_settings.clear_removed_tags(now=now)
