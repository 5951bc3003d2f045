"""What kinds of long work there are: each app registers its own in ``ready()``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.files.models import StoredFile
from crm.jobs.models import Job


class JobProblem(Exception):
    """The work cannot go on. The message is for the person who waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one step came. ``cursor`` is all that the next step needs to know."""

    done_count: int
    total_count: int | None = None
    cursor: Mapping[str, Any] = field(default_factory=dict)
    is_finished: bool = False
    result: Mapping[str, Any] = field(default_factory=dict)
    result_file: StoredFile | None = None


class Step(Protocol):
    """One step of a kind of work.

    It runs in a transaction that also stores its ``Progress``, so it either happened
    whole or not at all; it must not call the outside. It takes seconds, less than
    JOB_LEASE_SECONDS. Raise JobProblem with a sentence when the work cannot go on.
    """

    def __call__(self, job: Job, *, now: datetime) -> Progress: ...


@dataclass(frozen=True, slots=True)
class JobKind:
    title: str | Promise
    step: Step


_kinds: dict[str, JobKind] = {}


def register_job_kind(kind: str, *, title: str | Promise, step: Step) -> None:
    """Add a kind of work. ``title`` is what the page calls it."""
    _kinds[kind] = JobKind(title, step)


def job_kind(kind: str) -> JobKind:
    """Return what is registered. Raise JobProblem when the app is no longer there."""
    if kind not in _kinds:
        raise JobProblem(_("This kind of work is not known any more."))
    return _kinds[kind]


def title_of(job: Job) -> str:
    return str(_kinds[job.kind].title) if job.kind in _kinds else job.kind
