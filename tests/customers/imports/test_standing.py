"""An import whose work stopped says where it stands, and does not stay for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.jobs import running
from customers.imports.committing import start_commit
from customers.imports.staging import start_reading
from customers.imports.standing import clear_old_imports
from customers.models import Guest, Import, ImportChange, StagedGuest
from tests.customers.imports.bringing import bring, read, receive, work
from tests.factories import NOW

ROWS = [
    {"Guest no": "7", "Name": "Nora Østby", "Email": "nora@post.no"},
    {"Guest no": "8", "Name": "Otto Vik", "Email": "otto@post.no"},
]


@pytest.fixture(autouse=True)
def files(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path


def test_reading_that_was_stopped_can_begin_again(casa_alba):
    batch = receive(casa_alba, ROWS, kind="guests")
    start_reading(batch, actor=None, now=NOW)
    batch.refresh_from_db()
    batch.job.ask_to_cancel()

    batch = work(batch)
    assert batch.state == "received"

    start_reading(batch, actor=None, now=NOW)
    assert work(batch).state == "ready"


def test_a_commit_that_was_stopped_goes_on_where_it_was(casa_alba, monkeypatch):
    batch = read(casa_alba, ROWS, kind="guests")
    monkeypatch.setattr("customers.imports.committing.GUESTS", 1)
    start_commit(batch, actor=None, now=timezone.now())
    job = running.claim_job()
    running.run_step(job)
    job.ask_to_cancel()
    running.run_step(job)

    batch = work(batch)
    assert (batch.state, Guest.objects.count()) == ("failed", 1)

    start_commit(batch, actor=None, now=timezone.now())
    batch = work(batch)
    assert (batch.state, Guest.objects.count()) == ("done", 2)
    assert batch.counts["committed"]["new"] == 2


def test_a_staged_file_that_the_database_lost_is_read_once_more(casa_alba):
    batch = read(casa_alba, ROWS, kind="guests")
    StagedGuest.objects.all().delete()
    start_commit(batch, actor=None, now=timezone.now())
    batch = work(batch)
    assert (batch.state, bool(batch.problem)) == ("failed", True)

    start_reading(batch, actor=None, now=NOW)
    batch = work(batch)
    start_commit(batch, actor=None, now=timezone.now())

    assert (work(batch).state, Guest.objects.count()) == ("done", 2)


def test_a_file_nobody_brought_in_is_forgotten_after_two_weeks(casa_alba):
    read(casa_alba, ROWS, kind="guests")

    assert clear_old_imports(now=NOW + timedelta(days=13)) == 0
    assert clear_old_imports(now=NOW + timedelta(days=15)) == 1

    batch = Import.objects.get()
    assert (batch.state, batch.file, StagedGuest.objects.count()) == (
        "discarded", None, 0,
    )  # fmt: skip


def test_what_was_before_is_forgotten_after_ninety_days(casa_alba):
    bring(casa_alba, ROWS, kind="guests")

    clear_old_imports(now=timezone.now() + timedelta(days=91))

    assert ImportChange.objects.count() == 0
