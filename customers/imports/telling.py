"""What an import says of itself in words and figures."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from crm.jobs.models import Job
from customers.models import Import

# Before this share is done, a guess of the rest is worth nothing.
_ENOUGH_DONE = 0.02


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How many guests, or visits, are new, changed, as they were, and left out."""

    name: str
    new: int
    changed: int
    same: int
    rejected: int


def outcome_rows(batch: Import) -> list[OutcomeRow]:
    """Return the counts of what the file holds, by what becomes of it."""
    kinds = []
    if batch.has_guests or "guests" in batch.counts:
        kinds.append((_("Guests"), "guests"))
    if batch.has_visits:
        kinds.append((_("Visits"), "visits"))
    counted = [(name, batch.counts.get(key)) for name, key in kinds]
    return [
        OutcomeRow(
            name, *(of.get(key, 0) for key in ("new", "changed", "same", "rejected"))
        )
        for name, of in counted
        if of
    ]


def how_much_longer(job: Job | None, now: datetime) -> str:
    """Return ``about 3 minutes left``; nothing while that cannot be told."""
    if job is None or not job.total_count or not job.started_at:
        return ""
    share = job.done_count / job.total_count
    if not _ENOUGH_DONE <= share < 1:
        return ""
    seconds = (now - job.started_at).total_seconds() * (1 - share) / share
    if seconds < 50:
        return pgettext("of work", "less than a minute left")
    minutes = round(seconds / 60) or 1
    return ngettext(
        "about %(count)s minute left", "about %(count)s minutes left", minutes
    ) % {"count": minutes}
