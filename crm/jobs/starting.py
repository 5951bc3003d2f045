"""Put long work in the queue."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crm.accounts.models import User
from crm.core.doorbell import ring
from crm.jobs.models import Job
from crm.jobs.tasks import run_jobs
from crm.tenancy.models import Business, Staff


def start_job(
    *,
    business: Business,
    kind: str,
    created_by: User | None,
    now: datetime,
    arguments: Mapping[str, Any] | None = None,
    reader_role: str = Staff.Role.MANAGER,
) -> Job:
    """Queue a piece of work of a registered kind; it starts after commit.

    ``arguments`` go into the database as JSON: ids, never personal data.
    """
    job = Job.objects.create(
        business=business,
        kind=kind,
        arguments=dict(arguments or {}),
        reader_role=reader_role,
        created_by=created_by,
        created_at=now,
    )
    ring(run_jobs)
    return job
