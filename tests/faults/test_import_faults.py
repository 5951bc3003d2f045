"""Workers are killed in the middle of an import. Nothing is lost, nothing comes twice."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.devtools.places import BASE_DIR
from crm.jobs.models import Job
from customers.imports.committing import start_commit
from customers.imports.reverting import start_revert
from customers.imports.staging import start_reading
from customers.models import ConsentEvent, ContactPoint, Guest, GuestSummary, Visit
from tests.customers.imports.bringing import receive
from tests.factories import make_business, make_user, make_venue

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

ROWS = [
    {
        "Guest no": f"G{number // 2}",
        "Name": f"Nora Vik{'abc'[number // 2]}",
        "Email": f"nora{number // 2}@post.no",
        "News": "yes",
        "Booking": f"B{number}",
        "Arrival": "2024-03-01",
        "Departure": "2024-03-03",
        "Price": "100",
    }
    for number in range(6)
]


@pytest.fixture
def house(transactional_db, tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv("FILES_OF_THE_TEST", str(tmp_path))
    business = make_business()
    make_venue(business)
    make_user("alba@casa-alba.example")
    return business


def run_and_die_in(step):
    """Run the waiting import; return whether the process was killed in that step."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults.import_until", str(step)],
        cwd=BASE_DIR,
        env={**os.environ, "PYTHONWARNINGS": ""},
        check=False,
        capture_output=True,
        text=True,
    )
    assert ended.returncode in {0, -signal.SIGKILL}, ended.stderr
    Job.objects.filter(status="running").update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    return ended.returncode == -signal.SIGKILL


def come_to_an_end():
    """Let each following process die one step further on, until nothing is left."""
    deaths = 0
    while run_and_die_in(2):
        deaths += 1
        Job.objects.update(crash_count=0)
    return deaths


def register(business):
    return {
        "guests": list(
            business.guests.order_by("external_id").values_list(
                "external_id", "display_name", "search_text"
            )
        ),
        "addresses": ContactPoint.objects.count(),
        "visits": sorted(business.visits.values_list("external_id", "spend")),
        "summaries": sorted(GuestSummary.objects.values_list("visits", "spend")),
        "words": ConsentEvent.objects.count(),
    }


def test_a_worker_killed_in_every_second_step_loses_nothing_and_doubles_nothing(house):
    batch = receive(house, ROWS)
    start_reading(batch, actor=None, now=timezone.now())
    deaths = come_to_an_end()
    batch.refresh_from_db()
    job = batch.job
    assert batch.state == "ready", (job.status, job.cursor, job.problem)

    start_commit(batch, actor=None, now=timezone.now())
    deaths += come_to_an_end()

    batch.refresh_from_db()
    assert batch.state == "done"
    assert deaths >= 4
    assert register(house) == {
        "guests": [
            (f"G{n}", f"Nora Vik{letter}", Guest.objects.get(
                external_id=f"G{n}").search_text)
            for n, letter in enumerate("abc")
        ],
        "addresses": 3,
        "visits": sorted((f"B{n}", 10_000) for n in range(6)),
        "summaries": [(2, 20_000)] * 3,
        "words": 3,
    }  # fmt: skip

    start_revert(batch, actor=None, now=timezone.now())
    deaths = come_to_an_end()

    batch.refresh_from_db()
    assert (batch.state, deaths >= 2) == ("reverted", True)
    assert (Guest.objects.count(), Visit.objects.count()) == (0, 0)
