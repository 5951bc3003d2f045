"""Redis emptied, gone, or full of the same: it costs time and never a message."""

import os
from datetime import timedelta

import pytest
import redis
from django.urls import reverse
from django.utils import timezone

from crm.devtools.storm_houses import furnish
from customers.models import Visit
from outreach.models import Attempt, Message
from tests.factories import allow, make_guest, make_visit
from tests.faults.sms_houses import Status, an_sms
from tests.faults.test_sending_faults import tick
from tests.outreach.builders import make_automation

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def test_a_redis_emptied_with_a_thousand_waiting_costs_no_message(provider, new_worker):
    worker = new_worker(environment={"SMS_STAND_IN_URL": provider.url})
    furnish(2000)
    later = Message.objects.filter(business__slug="storm-1")
    later.update(send_at=timezone.now() + timedelta(days=1))
    tick()
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
        broker.flushdb()

    tick()
    worker.settle(seconds=120)
    tick()
    worker.settle(seconds=120)

    numbers = [row["to"] for row in provider.ledger.taken()]
    assert len(numbers) == len(set(numbers)) == 1000
    assert Message.objects.filter(status=Status.ACCEPTED).count() == 1000
    later.update(send_at=timezone.now())
    tick()
    worker.settle(seconds=120)
    numbers = [row["to"] for row in provider.ledger.taken()]
    assert len(numbers) == len(set(numbers)) == 2000
    assert set(Message.objects.values_list("status", flat=True)) == {Status.ACCEPTED}


def test_with_redis_gone_a_page_still_saves_and_the_plain_loop_sends(
    casa_alba, as_alba, new_sender, smtp_server, settings
):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    make_automation(casa_alba)
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    allow(nora)
    visit = make_visit(nora, state=Visit.State.IN_HOUSE, now=timezone.now())

    answer = as_alba.post(
        reverse("frontdesk:visit_depart", args=[casa_alba.slug, visit.uuid])
    )
    new_sender(REDIS_URL="redis://127.0.0.1:1/0")

    assert answer.status_code == 302
    assert [mail.recipients for mail in smtp_server.messages] == [["nora@post.no"]]
    assert Message.objects.get().status == Status.ACCEPTED


def test_the_same_tick_fifty_times_sends_each_once(sinch, provider, new_worker):
    workers = [
        new_worker(environment={"SMS_STAND_IN_URL": provider.url}) for _ in range(2)
    ]
    for number in range(30):
        an_sms(sinch, number=number)

    for _time in range(50):
        tick()
    for worker in workers:
        worker.settle(seconds=60)

    numbers = sorted(row["to"] for row in provider.ledger.taken())
    assert numbers == [f"+4740612{number:03}" for number in range(30)]
    assert Attempt.objects.count() == 30
