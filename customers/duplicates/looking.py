"""Look through a whole register: by hand with progress, and every night what changed."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils.translation import ngettext

from crm.accounts.models import User
from crm.core.locales import active_locale
from crm.core.numbers import format_number
from crm.jobs.models import Job
from crm.jobs.registry import Progress
from crm.jobs.starting import start_job
from crm.tenancy.models import Business
from customers.duplicates.finding import find_pairs
from customers.duplicates.keys import VERSION
from customers.duplicates.rules import note_all_looked_at, rules_of

KIND = "duplicates_look"
# So many guests in one transaction: some seconds of work.
AT_ONCE = 2_000
AGAIN_AFTER = timedelta(hours=20)


def start_look(business: Business, *, actor: User, now: datetime) -> Job:
    """Begin to look through everybody, or return the look that is going on."""
    going_on = business.jobs.filter(kind=KIND).unfinished().order_by("pk").first()
    return going_on or start_job(
        business=business, kind=KIND, created_by=actor, now=now
    )


def look_step(job: Job, *, now: datetime) -> Progress:
    """Compare the next guests with all before them, in the order of their numbers."""
    business, cursor = job.business, job.cursor or _beginning(job.business)
    ids = list(
        business.guests.known()
        .filter(pk__gt=cursor["after"])
        .order_by("pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    )
    found = find_pairs(business, ids, now=now, older_only=True)
    done = {
        "after": ids[-1] if ids else cursor["after"],
        "guests": cursor["guests"] + len(ids),
        "found": cursor["found"] + found,
        "total": cursor["total"],
    }
    is_finished = len(ids) < AT_ONCE
    if is_finished:
        note_all_looked_at(business, guests=done["guests"], now=now)
    return Progress(
        done_count=done["guests"],
        total_count=max(done["total"], done["guests"]),
        cursor=done,
        is_finished=is_finished,
        result={"said": _said(done["found"])},
    )


def _said(found: int) -> str:
    words = ngettext(
        "%(count)s pair of guests looks alike.",
        "%(count)s pairs of guests look alike.",
        found,
    )
    return words % {"count": format_number(found, active_locale())}


def _beginning(business: Business) -> Mapping[str, Any]:
    total = business.guests.known().count()
    return {"after": 0, "guests": 0, "found": 0, "total": total}


def look_at_changed(*, now: datetime, seconds: float) -> int:
    """Compare who came or changed unseen since, house by house; return how many.

    Stops after so many ``seconds``; the next tick goes on. A house that was looked
    through lately is left alone.
    """
    end, looked = time.monotonic() + seconds, 0
    for business in Business.objects.order_by("pk"):
        looked_at = rules_of(business).looked_at
        if looked_at is not None and looked_at > now - AGAIN_AFTER:
            continue
        while ids := _unseen(business):
            if time.monotonic() > end:
                return looked
            find_pairs(business, ids, now=now)
            looked += len(ids)
        total = business.guests.known().count()
        note_all_looked_at(business, guests=total, now=now)
    return looked


def _unseen(business: Business) -> list[int]:
    stale = (
        Q(match_keys=None)
        | Q(match_keys__version__lt=VERSION)
        | ~Q(match_keys__made_of=F("updated_at"))
    )
    guests = business.guests.known().filter(stale).order_by("pk")
    return list(guests.values_list("pk", flat=True)[:AT_ONCE])
