from crm.devtools.workers import start_worker  # noqa: F401


def test_a_real_worker_does_its_tasks_and_says_when_it_is_done(celery_worker):
    celery_worker.settle()

    assert celery_worker.is_running


def test_a_worker_of_our_own_can_be_killed(new_worker):
    worker = new_worker()

    worker.kill()

    assert worker.wait_until_dead() == -9
