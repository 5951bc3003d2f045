"""Do the work of an import here and now, instead of leaving it to a worker."""

import time
import uuid

from django.db import connection

from crm.jobs import running
from crm.jobs.models import Job
from customers.imports.standing import caught_up
from customers.models import Import

# How long to wait, in seconds, before looking again how far a worker is.
_PAUSE = 0.5
# The same lease as a worker's: should this process die, a worker goes on.
_CLAIM = """
UPDATE jobs_job
SET status = 'running', lease_token = %(token)s, started_at = clock_timestamp(),
    lease_until = clock_timestamp() + interval '2 minutes'
WHERE id = %(job)s AND status = 'queued'
"""


def run_to_end(batch: Import) -> Import:
    """Run the job of ``batch`` step by step and return the import as it then stands.

    A worker may have been faster: then it is waited for.
    """
    job = batch.job
    while job is not None and not job.is_final:
        if _claim(job):
            job = Job.objects.select_related("business", "created_by").get(pk=job.pk)
            while running.run_step(job):
                pass
        else:
            time.sleep(_PAUSE)
            running.return_lost_jobs()
        job.refresh_from_db()
    return caught_up(Import.objects.get(pk=batch.pk))


def _claim(job: Job) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"token": uuid.uuid4(), "job": job.pk})
        return cursor.rowcount == 1
