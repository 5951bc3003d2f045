"""Read a file into the staging tables, a stretch of lines at a time.

Each stretch is copied in together with the number of its last line, so a worker that is
killed leaves whole stretches, and whoever goes on begins after them.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import IO, Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import DiskFull

from crm.accounts.models import User
from crm.core.text import plain_words
from crm.jobs.models import Job
from crm.jobs.registry import JobProblem, Progress
from crm.jobs.starting import start_job
from customers.imports.copying import copy_rows, row_text
from customers.imports.matching import know_sizes, match_stretch, match_whole
from customers.imports.preview import count_up
from customers.imports.problems import NotNow
from customers.imports.reading import Line, UnreadableFile, open_table
from customers.imports.receiving import (
    clear_staging,
    has_begun,
    hold,
    house_for,
    meanings_of,
    uploaded,
)
from customers.imports.staged_columns import MAYBE, TEXTS
from customers.imports.staged_lines import GuestLine, LineReader, Problem, VisitLine
from customers.models import Import, Visit

KIND = "import_reading"
LINES = 20_000
# Guests held against the register in one step.
GUESTS = 20_000

State = Import.State

_GUEST_COLUMNS = (
    "business_id", "batch_id", "line", "outcome", "key", *TEXTS, *MAYBE, "emails",
    "emails_raw", "phones", "phones_raw", "tags", "custom", "consents",
)  # fmt: skip
_VISIT_COLUMNS = (
    "business_id", "batch_id", "outcome", "line", "guest_key", "external_id",
    "venue_id", "kind", "state", "arrival_date", "departure_date", "arrival_time",
    "party_size", "spend", "label", "source", "is_employer_paid",
)  # fmt: skip
_PROBLEM_COLUMNS = (
    "business_id", "batch_id", "line", "column", "code", "value", "rejects_row",
)  # fmt: skip

_ROOM = f"""
CREATE TEMP TABLE import_guests ON COMMIT DROP AS
SELECT {", ".join(_GUEST_COLUMNS)} FROM customers_stagedguest WITH NO DATA
"""  # noqa: S608 -- our own column names

# Who was staged by a stretch before keeps what was said first, line by line; a no beats
# a yes, whichever came first.
_ADD_GUESTS = f"""
INSERT INTO customers_stagedguest AS kept ({", ".join(_GUEST_COLUMNS)})
SELECT {", ".join(_GUEST_COLUMNS)} FROM import_guests ORDER BY line
ON CONFLICT (batch_id, key) DO UPDATE SET
    {", ".join(f"{c} = coalesce(nullif(kept.{c}, ''), excluded.{c})" for c in TEXTS)},
    {", ".join(f"{c} = coalesce(kept.{c}, excluded.{c})" for c in MAYBE)},
    emails = kept.emails || ARRAY(
        SELECT a FROM unnest(excluded.emails) AS a WHERE a <> ALL (kept.emails)),
    emails_raw = kept.emails_raw || ARRAY(
        SELECT raw FROM unnest(excluded.emails, excluded.emails_raw) AS said (a, raw)
        WHERE a <> ALL (kept.emails)),
    phones = kept.phones || ARRAY(
        SELECT a FROM unnest(excluded.phones) AS a WHERE a <> ALL (kept.phones)),
    phones_raw = kept.phones_raw || ARRAY(
        SELECT raw FROM unnest(excluded.phones, excluded.phones_raw) AS said (a, raw)
        WHERE a <> ALL (kept.phones)),
    tags = kept.tags || ARRAY(
        SELECT t FROM unnest(excluded.tags) AS t WHERE t <> ALL (kept.tags)),
    custom = excluded.custom || kept.custom,
    consents = (
        SELECT coalesce(jsonb_object_agg(said, is_yes), '{{}}') FROM (
            SELECT said, bool_and(yes::boolean) AS is_yes FROM (
                SELECT * FROM jsonb_each(kept.consents)
                UNION ALL SELECT * FROM jsonb_each(excluded.consents)
            ) AS both_said (said, yes) GROUP BY said
        ) AS stricter)
"""  # noqa: S608 -- our own column names


def start_reading(batch: Import, *, actor: User | None, now: datetime) -> Import:
    """Begin to read the file in; it is ready when the job is done. Raise NotNow."""
    with transaction.atomic():
        batch = hold(batch)
        if batch.state not in {State.RECEIVED, State.READY, State.FAILED}:
            raise NotNow(_("This file is being read already."))
        if has_begun(batch):
            raise NotNow(_("This file has been brought in already."))
        batch.state, batch.problem, batch.counts = State.READING, "", {}
        batch.job = new_job(batch, KIND, actor=actor, now=now)
        batch.save(update_fields=["state", "problem", "counts", "job"])
    return batch


def new_job(batch: Import, kind: str, *, actor: User | None, now: datetime) -> Job:
    return start_job(
        business=batch.business,
        kind=kind,
        created_by=actor,
        now=now,
        arguments={"import": str(batch.uuid)},
    )


def import_of(job: Job) -> Import:
    """Return the import a job is about, held until the step is over."""
    batch = job.business.imports.get(uuid=job.arguments["import"])
    return hold(batch)


def reading_step(job: Job, *, now: datetime) -> Progress:
    """Stage a stretch of lines; then hold a stretch of guests against the register."""
    batch, at = import_of(job), job.cursor
    try:
        if not at:
            clear_staging(batch)
            batch.import_problems.all()._raw_delete(using="default")
            return _read(batch, done=0, now=now)
        if at["phase"] == "read":
            return _read(batch, done=at["line"], now=now)
        return _match(batch, job, now=now)
    except UnreadableFile as problem:
        raise JobProblem(str(problem)) from problem
    except OperationalError as error:
        raise_if_full(error)
        raise


def raise_if_full(error: OperationalError) -> None:
    """Raise JobProblem when the database says that its disk is full."""
    if isinstance(error.__cause__, DiskFull):
        raise JobProblem(
            _(
                "There is no room left in the database. Nothing of this step was kept; "
                "tell whoever looks after the installation, and go on afterwards."
            )
        ) from error


def _read(batch: Import, *, done: int, now: datetime) -> Progress:
    reading = _reading(batch, done=done, now=now)
    lines = list(islice(reading.lines, LINES))
    _stage(batch, reading.reader, lines)
    rows = batch.counts.get("rows", 0) + len(lines)
    batch.counts = {**batch.counts, "rows": rows}
    batch.save(update_fields=["counts"])
    if len(lines) == LINES:
        reading.line = lines[-1].number
        return Progress(
            done_count=rows,
            total_count=reading.total,
            cursor={"phase": "read", "line": reading.line},
        )
    _close_reading()
    know_sizes()
    return Progress(
        done_count=rows, total_count=rows, cursor={"phase": "match", "after": 0}
    )


def _match(batch: Import, job: Job, *, now: datetime) -> Progress:
    after = job.cursor["after"]
    last = match_stretch(batch, after=after, most=GUESTS)
    if last is not None:
        return Progress(
            done_count=job.done_count,
            total_count=job.total_count,
            cursor={"phase": "match", "after": last},
        )
    match_whole(batch)
    batch.counts = count_up(batch)
    batch.state, batch.read_at = State.READY, now
    batch.save(update_fields=["counts", "state", "read_at"])
    return Progress(
        done_count=job.done_count, total_count=job.total_count, is_finished=True
    )


class _Reading:
    """A file that is open between two steps of one worker, and where it stands."""

    def __init__(self, batch: Import, *, now: datetime) -> None:
        self.handle: IO[bytes] = uploaded(batch)
        self.key = (batch.pk, batch.created_at, str(batch.meanings))
        table = open_table(self.handle, batch.file_name)
        self.lines: Iterator[Line] = iter(table.lines())
        self.total: int | None = getattr(table, "rows", None)
        self.line = 0
        self.reader = LineReader(
            meanings_of(batch),
            house_for(batch.business, now=now),
            has_guests=batch.has_guests,
            has_visits=batch.has_visits,
            venues={
                plain_words(venue.name): (venue.pk, kind_at(venue.kind))
                for venue in batch.business.venues.all()
            },
            venue=(batch.venue.pk, kind_at(batch.venue.kind)) if batch.venue else None,
        )


_open: list[_Reading] = []


def _reading(batch: Import, *, done: int, now: datetime) -> _Reading:
    """Return the file open after line ``done``: as this worker left it, or anew."""
    key = (batch.pk, batch.created_at, str(batch.meanings))
    if not (done and _open and _open[0].key == key and _open[0].line == done):
        _close_reading()
        _open.append(_Reading(batch, now=now))
        for line in _open[0].lines if done else ():
            if line.number >= done:
                break
    # Nowhere until the stretch is staged: what fails in between opens it anew.
    _open[0].line = -1
    return _open[0]


def _close_reading() -> None:
    while _open:
        with suppress(OSError):
            _open.pop().handle.close()


def kind_at(venue_kind: str) -> str:
    """Return what kind of visits a venue has, when nothing says so."""
    kinds = {
        "hotel": Visit.Kind.STAY,
        "guesthouse": Visit.Kind.STAY,
        "tour": Visit.Kind.TOUR,
    }
    return kinds.get(venue_kind, Visit.Kind.TABLE)


def _stage(batch: Import, reader: LineReader, lines: list[Line]) -> None:
    guests: dict[int, GuestLine] = {}
    visits: list[VisitLine] = []
    problems: list[Problem] = []
    for line in lines:
        guest, visit, wrong = reader.read(line)
        if guest and guest.key in guests:
            guests[guest.key].take(guest)
        elif guest:
            guests[guest.key] = guest
        if visit:
            visits.append(visit)
        problems += wrong
    _copy_guests(batch, list(guests.values()))
    fixed = f"{batch.business_id}\t{batch.pk}\t\t"
    copy_rows(
        "customers_stagedvisit",
        _VISIT_COLUMNS,
        (fixed + row_text(visit) for visit in visits),
    )
    fixed = f"{batch.business_id}\t{batch.pk}\t"
    copy_rows(
        "customers_importproblem",
        _PROBLEM_COLUMNS,
        (fixed + row_text(_stored(problem)) for problem in problems),
    )


def _copy_guests(batch: Import, guests: list[GuestLine]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS import_guests")
        cursor.execute(_ROOM)
    fixed = f"{batch.business_id}\t{batch.pk}\t"
    copy_rows(
        "import_guests",
        _GUEST_COLUMNS,
        (fixed + row_text(_guest_row(guest)) for guest in guests),
    )
    with connection.cursor() as cursor:
        cursor.execute(_ADD_GUESTS)


def _guest_row(guest: GuestLine) -> list[Any]:
    values = {**guest.values, "name_key": guest.name_key}
    return [
        guest.line,
        "",
        guest.key,
        *(values.get(name, "") for name in TEXTS),
        *(values.get(name) for name in MAYBE),
        list(guest.emails),
        list(guest.emails.values()),
        list(guest.phones),
        list(guest.phones.values()),
        guest.tags,
        guest.custom,
        guest.consents,
    ]


def _stored(problem: Problem) -> Problem:
    return problem._replace(
        column=problem.column[:80], code=problem.code[:40], value=problem.value[:80]
    )
