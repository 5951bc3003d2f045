"""An import whose work stopped says where it stands, and does not stay for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm.files.models import StoredFile
from crm.jobs import running
from crm.jobs.models import Job
from customers.imports.committing import start_commit
from customers.imports.problems import NotNow
from customers.imports.reverting import start_revert
from customers.imports.staging import start_reading
from customers.imports.standing import clear_old_imports
from customers.models import (
    Guest,
    Import,
    ImportChange,
    ImportProblem,
    StagedGuest,
)
from customers.privacy.erasure import erase_guest
from tests.customers.imports.bringing import bring, read, receive, take_back, work
from tests.factories import NOW, make_guest

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


def test_a_file_whose_reader_died_unseen_is_forgotten_after_two_weeks(casa_alba):
    batch = receive(casa_alba, ROWS, kind="guests")
    start_reading(batch, actor=None, now=NOW)
    Job.objects.update(status="failed", finished_at=NOW)

    clear_old_imports(now=NOW + timedelta(days=15))

    batch = Import.objects.get()
    assert (batch.state, batch.file) == ("discarded", None)


def test_of_a_file_that_is_half_in_only_what_can_be_taken_back_is_kept(
    casa_alba, monkeypatch
):
    batch = read(casa_alba, ROWS, kind="guests")
    monkeypatch.setattr("customers.imports.committing.GUESTS", 1)
    start_commit(batch, actor=None, now=timezone.now())
    work(batch, steps=1)
    Job.objects.update(status="failed", finished_at=NOW)

    clear_old_imports(now=NOW + timedelta(days=15))

    batch = Import.objects.get()
    assert (batch.state, batch.file) == ("failed", None)
    assert (StagedGuest.objects.count(), ImportChange.objects.count()) == (0, 1)


def test_what_stood_in_bad_cells_is_forgotten_after_ninety_days(casa_alba):
    rows = [{"Guest no": "7", "Name": "Nora Østby", "Email": "nora at post"}]
    bring(casa_alba, rows, kind="guests")
    assert ImportProblem.objects.get().value == "nora at post"

    clear_old_imports(now=NOW + timedelta(days=91))

    problem = ImportProblem.objects.get()
    assert (problem.code, problem.value) == ("not_an_email", "")


def test_an_import_that_is_half_taken_back_does_not_go_on(casa_alba):
    batch = bring(casa_alba, ROWS, kind="guests")
    start_revert(batch, actor=None, now=timezone.now())
    Job.objects.get(kind="import_revert").ask_to_cancel()
    batch = work(batch)
    assert batch.state == "failed"

    with pytest.raises(NotNow):
        start_commit(batch, actor=None, now=timezone.now())

    assert take_back(batch).state == "reverted"


def test_who_is_forgotten_while_a_file_waits_does_not_stop_the_others(casa_alba, alba):
    nora = make_guest(casa_alba, "Nora Østby", external_id="7")
    batch = read(casa_alba, ROWS, kind="guests")
    erase_guest(nora, actor=alba, now=NOW)

    start_commit(batch, actor=None, now=timezone.now())

    assert work(batch).state == "done"
    assert Guest.objects.known().get().display_name == "Otto Vik"


def test_the_file_of_what_was_half_in_goes_when_it_is_taken_back(
    casa_alba, monkeypatch
):
    batch = read(casa_alba, ROWS, kind="guests")
    monkeypatch.setattr("customers.imports.committing.GUESTS", 1)
    start_commit(batch, actor=None, now=timezone.now())
    work(batch, steps=1)
    Job.objects.get(kind="import_commit").ask_to_cancel()
    batch = work(batch)

    batch = take_back(batch)

    assert (batch.state, batch.file, Guest.objects.count()) == ("reverted", None, 0)
    assert StoredFile.objects.count() == 0


def test_who_asked_to_be_forgotten_does_not_come_back_with_an_old_file(casa_alba, alba):
    nora = make_guest(
        casa_alba, "Nora Østby", emails=("nora@post.no",), phones=("+4740612345",)
    )
    erase_guest(nora, actor=alba, now=NOW)
    rows = [
        {"Name": "Nora Østby", "Email": "Nora@Post.no", "Arrival": "2025-05-01"},
        {"Name": "N. Østby", "Phone": "406 12 345", "Arrival": "2025-06-01"},
        {"Name": "Otto Vik", "Email": "otto@post.no", "Arrival": "2025-07-01"},
    ]

    batch = bring(casa_alba, rows)

    assert Guest.objects.known().get().display_name == "Otto Vik"
    assert casa_alba.visits.get().guest.display_name == "Otto Vik"
    problems = batch.import_problems.order_by("line")
    assert [(problem.line, problem.code) for problem in problems] == [
        (2, "forgotten"),
        (3, "forgotten"),
    ]


def test_who_was_forgotten_and_came_back_is_brought_in(casa_alba, alba):
    nora = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))
    erase_guest(nora, actor=alba, now=NOW)
    again = make_guest(casa_alba, "Nora Østby", emails=("nora@post.no",))

    bring(
        casa_alba,
        [{"Name": "Nora Østby", "Email": "nora@post.no", "Town": "Stryn"}],
        kind="guests",
    )

    again.refresh_from_db()
    assert again.city == "Stryn"
    assert Guest.objects.known().get() == again
