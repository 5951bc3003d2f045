"""Where an import stands when its work came to an end that it could not write down."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from crm.jobs.models import Job
from customers.imports.receiving import (
    clear_staging,
    drop_file,
    has_begun,
    hold,
)
from customers.imports.reverting import CAN_BE_REVERTED
from customers.models import Import, ImportChange, ImportProblem, StagedGuest

State = Import.State

_AT_WORK = (State.READING, State.COMMITTING, State.REVERTING)

# Staged rows of a file that nobody brought in are forgotten after so long.
STAGED_FOR = timedelta(days=14)


def caught_up(batch: Import) -> Import:
    """Return the import, no longer at work when its job has failed or was stopped."""
    job = batch.job
    if not batch.is_at_work or job is None or not job.is_final:
        return batch
    with transaction.atomic():
        batch = hold(batch)
        job = batch.job
        if batch.is_at_work and job is not None and job.is_final:
            _settle(batch, job)
    return batch


def as_it_stands(batch: Import) -> Import:
    """Return the import the same way without writing it down, for who only looks."""
    job = batch.job
    if batch.is_at_work and job is not None and job.is_final:
        _stand(batch, job)
    return batch


def _settle(batch: Import, job: Job) -> None:
    _stand(batch, job)
    if batch.state == State.RECEIVED:
        clear_staging(batch)
    batch.save(update_fields=["state", "problem"])


def _stand(batch: Import, job: Job) -> None:
    is_cancelled = job.status == Job.Status.CANCELLED
    batch.problem = job.problem or (_("You stopped it.") if is_cancelled else "")
    if batch.state == State.READING and is_cancelled:
        batch.state = State.RECEIVED
    else:
        batch.state = State.FAILED


def clear_old_imports(*, now: datetime) -> int:
    """Forget what was staged and never brought in, and what imports changed long ago.

    Returns how many files were given up. Repeatable.
    """
    old = Import.objects.filter(created_at__lt=now - STAGED_FOR).order_by("pk")
    stopped = Q(job__finished_at__isnull=False, state__in=_AT_WORK)
    for batch in old.filter(stopped).select_related("job")[:200]:
        caught_up(batch)
    staged = StagedGuest.objects.filter(batch=OuterRef("pk"))
    waiting = Q(state__in=(State.RECEIVED, State.READY)) | Q(state=State.FAILED) & (
        Q(counts__committed__after=None)
        | Q(counts__committed__after=0)
        | Q(file__isnull=False)
        | Exists(staged)
    )
    given_up = sum(_give_up(batch) for batch in old.filter(waiting)[:200])
    past = now - CAN_BE_REVERTED
    ImportChange.objects.filter(at__lt=past)._raw_delete(using="default")
    # What was wrong stays said, without what stood there.
    problems = ImportProblem.objects.filter(batch__created_at__lt=past)
    problems.exclude(value="").update(value="")
    return given_up


@transaction.atomic
def _give_up(batch: Import) -> bool:
    """Forget a file; what is half in can still be taken back."""
    batch = hold(batch)
    if batch.state not in {State.RECEIVED, State.READY, State.FAILED}:
        return False
    clear_staging(batch)
    drop_file(batch)
    if not has_begun(batch):
        batch.state = State.DISCARDED
    batch.save(update_fields=["state", "file"])
    return True
