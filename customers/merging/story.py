"""What a guest's story tells of entries that became one, or two again."""

from datetime import datetime

from django.db.models import Q

from customers.models import Guest, Merge
from customers.timeline import TimelineEntry


def merge_entries(
    guest: Guest, before: datetime | None, limit: int
) -> list[TimelineEntry]:
    """Return who became this guest, and who no longer is. Two queries."""
    made = Merge.objects.filter(gone__merged_into=guest.pk, undone_at=None)
    undone = Merge.objects.filter(
        Q(kept=guest.pk) | Q(gone=guest.pk), undone_at__isnull=False
    )
    if before:
        made, undone = made.filter(at__lt=before), undone.filter(undone_at__lt=before)
    entries = [
        _entry(merge, merge.at)
        for merge in made.select_related("gone", "by").order_by("-at", "-pk")[:limit]
    ]
    entries += [
        _entry(merge, merge.undone_at)
        for merge in undone.select_related("gone", "kept", "undone_by").order_by(
            "-undone_at", "-pk"
        )[:limit]
        if merge.undone_at
    ]
    return sorted(entries, key=lambda one: (one.at, one.key), reverse=True)[:limit]


def _entry(merge: Merge, at: datetime) -> TimelineEntry:
    return TimelineEntry(
        at=at,
        key=f"merge:{merge.pk:020}",
        template="customers/timeline_merge.html",
        subject=merge,
        tone="quiet",
    )
