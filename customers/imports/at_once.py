"""Do the work of an import here and now, instead of leaving it to a worker."""

import uuid

from django.db import connection

from crm.jobs import running
from crm.jobs.models import Job
from customers.imports.standing import caught_up
from customers.models import Import

# The same lease as a worker's: should this process die, a worker goes on.
_CLAIM = """
UPDATE jobs_job
SET status = 'running', lease_token = %(token)s, started_at = clock_timestamp(),
    lease_until = clock_timestamp() + interval '2 minutes'
WHERE id = %(job)s AND status = 'queued'
"""


def run_to_end(batch: Import) -> Import:
    """Run the job of ``batch`` step by step and return the import as it then stands."""
    job = batch.job
    if job is None:
        return batch
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"token": uuid.uuid4(), "job": job.pk})
    job = Job.objects.select_related("business", "created_by").get(pk=job.pk)
    while running.run_step(job):
        pass
    return caught_up(Import.objects.get(pk=batch.pk))
