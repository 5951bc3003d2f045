"""Bring a file in, some guests with all their visits at a time.

Each chunk is one transaction together with the cursor after it: a worker that is killed
leaves whole chunks, and whoever goes on begins with the next. Two files of one house
take turns chunk by chunk. Nothing here writes to a guest: see signals.py.
"""

from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.audit.models import Event
from crm.jobs.models import Job
from crm.jobs.registry import JobProblem, Progress
from customers.duplicates.pairs import note_pairs
from customers.imports.chunks import Chunk, rows_of
from customers.imports.error_files import write_error_file
from customers.imports.guest_parts import (
    add_addresses,
    add_notes,
    add_tags,
    add_words,
    firms_of,
)
from customers.imports.known_guests import amend_guests, hold_known
from customers.imports.known_visits import find_visits
from customers.imports.matching import AGREE, find_guests, judge_guests
from customers.imports.new_guests import create_guests
from customers.imports.problems import NotNow
from customers.imports.receiving import (
    clear_staging,
    drop_file,
    has_begun,
    hold,
)
from customers.imports.staging import import_of, new_job, raise_if_full
from customers.imports.visit_rows import VisitChange, amend_visits, create_visits
from customers.models import Import, ImportChange
from customers.searching.lines import note_lines, refresh_lines
from customers.searching.name_words import recount_words
from customers.signals import visits_imported
from customers.summaries import refresh_summaries

KIND = "import_commit"
GUESTS = 5_000
VISITS = 25_000
# From so many new guests on, the words of names are counted once, at the end.
MANY = 5_000

State = Import.State

# A stretch of guests with not too many visits, and no two who are one in the register.
_STRETCH = """
SELECT max(id), count(*) FROM (
    SELECT staged.id, sum(1 + coalesce(visits.visits, 0)) OVER (ORDER BY staged.id)
               - coalesce(visits.visits, 0) AS before
    FROM (
        SELECT id, key, batch_id FROM customers_stagedguest
        WHERE batch_id = %(batch)s AND id > %(after)s AND same_as IS NULL
        ORDER BY id LIMIT %(guests)s
    ) AS staged
    LEFT JOIN LATERAL (
        SELECT count(*) AS visits FROM customers_stagedvisit AS visit
        WHERE visit.batch_id = staged.batch_id AND visit.guest_key = staged.key
    ) AS visits ON true
) AS counted WHERE before <= %(visits)s
"""
_REPEATED = """
SELECT min(id) FROM (
    SELECT id, row_number() OVER (PARTITION BY guest_id ORDER BY id) AS nth
    FROM customers_stagedguest
    WHERE batch_id = %(batch)s AND id > %(after)s AND id <= %(last)s
      AND same_as IS NULL AND guest_id IS NOT NULL
) AS numbered WHERE nth > 1
"""
_KEYS = """
SELECT key FROM customers_stagedguest
WHERE batch_id = %(batch)s AND id > %(after)s AND id <= %(last)s
  AND same_as IS NULL AND guest_id IS NOT NULL AND outcome <> 'rejected'
"""
_NAME = "btrim(split_part({}.search_text, '|', 2))"
_SHARING = f"""
WITH fresh AS MATERIALIZED (
    SELECT guest_id, kind, normalized FROM customers_contactpoint
    WHERE guest_id = ANY (%(new)s)
), shared AS MATERIALIZED (
    SELECT fresh.guest_id, other.guest_id AS other_id FROM fresh
    CROSS JOIN LATERAL (
        SELECT point.guest_id FROM customers_contactpoint AS point
        WHERE point.business_id = %(business)s AND point.kind = fresh.kind
          AND point.normalized = fresh.normalized
          AND point.guest_id <> fresh.guest_id
        LIMIT 5
    ) AS other
)
SELECT DISTINCT shared.guest_id, shared.other_id FROM shared
JOIN customers_guest AS guest ON guest.id = shared.guest_id
JOIN customers_guest AS other ON other.id = shared.other_id
WHERE other.erased_at IS NULL AND other.merged_into_id IS NULL
  AND NOT {AGREE.format(a=_NAME.format("guest"), b=_NAME.format("other"))}
"""  # noqa: S608 -- our own words
_NEW_CHANGES = """
INSERT INTO customers_importchange (business_id, batch_id, guest_id, after, at)
SELECT %(business)s, %(batch)s, guest_id, '{}', %(now)s
FROM unnest(%(new)s::bigint[]) AS guest_id
"""
_LOG = """
INSERT INTO audit_event (
    business_id, at, actor_id, action, object_type, object_ref, fields, batch
)
SELECT %(business)s, %(now)s, %(actor)s, 'imported', 'customers.guest', uuid::text, '{}',
       %(label)s
FROM customers_guest WHERE id = ANY (%(new)s)
"""


def start_commit(batch: Import, *, actor: User | None, now: datetime) -> Import:
    """Begin to bring the file in, or go on where it stopped. Raise NotNow."""
    with transaction.atomic():
        batch = hold(batch)
        is_half_in = has_begun(batch) and not batch.counts.get("reverted")
        goes_on = batch.state == State.FAILED and is_half_in
        if batch.state != State.READY and not goes_on:
            raise NotNow(_("This file is not ready to be brought in."))
        if not goes_on:
            batch.counts["committed"] = {"after": 0, "new": 0, "changed": 0}
        batch.state, batch.problem = State.COMMITTING, ""
        batch.job = new_job(batch, KIND, actor=actor, now=now)
        batch.save(update_fields=["state", "counts", "problem", "job"])
        if not goes_on:
            record_event(
                business=batch.business,
                actor=actor,
                action="imported",
                subject=batch,
                now=now,
                batch=log_label(batch),
            )
    return batch


def log_label(batch: Import) -> str:
    """Return what the lines of the log about one import have in common."""
    return f"import {batch.uuid}"


def commit_step(job: Job, *, now: datetime) -> Progress:
    """Bring in the next chunk; when there is none, finish."""
    batch = import_of(job)
    done, total = batch.counts["committed"], batch.counts["guests"]["all"]
    take_turns(batch)
    chunk = _next_chunk(batch, after=done["after"], now=now)
    if chunk is None:
        _finish(batch, now=now)
        return Progress(done_count=total, total_count=total, is_finished=True)
    chunk.number = done.get("chunks", 0) + 1
    try:
        bring_in(chunk)
    except OperationalError as error:
        raise_if_full(error)
        raise
    done["after"] = chunk.last
    done["new"] += len(chunk.new_ids)
    done["changed"] += len(chunk.was)
    done["guests"] = done.get("guests", 0) + chunk.size
    done["chunks"] = chunk.number
    batch.save(update_fields=["counts", "made"])
    return Progress(
        done_count=min(done["guests"], total),
        total_count=total,
        cursor={"after": chunk.last},
    )


def _know_sizes(chunks: int) -> None:
    """Let PostgreSQL see how the register has grown, each time it has doubled."""
    if chunks.bit_count() == 1:
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE customers_guest, customers_contactpoint, customers_visit, "
                "customers_guestsummary, customers_searchline"
            )


def take_turns(batch: Import) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('imports', %s))",
            [batch.business_id],
        )


def _next_chunk(batch: Import, *, after: int, now: datetime) -> Chunk | None:
    values = {
        "batch": batch.pk, "after": after, "guests": GUESTS, "visits": VISITS,
    }  # fmt: skip
    ((last, size),) = rows_of(_STRETCH, values)
    if last is None:
        _check_whole(batch)
        return None
    find_guests(batch, after=after, last=last)
    chunk = Chunk(batch, after, last, now)
    while not hold_known(chunk):
        # Somebody was forgotten, or made one with another, while we looked.
        find_guests(batch, after=after, last=last)
    ((repeated,),) = rows_of(_REPEATED, {**values, "last": last})
    if repeated is not None:
        chunk.last = (
            batch.staged_guests.filter(pk__gt=after, pk__lt=repeated, same_as=None)
        ).aggregate(last=Max("pk"))["last"]
    judge_guests(batch, after=after, last=chunk.last)
    chunk.size = size
    return chunk


def _check_whole(batch: Import) -> None:
    """Raise JobProblem when what was staged is not there: the database had crashed."""
    # All of it is lost at once; single ones go when a guest is forgotten.
    if batch.counts["guests"]["all"] and not batch.staged_guests.exists():
        raise JobProblem(
            _("What was read of the file is no longer here. Read it once more.")
        )


def bring_in(chunk: Chunk) -> None:
    """Write all that the chunk says, as the desk would have."""
    batch, business = chunk.batch, chunk.batch.business
    visit_changes: list[VisitChange] = []
    visitors: set[int] = set()
    if batch.has_guests:
        firms = firms_of(chunk)
        create_guests(chunk, firms)
        amend_guests(chunk, firms)
        for add in (add_addresses, add_tags, add_notes, add_words):
            add(chunk)
    if batch.has_visits:
        chunk.keys = [row[0] for row in rows_of(_KEYS, chunk.values)]
        has_known = find_visits(batch, chunk.keys)
        visitors = create_visits(chunk)
        visit_changes = amend_visits(chunk) if has_known else []
        visitors |= {change[1] for change in visit_changes}
    _know_sizes(chunk.number)
    refresh_summaries(business, guest_ids=sorted({*chunk.new_ids, *visitors}))
    note_lines(business, chunk.new_ids, with_words=not _is_many(batch))
    refresh_lines(business, [pk for pk in chunk.was if pk not in chunk.new_ids])
    _keep_what_was(chunk, visit_changes)
    _log(chunk)
    _look_at(chunk)
    visits_imported.send(
        sender=Import,
        business=business,
        guest_ids=sorted(visitors),
        is_taken_back=False,
        now=chunk.now,
    )


def _is_many(batch: Import) -> bool:
    return bool(batch.counts["guests"]["new"] >= MANY)


def _keep_what_was(chunk: Chunk, visit_changes: list[VisitChange]) -> None:
    batch = chunk.batch
    rows_of(_NEW_CHANGES, {**chunk.values, "new": chunk.new_ids})
    changes = [
        ImportChange(guest_id=pk, before=was, after=chunk.became[pk])
        for pk, was in chunk.was.items()
    ]
    changes += [
        ImportChange(visit_id=pk, guest_id=guest_id, before=was, after=became)
        for pk, guest_id, was, became in visit_changes
    ]
    for change in changes:
        change.business, change.batch, change.at = batch.business, batch, chunk.now
    # Whom two stretches of the file changed keeps the first image.
    ImportChange.objects.bulk_create(changes, batch_size=1000, ignore_conflicts=True)


def _log(chunk: Chunk) -> None:
    batch, label = chunk.batch, log_label(chunk.batch)
    rows_of(_LOG, {**chunk.values, "new": chunk.new_ids, "label": label})
    references = dict(
        batch.business.guests.filter(pk__in=chunk.was).values_list("pk", "uuid")
    )
    Event.objects.bulk_create(
        Event(
            business=batch.business,
            at=chunk.now,
            actor=batch.created_by,
            action="imported",
            object_type="customers.guest",
            object_ref=str(references[pk]),
            fields=sorted(became),
            batch=label,
        )
        for pk, became in chunk.became.items()
    )


def _look_at(chunk: Chunk) -> None:
    """Put new guests beside those with the same address and another name."""
    if chunk.new_ids:
        pairs = rows_of(_SHARING, {**chunk.values, "new": chunk.new_ids})
        note_pairs(
            chunk.batch.business,
            [(one, other) for one, other in pairs],
            reason="import",
            now=chunk.now,
        )


def _finish(batch: Import, *, now: datetime) -> None:
    if _is_many(batch):
        recount_words(batch.business)
    batch.error_file = write_error_file(batch, now=now)
    clear_staging(batch)
    drop_file(batch)
    batch.state, batch.committed_at = State.DONE, now
    batch.save(update_fields=["error_file", "file", "state", "committed_at", "counts"])
