"""What guests put right themselves, in their story."""

from datetime import datetime

from django.db.models import F
from django.db.models.functions import Greatest

from customers.models import Fact, Guest
from customers.timeline import TimelineEntry


def own_details_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return when the guest looked through their details or changed their email.

    Two queries.
    """
    links = guest.details_links.filter(answered_at__isnull=False)
    changes = guest.email_changes.filter(confirmed_at__isnull=False).annotate(
        # The later of the two; without a no, the yes.
        told_at=Greatest(F("confirmed_at"), F("refused_at"))
    )
    if before:
        links = links.filter(answered_at__lt=before)
        changes = changes.filter(told_at__lt=before)
    words = dict(Fact.choices)
    entries = [
        TimelineEntry(
            at=link.answered_at,
            key=f"details:{link.pk:020}",
            template="customers/timeline_own_details.html",
            subject=link,
            tone="leaf" if link.corrected else "quiet",
            extra={"corrected": [words[fact] for fact in link.corrected]},
        )
        for link in links.order_by("-answered_at", "-pk")[:limit]
        if link.answered_at
    ]
    entries += [
        TimelineEntry(
            at=change.told_at,
            key=f"email:{change.pk:020}",
            template="customers/timeline_own_details.html",
            subject=change,
            tone="brick" if change.refused_at else "leaf",
        )
        for change in changes.order_by("-told_at", "-pk")[:limit]
    ]
    return sorted(entries, key=lambda entry: (entry.at, entry.key), reverse=True)[
        :limit
    ]
