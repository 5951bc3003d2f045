import os
import signal
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from crm.devtools.places import BASE_DIR
from crm.devtools.processes import wait_until
from outreach.management.commands.run_sender import regular_work
from outreach.models import Heartbeat, Message
from tests.factories import allow, make_guest, make_visit
from tests.outreach.builders import make_automation, make_message


def test_one_round_plans_recovers_and_sends(casa_alba, smtp_server):
    make_automation(casa_alba)
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    allow(nora)
    make_visit(nora, now=timezone.now())
    Message.objects.all().delete()
    said = StringIO()

    call_command("run_sender", "--once", stdout=said)

    assert Message.objects.get().status == Message.Status.ACCEPTED
    assert len(smtp_server.messages) == 1
    assert said.getvalue().startswith("One round done at ")


@pytest.mark.django_db
def test_a_round_shows_that_somebody_is_there():
    call_command("run_sender", "--once", stdout=StringIO())

    heard = set(Heartbeat.objects.values_list("name", flat=True))
    assert heard >= {"critical", "sending", "recovering", "applying", "planning"}


@pytest.fixture
def running(transactional_db, smtp_server, casa_alba):
    """The loop as it runs for real, with something to send."""
    make_message(
        make_guest(casa_alba, emails=("nora@post.no",)),
        kind=Message.Kind.CRITICAL,
        is_letter=True,
        now=timezone.now(),
        subject="Your table",
        body_text="At eight.",
        body_html="<p>At eight.</p>",
    )
    with subprocess.Popen(
        [sys.executable, "manage.py", "run_sender", "--pause", "0.1"],
        cwd=BASE_DIR,
        env={**os.environ, "PYTHONWARNINGS": "", "REDIS_URL": "redis://127.0.0.1:1/0"},
    ) as process:
        yield process
        process.kill()


def test_it_goes_on_until_it_is_asked_to_stop(running, smtp_server):
    sent = Message.objects.filter(status="accepted")
    wait_until(sent.exists, seconds=60)
    Message.objects.update(status="queued", accepted_at=None)
    wait_until(lambda: len(smtp_server.messages) == 2, seconds=30)
    running.send_signal(signal.SIGTERM)

    assert running.wait(30) == 0
    assert [mail.recipients for mail in smtp_server.messages] == [["nora@post.no"]] * 2


def test_it_does_all_the_regular_work_that_beat_would_start():
    ours = {
        entry["task"].removeprefix("outreach.tasks.")
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if entry["task"].startswith("outreach.tasks.")
    }

    work = {task.__name__ for task in regular_work()}

    assert work == ours - {"send_critical", "send_bulk"}
