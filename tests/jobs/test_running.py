from datetime import timedelta

import pytest
from django.db import connection

from crm.jobs import running
from crm.jobs.models import Job
from crm.jobs.starting import start_job
from crm.jobs.tasks import run_jobs
from tests.factories import NOW
from tests.jobs.counting import KIND

Status = Job.Status


def start(business, user, *, now=NOW, **arguments):
    return start_job(
        business=business,
        kind=KIND,
        created_by=user,
        arguments={"total": 3} | arguments,
        now=now,
    )


def steps_done(job):
    return list(
        job.business.audit_events.filter(object_ref=str(job.uuid))
        .order_by("pk")
        .values_list("batch", flat=True)
    )


def lose_lease(job):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET lease_until = clock_timestamp() - interval '1 second' "
            "WHERE id = %s",
            [job.pk],
        )


def test_a_job_is_done_step_by_step_to_the_end(casa_alba, alba):
    job = start(casa_alba, alba)

    run_jobs()

    job.refresh_from_db()
    assert steps_done(job) == ["0", "1", "2"]
    assert (job.status, job.percent, job.result) == (Status.DONE, 100, {"counted": 3})
    assert (job.lease_token, job.lease_until) == (None, None)
    assert job.finished_at is not None


def test_the_oldest_job_goes_first(casa_alba, alba):
    start(casa_alba, alba, now=NOW)
    older = start(casa_alba, alba, now=NOW - timedelta(minutes=1))

    assert running.claim_job() == older


def test_a_job_that_is_held_is_not_taken_by_anybody_else(casa_alba, alba):
    start(casa_alba, alba)

    assert running.claim_job() is not None
    assert running.claim_job() is None


def test_what_a_step_did_goes_with_it_when_it_fails(casa_alba, alba):
    job = start(casa_alba, alba, error_at=1)

    run_jobs()

    job.refresh_from_db()
    assert steps_done(job) == ["0"]
    assert (job.cursor, job.done_count) == ({"next": 1}, 1)


def test_three_errors_at_one_place_are_enough(casa_alba, alba):
    job = start(casa_alba, alba, error_at=1)

    statuses = []
    for _turn in range(4):
        if held := running.claim_job():
            while running.run_step(held):
                pass
        job.refresh_from_db()
        statuses.append(job.status)

    assert statuses == [Status.QUEUED, Status.QUEUED, Status.FAILED, Status.FAILED]
    assert job.problem.startswith("This stopped three times at the same place")
    assert steps_done(job) == ["0"]


def test_a_problem_ends_the_work_with_its_own_sentence(casa_alba, alba):
    job = start(casa_alba, alba, problem_at=2)

    run_jobs()

    job.refresh_from_db()
    assert (job.status, job.problem) == (Status.FAILED, "The third basket is empty.")
    assert steps_done(job) == ["0", "1"]


def test_a_stop_is_obeyed_before_the_next_step(casa_alba, alba):
    job = start(casa_alba, alba)
    held = running.claim_job()
    running.run_step(held)

    Job.objects.get(pk=job.pk).ask_to_cancel()
    goes_on = running.run_step(held)

    job.refresh_from_db()
    assert (goes_on, job.status) == (False, Status.CANCELLED)
    assert steps_done(job) == ["0"]


def test_the_next_worker_goes_on_where_a_dead_one_left(casa_alba, alba):
    job = start(casa_alba, alba)
    running.run_step(running.claim_job())
    lose_lease(job)

    run_jobs()

    job.refresh_from_db()
    assert steps_done(job) == ["0", "1", "2"]
    assert job.status == Status.DONE


def test_a_worker_that_was_given_up_cannot_finish_its_step(casa_alba, alba):
    job = start(casa_alba, alba)
    zombie = running.claim_job()
    lose_lease(job)
    successor = running.claim_job()

    zombie_goes_on = running.run_step(zombie)
    running.run_step(successor)

    assert zombie_goes_on is False
    assert steps_done(job) == ["0"]


def test_a_lease_lost_in_the_middle_of_a_step_undoes_the_step(
    casa_alba, alba, monkeypatch
):
    job = start(casa_alba, alba)
    held = running.claim_job()
    keep = running._keep_lease

    def taken_over_meanwhile(job):
        lose_lease(job)
        Job.objects.filter(pk=job.pk).update(lease_token=None, status=Status.QUEUED)
        keep(job)

    monkeypatch.setattr(running, "_keep_lease", taken_over_meanwhile)

    assert running.run_step(held) is False
    assert steps_done(job) == []


def test_a_worker_that_dies_three_times_over_one_job_is_not_given_it_again(
    casa_alba, alba
):
    job = start(casa_alba, alba)
    for _death in range(3):
        assert running.claim_job() == job
        lose_lease(job)

    assert running.claim_job() is None
    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert job.problem.startswith("This stopped three times at the same place")


def test_a_kind_that_is_no_longer_there_is_a_sentence(casa_alba, alba):
    job = start(casa_alba, alba)
    Job.objects.filter(pk=job.pk).update(kind="forgotten")

    run_jobs()

    job.refresh_from_db()
    assert job.problem == "This kind of work is not known any more."


def test_a_turn_is_short_and_the_next_one_goes_on(casa_alba, alba, settings):
    settings.JOB_SECONDS_PER_TURN = 0.000001
    job = start(casa_alba, alba)
    running.hand_back(running.claim_job())

    for _turn in range(5):
        run_jobs()
    settings.JOB_SECONDS_PER_TURN = 60
    run_jobs()

    job.refresh_from_db()
    assert job.status == Status.DONE
    assert steps_done(job) == ["0", "1", "2"]


def test_sentences_are_in_the_language_and_time_of_who_waits(casa_alba, alba):
    alba.language = "nb"
    alba.save(update_fields=["language"])
    job = start(casa_alba, alba)
    Job.objects.filter(pk=job.pk).update(kind="say")

    run_jobs()

    job.refresh_from_db()
    assert job.result == {"language": "nb", "zone": "Europe/Oslo"}


@pytest.mark.faults
def test_a_killed_worker_loses_one_step_and_repeats_none(new_worker, casa_alba, alba):
    dying = new_worker(environment={"DIE_AT": "3"}, include=["tests.jobs.counting"])
    job = start(casa_alba, alba, total=6)
    exit_code = dying.wait_until_dead()
    lose_lease(job)

    worker = new_worker(include=["tests.jobs.counting"])
    run_jobs.delay()
    worker.settle()

    job.refresh_from_db()
    assert exit_code == -9
    assert steps_done(job) == ["0", "1", "2", "3", "4", "5"]
    assert (job.status, job.done_count) == (Status.DONE, 6)
