"""Work for tests: writes one log entry a step, and may die in the middle."""

import os
import signal

from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from crm.audit.events import record_event
from crm.jobs.registry import JobProblem, Progress, register_job_kind

KIND = "count"


def count_step(job, *, now):
    number = job.cursor.get("next", 0)
    record_event(
        business=job.business,
        actor=None,
        action="viewed",
        subject=job,
        batch=str(number),
        now=now,
    )
    if number == job.arguments.get("problem_at"):
        raise JobProblem("The third basket is empty.")
    if number == job.arguments.get("error_at"):
        raise ZeroDivisionError
    if os.environ.get("DIE_AT") == str(number):
        os.kill(os.getpid(), signal.SIGKILL)
    total = job.arguments["total"]
    return Progress(
        done_count=number + 1,
        total_count=total,
        cursor={"next": number + 1},
        is_finished=number + 1 == total,
        result={"counted": number + 1},
    )


def say_step(job, *, now):
    spoken = {"language": get_language(), "zone": get_current_timezone_name()}
    return Progress(done_count=1, is_finished=True, result=spoken)


register_job_kind("say", title="Say", step=say_step)
register_job_kind(KIND, title="Count", step=count_step)
