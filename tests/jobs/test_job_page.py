import pytest
from django.utils import timezone

from crm.files.storing import store_file
from crm.jobs.models import Job
from crm.jobs.starting import start_job
from crm.tenancy.models import Staff
from tests.factories import make_staff, make_user
from tests.jobs.counting import KIND


@pytest.fixture
def job(casa_alba, alba):
    return start_job(
        business=casa_alba,
        kind=KIND,
        created_by=alba,
        arguments={"total": 3},
        now=timezone.now(),
    )


def url(job):
    return f"/casa-alba/jobs/{job.uuid}/"


def close(job, status, **fields):
    Job.objects.filter(pk=job.pk).update(
        status=status, finished_at=timezone.now(), **fields
    )


def test_the_page_works_without_a_script_and_asks_again_with_one(as_alba, job):
    answer = as_alba.get(url(job))

    assert answer.status_code == 200
    assert 'hx-trigger="every 2s"' in answer.text
    assert f'<a class="button" href="{url(job)}">' in answer.text


def test_asked_by_htmx_it_gives_the_part_only(as_alba, job):
    answer = as_alba.get(url(job), headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert answer.text.strip().startswith('<section class="card narrow stack" id="job"')


def test_a_finished_job_tells_htmx_to_stop_asking(as_alba, job):
    close(job, Job.Status.DONE)

    answer = as_alba.get(url(job), headers={"HX-Request": "true"})

    assert answer.status_code == 286
    assert "hx-trigger" not in answer.text


def test_how_far_it_came_is_shown(as_alba, job):
    Job.objects.filter(pk=job.pk).update(done_count=1, total_count=3)

    answer = as_alba.get(url(job))

    assert '<progress id="progress" value="1" max="3">' in answer.text


def test_the_result_can_be_saved(as_alba, job, casa_alba):
    file = store_file(
        business=casa_alba,
        name="nora.zip",
        content=b"PK",
        reader_role=Staff.Role.MANAGER,
        created_by=None,
        now=timezone.now(),
    )
    close(job, Job.Status.DONE, result_file=file)

    answer = as_alba.get(url(job))

    assert f'href="/casa-alba/files/{file.uuid}/"' in answer.text
    assert "Save nora.zip" in answer.text


def test_a_problem_is_shown_in_its_own_words(as_alba, job):
    close(job, Job.Status.FAILED, problem="The third basket is empty.")

    assert "The third basket is empty." in as_alba.get(url(job)).text


def test_stop_is_a_wish_until_the_next_step(as_alba, job):
    answer = as_alba.post(f"{url(job)}cancel/", follow=True)

    job.refresh_from_db()
    assert (job.is_cancel_asked, job.status) == (True, Job.Status.QUEUED)
    assert "Stopping at the next step." in answer.text


def test_a_finished_job_cannot_be_stopped(as_alba, job):
    close(job, Job.Status.DONE)

    as_alba.post(f"{url(job)}cancel/")

    job.refresh_from_db()
    assert (job.is_cancel_asked, job.status) == (False, Job.Status.DONE)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Staff.Role.VIEWER, 403), (Staff.Role.STAFF, 403), (Staff.Role.MANAGER, 200)],
)
def test_who_may_see_it_is_said_by_the_job(client, casa_alba, job, role, status):
    person = make_user()
    make_staff(casa_alba, person, role)
    client.force_login(person)

    assert client.get(url(job)).status_code == status
    assert client.post(f"{url(job)}cancel/").status_code == (
        302 if status == 200 else 403
    )


def test_starting_needs_no_redis(django_capture_on_commit_callbacks, casa_alba, alba):
    with django_capture_on_commit_callbacks(execute=True):
        job = start_job(
            business=casa_alba,
            kind=KIND,
            created_by=alba,
            arguments={"total": 1},
            now=timezone.now(),
        )

    assert Job.objects.get(pk=job.pk).status == Job.Status.QUEUED
