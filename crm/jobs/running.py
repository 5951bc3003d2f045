"""Do queued work step by step, so that a killed worker loses one step at most.

A worker claims a job with a lease by the database's clock. Each step runs in one
transaction together with the cursor it leaves behind and a check that the lease is
still ours. A worker that dies leaves a lease that runs out; the next one goes on from
the cursor. Three deaths or errors in a row, and the job is given up with a sentence.
"""

import logging
import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.jobs.models import Job
from crm.jobs.registry import JobProblem, Progress, job_kind

logger = logging.getLogger(__name__)

MOST_CRASHES = 3

_CLAIM = """
UPDATE jobs_job
SET status = 'running', lease_token = %(token)s,
    lease_until = clock_timestamp() + %(seconds)s * interval '1 second',
    started_at = coalesce(started_at, clock_timestamp())
WHERE id = (
    SELECT id FROM jobs_job WHERE status = 'queued'
    ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id
"""

_RETURN_LOST = """
UPDATE jobs_job
SET crash_count = crash_count + 1, lease_token = NULL, lease_until = NULL,
    status = CASE WHEN crash_count + 1 >= %(most)s THEN 'failed' ELSE 'queued' END,
    finished_at = CASE WHEN crash_count + 1 >= %(most)s THEN clock_timestamp() END
WHERE status = 'running' AND lease_until < clock_timestamp()
RETURNING id, status
"""

_KEEP = """
UPDATE jobs_job
SET lease_until = clock_timestamp() + %(seconds)s * interval '1 second'
WHERE id = %(id)s AND lease_token = %(token)s AND status = 'running'
"""


class LeaseLost(Exception):
    """Another worker has taken over; what this one did in the step is rolled back."""


def claim_job() -> Job | None:
    """Return the oldest waiting job, now leased to the caller; None when none waits."""
    return_lost_jobs()
    with connection.cursor() as cursor:
        cursor.execute(
            _CLAIM,
            {"token": uuid.uuid4(), "seconds": settings.JOB_LEASE_SECONDS},
        )
        row = cursor.fetchone()
    return _load(row[0]) if row else None


def return_lost_jobs() -> int:
    """Put jobs of dead workers back, or give them up; return how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(_RETURN_LOST, {"most": MOST_CRASHES})
        rows = cursor.fetchall()
    for job_id, status in rows:
        logger.warning("job %s lost its worker, now %s", job_id, status)
        if status == Job.Status.FAILED:
            _explain(_load(job_id))
    return len(rows)


def run_step(job: Job) -> bool:
    """Do one step of a claimed job and return whether there is more to do.

    Everything the step does stays or goes together with the new cursor.
    """
    token = job.lease_token
    job.refresh_from_db()
    if job.lease_token != token:
        return False
    business = job.business
    with (
        timezone.override(ZoneInfo(business.time_zone)),
        translation.override(
            job.created_by.language if job.created_by else business.language
        ),
    ):
        return _run_step(job, now=timezone.now())


def hand_back(job: Job) -> None:
    """Give a claimed job back between two steps, for whoever comes next."""
    Job.objects.filter(pk=job.pk, lease_token=job.lease_token).update(
        status=Job.Status.QUEUED, lease_token=None, lease_until=None
    )


def _run_step(job: Job, *, now: datetime) -> bool:
    if job.is_cancel_asked:
        return _close(job, Job.Status.CANCELLED, now=now)
    try:
        with transaction.atomic():
            progress = job_kind(job.kind).step(job, now=now)
            _keep_lease(job)
            _save_progress(job, progress, now=now)
    except LeaseLost:
        logger.warning("job %s was taken over by another worker", job.pk)
        return False
    except JobProblem as problem:
        return _close(job, Job.Status.FAILED, problem=str(problem), now=now)
    except DatabaseError:
        # It may be the database that is ill: the lease runs out and the step is redone.
        raise
    except Exception:
        logger.exception("job %s of kind %s failed in a step", job.pk, job.kind)
        return _count_crash(job, now=now)
    return not job.is_final


def _keep_lease(job: Job) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "id": job.pk,
                "token": job.lease_token,
                "seconds": settings.JOB_LEASE_SECONDS,
            },
        )
        if cursor.rowcount != 1:
            raise LeaseLost


def _save_progress(job: Job, progress: Progress, *, now: datetime) -> None:
    job.cursor = dict(progress.cursor)
    job.done_count, job.total_count = progress.done_count, progress.total_count
    job.crash_count = 0
    fields = ["cursor", "done_count", "total_count", "crash_count"]
    if progress.is_finished:
        job.result, job.result_file = dict(progress.result), progress.result_file
        job.status, job.finished_at = Job.Status.DONE, now
        job.lease_token = job.lease_until = None
        fields += [
            "result", "result_file", "status", "finished_at", "lease_token",
            "lease_until",
        ]  # fmt: skip
    job.save(update_fields=fields)


def _close(job: Job, status: str, *, now: datetime, problem: str = "") -> bool:
    Job.objects.filter(pk=job.pk, lease_token=job.lease_token).update(
        status=status,
        problem=problem[:300],
        finished_at=now,
        lease_token=None,
        lease_until=None,
    )
    return False


def _count_crash(job: Job, *, now: datetime) -> bool:
    if job.crash_count + 1 >= MOST_CRASHES:
        return _close(job, Job.Status.FAILED, problem=_given_up(), now=now)
    Job.objects.filter(pk=job.pk, lease_token=job.lease_token).update(
        status=Job.Status.QUEUED,
        crash_count=job.crash_count + 1,
        lease_token=None,
        lease_until=None,
    )
    return False


def _given_up() -> str:
    return _(
        "This stopped three times at the same place, so we have let it be. What was "
        "done before that stays. Tell whoever looks after the installation."
    )


def _explain(job: Job) -> None:
    language = job.created_by.language if job.created_by else job.business.language
    with translation.override(language):
        Job.objects.filter(pk=job.pk).update(problem=_given_up())


def _load(job_id: int) -> Job:
    return Job.objects.select_related("business", "created_by").get(pk=job_id)
