import socket
import time

import pytest
import redis
from django.db import transaction

from outreach.sending.doorbell import ring

pytestmark = pytest.mark.django_db(transaction=True)

UNHEARD = "Nobody heard the doorbell: %s"
QUEUES = ("send_critical", "send_bulk")


@pytest.fixture
def broker(settings, standing_worker):
    # It would take away what is counted here.
    standing_worker.stop()
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        broker.delete(*QUEUES)
        yield broker
        broker.delete(*QUEUES)


def waiting(broker):
    return [broker.llen(queue) for queue in QUEUES]


def test_it_rings_once_committed(broker):
    with transaction.atomic():
        ring()
        inside = waiting(broker)

    assert inside == [0, 0]
    assert waiting(broker) == [1, 1]


def test_it_does_not_ring_for_what_was_rolled_back(broker):
    with transaction.atomic():
        ring()
        transaction.set_rollback(True)

    assert waiting(broker) == [0, 0]


def seconds_of_ringing():
    started = time.perf_counter()
    with transaction.atomic():
        ring()
    return time.perf_counter() - started


def test_without_redis_nobody_waits(settings, caplog):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    assert seconds_of_ringing() < 3
    assert [record.msg for record in caplog.records] == [UNHEARD]


def test_with_a_redis_that_never_answers_nobody_waits_long(settings, caplog):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"

        assert seconds_of_ringing() < 5
    assert [record.msg for record in caplog.records] == [UNHEARD]
