"""Let go of the words of old messages. That they were sent, when and to whom, stays."""

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from outreach.models import Message

_AT_ONCE = 500


def purge_words(*, now: datetime, seconds: float = 60) -> int:
    """Blank the bodies of messages that nothing has happened to for ``BODY_KEEP_DAYS``.

    Returns how many. Stops after ``seconds``; the next tick goes on. Subjects stay, so
    that people can tell one letter from another.
    """
    purged = 0
    end = time.monotonic() + seconds
    while batch := _purge_some(now):
        purged += batch
        if time.monotonic() >= end:
            break
    return purged


@transaction.atomic
def _purge_some(now: datetime) -> int:
    old = Message.objects.filter(
        frozen_at__isnull=False,
        purged_at=None,
        updated_at__lt=now - timedelta(days=settings.BODY_KEEP_DAYS),
        status__in=Message.FINAL_STATUSES,
    ).order_by("updated_at", "pk")
    locked = old.select_for_update(skip_locked=True).values_list("pk", flat=True)
    return Message.objects.filter(pk__in=list(locked[:_AT_ONCE])).update(
        body_text="", body_html="", letter_links={}, purged_at=now
    )
