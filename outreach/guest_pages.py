"""What outreach adds to the guest page: messages in the story, and what comes next."""

from datetime import datetime

from django.db.models.functions import Coalesce

from customers.models import Guest
from customers.panels import Panel, register_panel
from customers.timeline import TimelineEntry, register_timeline_source
from outreach.deciding.forecast import Outlook, prospects_of, verdicts_of
from outreach.models import Message

Status = Message.Status

_TOLD = (Status.ACCEPTED, Status.UNCONFIRMED, Status.FAILED)
_WAITING = 5


def register_sources() -> None:
    register_timeline_source("messages", message_entries)
    register_timeline_source("inbound", inbound_entries)
    register_panel("outreach", outreach_panel)


def message_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return what was sent to the guest, or could not be. One query."""
    messages = (
        guest.messages.filter(status__in=_TOLD)
        .select_related("automation")
        .annotate(told_at=Coalesce("accepted_at", "updated_at"))
    )
    if before:
        messages = messages.filter(told_at__lt=before)
    return [
        TimelineEntry(
            at=message.told_at,
            key=f"message:{message.pk:020}",
            template="outreach/timeline_message.html",
            subject=message,
            tone="brick" if message.went_wrong else "quiet",
        )
        for message in messages.order_by("-told_at", "-pk")[:limit]
    ]


def inbound_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return what the guest wrote back. One query."""
    answers = guest.inbound_messages.all()
    if before:
        answers = answers.filter(received_at__lt=before)
    return [
        TimelineEntry(
            at=answer.received_at,
            key=f"inbound:{answer.pk:020}",
            template="outreach/timeline_inbound.html",
            subject=answer,
            tone="quiet" if answer.is_automatic else "fjord",
        )
        for answer in answers.order_by("-received_at", "-pk")[:limit]
    ]


def outreach_panel(guest: Guest, now: datetime) -> Panel | None:
    """Return what waits for the guest and what the next visit would bring, and why."""
    if guest.is_erased:
        return None
    waiting = list(
        guest.messages.filter(status=Status.QUEUED)
        .select_related("automation")
        .order_by("send_at", "pk")[:_WAITING]
    )
    latest = (
        guest.messages.filter(status__in=_TOLD)
        .select_related("automation")
        .order_by("-created_at", "-pk")
        .first()
    )
    verdicts = verdicts_of(waiting, now=now)
    return Panel(
        "outreach/guest_panel.html",
        {
            "waiting": [(one, Outlook(verdicts[one.pk])) for one in waiting],
            "prospects": prospects_of(guest, now=now),
            "latest": latest,
        },
        order=55,
    )
