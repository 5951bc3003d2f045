"""Take an import back: what it brought goes, what it changed becomes what it was.

Whatever somebody has changed or added to since is left, and named. Each stretch is one
transaction together with the cursor after it.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.jobs.models import Job
from crm.jobs.registry import Progress
from customers.imports.chunks import rows_of
from customers.imports.committing import log_label, take_turns
from customers.imports.known_guests import IMAGE as GUEST_IMAGE
from customers.imports.new_guests import sort_key
from customers.imports.problems import NotNow
from customers.imports.receiving import (
    clear_staging,
    drop_file,
    has_begun,
    hold,
)
from customers.imports.staging import import_of, new_job
from customers.imports.visit_rows import IMAGE as VISIT_IMAGE
from customers.models import (
    Company,
    ConsentEvent,
    ContactPoint,
    DuplicatePair,
    Guest,
    GuestTag,
    Import,
    ImportChange,
    Note,
    Tag,
    Visit,
    known,
)
from customers.policies import OnMerge, policy_for
from customers.searching.lines import refresh_lines
from customers.searching.name_words import recount_words
from customers.signals import visits_imported
from customers.summaries import refresh_summaries

KIND = "import_revert"
VISITS, CHANGES = 10_000, 1_000
# Before-images are kept so long; see clearing.py.
CAN_BE_REVERTED = timedelta(days=90)
# How many of what is left are named.
MOST_NAMED = 200

State = Import.State

_ADDED = {
    "points": ContactPoint, "tags": GuestTag, "notes": Note, "words": ConsentEvent,
}  # fmt: skip
_DATES = ("updated_at", "arrived_at", "completed_at", "closed_at")


def can_be_reverted(batch: Import, *, now: datetime) -> bool:
    began = batch.committed_at or batch.read_at or batch.created_at
    return (
        batch.state in {State.DONE, State.FAILED}
        and (batch.state == State.DONE or has_begun(batch))
        and now - began < CAN_BE_REVERTED
    )


def start_revert(batch: Import, *, actor: User | None, now: datetime) -> Import:
    """Begin to take an import back. Raise NotNow when that cannot be done any more."""
    with transaction.atomic():
        batch = hold(batch)
        if not can_be_reverted(batch, now=now):
            raise NotNow(_("This import cannot be taken back any more."))
        batch.state, batch.problem = State.REVERTING, ""
        batch.counts.setdefault("reverted", {"guests_left": [], "visits_left": 0})
        batch.job = new_job(batch, KIND, actor=actor, now=now)
        batch.save(update_fields=["state", "problem", "counts", "job"])
        record_event(
            business=batch.business,
            actor=actor,
            action="revoked",
            subject=batch,
            now=now,
            batch=log_label(batch),
        )
    return batch


def revert_step(job: Job, *, now: datetime) -> Progress:
    """Take the next stretch back: new visits first, then what changed, then new guests."""
    batch, at = import_of(job), job.cursor or {"phase": "visits", "after": 0}
    take_turns(batch)
    total = batch.import_changes.count() + job.done_count if not at["after"] else None
    if at["phase"] == "visits":
        last, count = _remove_visits(batch, after=at["after"], now=now)
        following = {"phase": "visits", "after": last}
        if last is None:
            following = {"phase": "changes", "after": 0}
    else:
        last, count = _undo_changes(batch, after=at["after"], now=now)
        following = {"phase": "changes", "after": last}
    batch.save(update_fields=["counts"])
    if at["phase"] == "changes" and last is None:
        _finish(batch, now=now)
        return Progress(
            done_count=job.done_count, total_count=job.done_count, is_finished=True
        )
    return Progress(
        done_count=job.done_count + count,
        total_count=job.total_count or total,
        cursor=following,
    )


def left_behind(batch: Import) -> "models.QuerySet[Guest]":
    """Return the guests who were left, because somebody changed them since, as whom
    they are by now; some of them, if there are very many.
    """
    named = batch.counts.get("reverted", {}).get("guests_left", [])
    entries = batch.business.guests.filter(uuid__in=named)
    who = Q(pk__in=entries.values("pk")) | Q(pk__in=entries.values("merged_into"))
    guests = batch.business.guests.filter(known(), who)
    return guests.order_by("name_sort_key", "pk")


def _remove_visits(
    batch: Import, *, after: int, now: datetime
) -> tuple[int | None, int]:
    rows = list(
        batch.visits.filter(pk__gt=after)
        .order_by("pk")
        .values_list("pk", "guest")[:VISITS]
    )
    if not rows:
        return None, 0
    ids, guest_ids = [pk for pk, _guest in rows], sorted({guest for _pk, guest in rows})
    _lock(guest_ids)
    touched = set(
        Visit.objects.filter(pk__in=ids)
        .filter(~Q(updated_at=F("created_at")) | _has_more(Visit, {ImportChange}))
        .values_list("pk", flat=True)
    )
    batch.counts["reverted"]["visits_left"] += len(touched)
    Visit.objects.filter(pk__in=set(ids) - touched)._raw_delete(using="default")
    _settle(batch, guest_ids, now=now)
    return ids[-1], len(ids)


def _undo_changes(
    batch: Import, *, after: int, now: datetime
) -> tuple[int | None, int]:
    changes = batch.import_changes.order_by("-pk")
    stretch = list((changes.filter(pk__lt=after) if after else changes)[:CHANGES])
    if not stretch:
        return None, 0
    guest_ids = sorted({change.guest_id for change in stretch})
    _lock(guest_ids)
    _restore_visits(batch, [change for change in stretch if change.visit_id])
    of_guests = [change for change in stretch if not change.visit_id]
    _restore_guests(batch, [c for c in of_guests if c.before is not None])
    _delete_guests(batch, [c for c in of_guests if c.before is None])
    _settle(batch, guest_ids, now=now)
    return stretch[-1].pk, len(stretch)


def _lock(guest_ids: list[int]) -> None:
    list(
        Guest.objects.filter(pk__in=guest_ids)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", flat=True)
    )


def _settle(batch: Import, guest_ids: list[int], *, now: datetime) -> None:
    there = list(Guest.objects.filter(pk__in=guest_ids).values_list("pk", flat=True))
    refresh_summaries(batch.business, guest_ids=there)
    visits_imported.send(
        sender=Import,
        business=batch.business,
        guest_ids=there,
        is_taken_back=True,
        now=now,
    )


def _restore_visits(batch: Import, changes: list[ImportChange]) -> None:
    present = _images(VISIT_IMAGE, [change.visit_id for change in changes])
    visits = Visit.objects.in_bulk([change.visit_id for change in changes])
    amended = []
    for change in changes:
        visit = visits.get(change.visit_id or 0)
        if visit is None:
            continue
        if _put_back(visit, change, present[visit.pk]):
            amended.append(visit)
        else:
            batch.counts["reverted"]["visits_left"] += 1
    names = _field_names(Visit, VISIT_IMAGE.names)
    Visit.objects.bulk_update(amended, [*names, "updated_at"], batch_size=500)


def _restore_guests(batch: Import, changes: list[ImportChange]) -> None:
    present = _images(GUEST_IMAGE, [change.guest_id for change in changes])
    guests = Guest.objects.in_bulk([change.guest_id for change in changes])
    amended = []
    for change in changes:
        guest = guests[change.guest_id]
        if _put_back(guest, change, present[guest.pk]):
            guest.name_sort_key = sort_key(
                guest.given_name,
                guest.family_name,
                guest.display_name,
                batch.business.language,
            )
            amended.append(guest)
        else:
            _name(batch, [guest])
    names = _field_names(Guest, GUEST_IMAGE.names)
    Guest.objects.bulk_update(
        amended, [*names, "name_sort_key", "updated_at"], batch_size=500
    )
    ids = {guest.pk for guest in amended}
    _take_away(change for change in changes if change.guest_id in ids)
    refresh_lines(batch.business, ids)


def _field_names(model: type[models.Model], columns: Iterable[str]) -> list[str]:
    fields = {each.attname: each.name for each in model._meta.concrete_fields}
    return [fields[column] for column in columns]


def _put_back(row: Any, change: ImportChange, present: dict[str, Any]) -> bool:
    """Give the row back what it was; not if it was changed since."""
    was, became = change.before or {}, change.after
    columns = [name for name in was if name != "updated_at"]
    if any(present[name] != became[name] for name in columns):
        return False
    if row.updated_at != change.at:
        return False
    for name in was:
        value = was[name]
        is_time = name in _DATES and isinstance(value, str)
        setattr(row, name, parse_datetime(value) if is_time else value)
    return True


def _take_away(changes: Iterable[ImportChange]) -> None:
    added: dict[str, list[int]] = {}
    for change in changes:
        for what in _ADDED:
            added.setdefault(what, []).extend(change.after.get(what, ()))
    for what, ids in added.items():
        if what == "notes":
            # A note that somebody has rewritten is theirs.
            Note.objects.filter(pk__in=ids, edited_at=None).delete()
        else:
            _ADDED[what]._base_manager.filter(pk__in=ids).delete()


def _delete_guests(batch: Import, changes: list[ImportChange]) -> None:
    ids = {change.guest_id: change.at for change in changes}
    guests = Guest.objects.filter(pk__in=ids)
    kept = guests.filter(
        ~Q(updated_at=F("created_at"))
        | _has_more(
            Guest, {ImportChange, ContactPoint, DuplicatePair, *_ADDED.values()}
        )
        | _has_other_parts(batch)
    )
    kept_ids = set(kept.values_list("pk", flat=True))
    _name(batch, Guest.objects.filter(pk__in=kept_ids))
    Guest.objects.filter(pk__in=set(ids) - kept_ids).delete()


def _has_other_parts(batch: Import) -> Q:
    """Return whether a guest got anything that others write too, later than this."""
    mine, me = Q(guest=OuterRef("pk")), OuterRef("created_at")
    changes = ImportChange.objects.filter(mine).exclude(batch=batch)
    words = ConsentEvent.objects.filter(mine).exclude(evidence=f"import {batch.uuid}")
    tags = GuestTag.objects.filter(mine).exclude(given_at=me)
    notes = Note.objects.filter(mine).exclude(created_at=me, edited_at=None)
    points = ContactPoint.objects.filter(mine).exclude(created_at=me)
    return Q(
        Exists(changes) | Exists(words) | Exists(tags) | Exists(notes) | Exists(points)
    )


def _has_more(model: type[models.Model], apart_from: set[type[models.Model]]) -> Q:
    """Return whether rows of other kinds lead to one of ``model``. What is only computed
    of it does not count.
    """
    found = Q()
    for relation in model._meta.related_objects:
        other = relation.related_model
        if not isinstance(other, type) or other in apart_from:
            continue
        policy = policy_for(other)
        if policy and policy.on_merge is OnMerge.RECOMPUTE:
            continue
        rows = other._base_manager.filter(**{relation.field.name: OuterRef("pk")})
        found |= Q(Exists(rows))
    return found


def _images(image: Any, ids: list[int | None]) -> dict[int, dict[str, Any]]:
    rows = rows_of(image.question, {"ids": [pk for pk in ids if pk]})
    return {pk: json.loads(text) for pk, text in rows}


def _name(batch: Import, guests: Iterable[Guest]) -> None:
    left: list[str] = batch.counts["reverted"]["guests_left"]
    for guest in guests:
        if len(left) < MOST_NAMED and str(guest.uuid) not in left:
            left.append(str(guest.uuid))


def _finish(batch: Import, *, now: datetime) -> None:
    firms = Company.objects.filter(pk__in=batch.made.get("firms", ()), guests=None)
    firms.filter(updated_at=F("created_at")).delete()
    Tag.objects.filter(pk__in=batch.made.get("tags", ()), guest_tags=None).delete()
    recount_words(batch.business)
    clear_staging(batch)
    drop_file(batch)
    batch.import_changes.all()._raw_delete(using="default")
    batch.state, batch.reverted_at, batch.made = State.REVERTED, now, {}
    batch.save(update_fields=["state", "file", "reverted_at", "made", "counts"])
