"""Let go of what providers called us with. What it meant stays, what it said goes."""

import time
from datetime import datetime, timedelta

from django.conf import settings

from outreach.models import WebhookEvent

_AT_ONCE = 500


def expire_calls(*, now: datetime, seconds: float = 60) -> int:
    """Delete calls older than ``WEBHOOK_KEEP_DAYS``, understood or not.

    Returns how many. Stops after ``seconds``; the next tick goes on.
    """
    old = WebhookEvent.objects.filter(
        received_at__lt=now - timedelta(days=settings.WEBHOOK_KEEP_DAYS)
    )
    gone = 0
    end = time.monotonic() + seconds
    while ids := list(
        old.order_by("received_at").values_list("pk", flat=True)[:_AT_ONCE]
    ):
        WebhookEvent.objects.filter(pk__in=ids).delete()
        gone += len(ids)
        if time.monotonic() >= end:
            break
    return gone
