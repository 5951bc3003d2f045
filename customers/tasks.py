"""Ticks. Beat asks; the rows, and the clock on each house's wall, know what is due."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from customers.duplicates import automatic, looking
from customers.imports.standing import clear_old_imports
from customers.needs import health_needs
from customers.notes import writing as notes
from customers.profile import tag_settings
from customers.quality import counting, email_changes
from customers.searching import name_words
from customers.sign_up import signing_up
from customers.visiting import going_together


@shared_task
def count_what_goes_together(**_: object) -> None:
    going_together.recount_due(now=timezone.now())


@shared_task
def count_registers(**_: object) -> None:
    counting.count_due(now=timezone.now())


@shared_task
def find_duplicates(**_: object) -> None:
    """Compare who changed unseen, and make certain ones one where that is wanted."""
    now = timezone.now()
    looking.look_at_changed(now=now, seconds=settings.JOB_SECONDS_PER_TURN)
    automatic.merge_certain(now=now)


@shared_task
def fold_name_words(**_kwargs: object) -> None:
    name_words.fold_all()


@shared_task
def forget_what_is_over(**_: object) -> None:
    """Delete needs whose visit is over, notes and tags taken away, sign-ups in vain."""
    now = timezone.now()
    health_needs.forget_old_needs(now=now)
    notes.forget_removed_notes(now=now)
    tag_settings.clear_removed_tags(now=now)
    clear_old_imports(now=now)
    email_changes.forget_old_changes(now=now)
    signing_up.let_go_of_sign_ups(now=now)
