"""A list as a file for a spreadsheet, made by a worker in steps, whatever its length.

Only the chosen columns are in it, none of which is a note or a health need. The file is
private, open to managers, and goes after ``KEPT_FOR``; see ``crm.jobs``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.events import record_event
from crm.core.clock import local_date
from crm.core.csv_files import BOM, CsvStyle, csv_lines
from crm.core.locales import active_locale
from crm.files.parts import drop_parts, joined_parts, put_part
from crm.files.storing import store_file
from crm.jobs.models import Job
from crm.jobs.registry import JobProblem, Progress
from crm.jobs.starting import start_job
from crm.tenancy.models import Business, Staff
from customers.lists.columns import Column, written
from customers.models import Guest

STEP = 2_000
# Long enough to be fetched; a copy of the register should not lie about.
KEPT_FOR = timedelta(days=7)


class Source(Protocol):
    """The rows of a list, as a job asks for them by its arguments."""

    def count(self) -> int:
        """Return how many there are; some may drop out."""

    def batch(self, last: int, limit: int) -> tuple[Sequence[Any], int | None]:
        """Return the next rows after the id ``last``, and the last id that was seen;
        None when there are no more.
        """


@dataclass(frozen=True, slots=True)
class ListKind:
    """A kind of list that can become a file. ``first`` heads the first column."""

    name: str
    first: str | Promise
    first_value: Callable[[Any], str]
    columns: Mapping[str, Column[Any]]


def ask_for_file(
    business: Business,
    *,
    kind: str,
    columns: Sequence[str],
    question: Mapping[str, Any],
    actor: User,
    now: datetime,
) -> Job:
    """Queue the making of a file; the log says who asked for which columns.

    ``question`` says which rows, in ids and words of an address, never what was typed.
    """
    with transaction.atomic():
        job = start_job(
            business=business,
            kind=kind,
            created_by=actor,
            arguments={"columns": list(columns), "question": dict(question)},
            reader_role=Staff.Role.MANAGER,
            now=now,
        )
        record_event(
            business=business,
            actor=actor,
            action="exported",
            subject=job,
            fields=columns,
            batch=str(job.uuid),
            now=now,
        )
    return job


def file_step(job: Job, kind: ListKind, source: Source, *, now: datetime) -> Progress:
    """Write the next rows; with the last of them, make the file."""
    _check_nobody_was_forgotten(job)
    done, parts = job.cursor.get("rows", 0), job.cursor.get("parts", 0)
    total = job.cursor.get("total")
    if total is None:
        total = source.count()
    rows, last = source.batch(job.cursor.get("last", 0), STEP)
    put_part(job.business, job.uuid, parts, _lines(job, kind, rows, is_first=not parts))
    done, parts = done + len(rows), parts + 1
    if last is None:
        file = _joined(job, kind, parts, now=now)
        return Progress(
            done_count=done, total_count=done, is_finished=True, result_file=file
        )
    cursor = {"last": last, "rows": done, "parts": parts, "total": total}
    return Progress(done_count=done, total_count=max(total, done), cursor=cursor)


def _check_nobody_was_forgotten(job: Job) -> None:
    # Held first, so that forgetting a guest either stops this or waits and finds the
    # file; see customers/privacy/erasure.py.
    Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    forgotten = Guest.objects.filter(
        business=job.business, erased_at__gte=job.created_at
    )
    if forgotten.exists():
        raise JobProblem(
            _("A guest was forgotten while this was made. Please ask for it again.")
        )


def _lines(job: Job, kind: ListKind, rows: Iterable[Any], *, is_first: bool) -> bytes:
    # A column that is gone since is left out of the head and of each row alike.
    columns = [
        kind.columns[key] for key in job.arguments["columns"] if key in kind.columns
    ]
    style = CsvStyle.of(active_locale())
    head = [[str(kind.first), *(str(column.label) for column in columns)]]
    body = (
        [kind.first_value(row), *(written(column.value(row)) for column in columns)]
        for row in rows
    )
    text = BOM + csv_lines(head, style) if is_first else ""
    return (text + csv_lines(body, style)).encode()


def _joined(job: Job, kind: ListKind, parts: int, *, now: datetime) -> Any:
    day = local_date(now, job.business.time_zone)
    try:
        whole = joined_parts(job.business, job.uuid, parts)
    except FileNotFoundError as error:
        raise JobProblem(
            _("A part of the file has been cleared away. Please ask for it again.")
        ) from error
    with whole:
        file = store_file(
            business=job.business,
            name=f"{job.business.slug}-{kind.name}-{day.isoformat()}.csv",
            content=whole,
            reader_role=job.reader_role,
            created_by=job.created_by,
            now=now,
            keep_for=KEPT_FOR,
        )
    business, uuid = job.business, job.uuid
    transaction.on_commit(lambda: drop_parts(business, uuid, parts), robust=True)
    return file
