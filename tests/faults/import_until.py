"""Run the steps of a waiting import in a process of its own, and die in one of them.

Called as ``python -m tests.faults.import_until STEP``: the step of this number, counted
from 1, does its work and is killed before the database is told that it is done.
"""

import os
import signal
import sys
from unittest.mock import patch

import django
from django.conf import settings

SMALL = 2


def main(deadly):
    django.setup()
    settings.MEDIA_ROOT = os.environ["FILES_OF_THE_TEST"]
    from crm.jobs import running
    from customers.imports import committing, reverting, staging

    staging.LINES = staging.GUESTS = committing.GUESTS = SMALL
    reverting.VISITS = reverting.CHANGES = SMALL
    steps = 0
    save = running._save_progress

    def save_or_die(job, progress, *, now):
        nonlocal steps
        steps += 1
        save(job, progress, now=now)
        if steps == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    with patch.object(running, "_save_progress", save_or_die):
        job = running.claim_job()
        while job and running.run_step(job):
            pass


if __name__ == "__main__":
    main(int(sys.argv[1]))
