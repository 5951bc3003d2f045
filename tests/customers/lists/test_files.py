"""Lists as files: made in steps, private, logged, never with what nobody chose."""

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from crm.audit.models import Event
from crm.files.models import StoredFile
from crm.jobs import running
from crm.jobs.models import Job
from crm.jobs.tasks import run_jobs
from crm.tenancy.models import Staff
from customers.lists import files as list_files
from customers.lists.guest_columns import GUEST_COLUMNS
from customers.models import Note, Visit
from customers.privacy.erasure import erase_guest
from tests.factories import NOW, TODAY, make_guest, make_staff, make_user, make_visit

pytestmark = pytest.mark.usefixtures("morning", "folder")

EXPORT = "/casa-alba/guests/export/"
VISITS = "/casa-alba/visits/export/"


@pytest.fixture
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(list_files, "STEP", 2)


def table(job):
    """Return the file of a job as rows of texts, the head first."""
    job.refresh_from_db()
    assert job.status == Job.Status.DONE
    text = content(job).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True)))


def content(job):
    with job.result_file.content.open("rb") as file:
        return file.read()


def made(client, path=EXPORT, **words):
    answer = client.post(path, words)
    run_jobs()
    job = Job.objects.latest("pk")
    assert answer.url == f"/casa-alba/jobs/{job.uuid}/"
    assert job.status == Job.Status.DONE
    return job


def test_the_page_says_what_is_in_the_file(as_alba, casa_alba):
    make_guest(casa_alba, "Nora Vik", is_vip=True)
    make_guest(casa_alba, "Per Vik")

    response = as_alba.get(EXPORT, {"vip": "on"})

    assert response.context["how_many"] == "1 guest"
    assert response.context["chips"] == ["who are VIP"]
    assert "Notes and health needs are never in it." in response.text
    assert "for 7 days" in response.text


def test_what_was_chosen_comes_back_from_the_file(as_alba, casa_alba):
    nora = make_guest(
        casa_alba,
        "Nora Østby",
        is_vip=True,
        emails=("nora@example.no",),
        phones=("406 12 345",),
        company="=cmd AS",
        country="NO",
        birthday_day=29,
        birthday_month=2,
    )
    make_visit(nora, spend=123_450, arrival_date=TODAY - timedelta(days=5), nights=2)
    make_guest(casa_alba, "Per Vik")
    columns = ["marks", "company", "visits", "spend", "last", "email", "phone"]

    job = made(as_alba, vip="on", column=[*columns, "birthday", "country"])

    head, nora_row = table(job)
    marks = nora_row.pop(1)
    assert "VIP" in marks
    assert [head, nora_row] == [
        [
            "Guest", "Marks", "Company", "Visits", "Spend", "Last here", "Email",
            "Phone", "Country", "Birthday",
        ],
        [
            "Nora Østby", "'=cmd AS", "1", "1234.50", "2026-11-19",
            "nora@example.no", "+47 40 61 23 45", "Norway", "29 February",
        ],
    ]  # fmt: skip
    assert content(job).startswith(b"\xef\xbb\xbfGuest,")


def test_the_file_is_for_managers_and_for_a_while(as_alba, casa_alba):
    make_guest(casa_alba, "Nora Vik")

    file = made(as_alba).result_file

    assert (file.reader_role, file.expires_at - file.created_at) == (
        Staff.Role.MANAGER,
        timedelta(days=7),
    )
    assert file.name == "casa-alba-guests-2026-11-22.csv"


def test_who_asked_and_who_took_it_is_in_the_log(as_alba, casa_alba, alba):
    make_guest(casa_alba, "Nora Vik")

    job = made(as_alba, column=["email", "phone"])
    job.refresh_from_db()
    list(as_alba.get(f"/casa-alba/files/{job.result_file.uuid}/"))

    logged = Event.objects.filter(action__in=("exported", "saved")).order_by("pk")
    assert list(
        logged.values_list("actor", "action", "object_ref", "fields", "batch")
    ) == [
        (alba.pk, "exported", str(job.uuid), ["email", "phone"], str(job.uuid)),
        (alba.pk, "saved", str(job.result_file.uuid), [], ""),
    ]
    page = as_alba.get("/casa-alba/log/?action=exported")
    (line,) = page.context["lines"]
    assert (line.action, line.called, line.fields) == (
        "Made a file of",
        "Guests as a file",
        ["Email", "Phone"],
    )


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("guests", [1, 2, 3, 4, 5])
def test_a_long_list_is_made_in_steps_and_nobody_is_missed(as_alba, casa_alba, guests):
    names = [f"Gjest {number}" for number in range(guests)]
    for name in names:
        make_guest(casa_alba, name)

    job = made(as_alba, order="name", column=["city"])

    assert [row[0] for row in table(job)] == ["Guest", *names]
    assert (job.done_count, job.total_count) == (guests, guests)


@pytest.mark.usefixtures("small_steps")
def test_a_step_that_is_done_twice_leaves_everybody_once(as_alba, casa_alba):
    for number in range(5):
        make_guest(casa_alba, f"Gjest {number}")
    as_alba.post(EXPORT, {"column": ["city"]})
    job = running.claim_job()
    before = (job.cursor, job.done_count)
    running.run_step(job)
    # As if the worker had died after writing the part and before the commit.
    Job.objects.filter(pk=job.pk).update(cursor=before[0], done_count=before[1])

    while running.run_step(job):
        pass

    assert [row[0] for row in table(job)] == [
        "Guest", *(f"Gjest {number}" for number in range(5))
    ]  # fmt: skip


def test_parts_do_not_stay_behind(as_alba, casa_alba, folder, monkeypatch):
    monkeypatch.setattr(list_files, "STEP", 1)
    for number in range(3):
        make_guest(casa_alba, f"Gjest {number}")

    as_alba.post(EXPORT, {"column": ["city"]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.db.transaction.on_commit", lambda act, **_how: act())
        run_jobs()

    assert [path.suffix for path in folder.glob("*/*")] == [".csv"]


def test_a_search_is_kept_as_ids_and_not_as_it_was_typed(as_alba, casa_alba):
    nora = make_guest(casa_alba, "Nora Vik")
    make_guest(casa_alba, "Per Berg")

    job = made(as_alba, q="nora", column=["city"])

    assert job.arguments["question"] == {"ids": [nora.pk]}
    assert [row[0] for row in table(job)] == ["Guest", "Nora Vik"]


def test_who_may_not_be_written_to_after_all_is_not_in_it(as_alba, casa_alba):
    make_guest(casa_alba, "Per Vik", emails=("per@guest.booking.com",))

    assert [row[0] for row in table(made(as_alba, news="on"))] == ["Guest"]


def test_columns_are_never_notes_or_health_needs(as_alba, casa_alba):
    nora = make_guest(casa_alba, "Nora Vik")
    Note.objects.create(
        business=casa_alba, guest=nora, text="sleeps badly", created_at=NOW
    )

    job = made(as_alba, column=[*GUEST_COLUMNS, "notes", "health"])

    assert len(table(job)) == 2
    assert b"sleeps" not in content(job)
    assert set(GUEST_COLUMNS) & {"notes", "health", "needs", "note"} == set()
    assert job.arguments["columns"] == list(GUEST_COLUMNS)


def test_forgetting_a_guest_deletes_every_list_they_may_be_in(as_alba, casa_alba):
    nora = make_guest(casa_alba, "Nora Vik")
    made(as_alba)

    erase_guest(nora, actor=None, now=timezone.now())

    assert StoredFile.objects.count() == 0


@pytest.mark.usefixtures("small_steps")
def test_a_list_that_is_being_made_meanwhile_is_not_finished(as_alba, casa_alba):
    guests = [make_guest(casa_alba, f"Gjest {number}") for number in range(5)]
    as_alba.post(EXPORT, {})
    job = running.claim_job()
    running.run_step(job)

    erase_guest(guests[0], actor=None, now=timezone.now())
    while running.run_step(job):
        pass

    job.refresh_from_db()
    assert (job.status, job.result_file) == (Job.Status.CANCELLED, None)


def test_the_desk_makes_no_files(client, casa_alba):
    ida = make_user()
    make_staff(casa_alba, ida, Staff.Role.STAFF)
    client.force_login(ida)

    assert {client.get(path).status_code for path in (EXPORT, VISITS)} == {403}


def test_visits_as_they_are_listed(as_alba, casa_alba):
    nora = make_guest(casa_alba, "Nora Vik")
    make_visit(nora, label="204", arrival_date=TODAY - timedelta(days=3), nights=2)
    make_visit(nora, arrival_date=TODAY - timedelta(days=90))
    make_visit(
        nora, state=Visit.State.BOOKED, arrival_date=TODAY, nights=1, spend=50_000
    )

    job = made(
        as_alba,
        VISITS,
        state="completed",
        column=["arrival", "nights", "label", "spend", "employer"],
    )

    assert table(job) == [
        ["Guest", "Arrival", "Nights", "Room or table", "Spend", "An employer pays"],
        ["Nora Vik", "2026-11-19", "2", "204", "2340.00", "no"],
    ]


@pytest.mark.usefixtures("small_steps")
def test_a_long_list_of_visits_misses_none(as_alba, casa_alba):
    nora = make_guest(casa_alba, "Nora Vik")
    days = [TODAY - timedelta(days=number) for number in range(1, 6)]
    for day in days:
        make_visit(nora, arrival_date=day, nights=1)

    job = made(as_alba, VISITS, period="any", column=["arrival"])

    assert sorted(row[1] for row in table(job)[1:]) == sorted(
        day.isoformat() for day in days
    )
