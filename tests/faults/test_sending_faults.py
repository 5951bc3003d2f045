"""Workers and servers are killed on purpose. Never two mails, never silently none."""

import os
import signal
import threading
from datetime import timedelta

import pytest
import redis
from django.db import connection, transaction
from django.utils import timezone

from crm.celery import app
from customers.models import Visit
from customers.visits import depart
from outreach.automations.planning import plan_missing, plan_visit
from outreach.models import Attempt, Message
from outreach.outbox.again import send_again
from outreach.sending.recovery import recover
from tests.factories import (
    allow,
    make_business,
    make_guest,
    make_user,
    make_venue,
    make_visit,
)
from tests.outreach.builders import make_automation

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

Status = Message.Status


@pytest.fixture
def house(transactional_db):
    business = make_business()
    make_venue(business)
    make_automation(business)
    return business


def depart_guest(house, name="Nora Østby"):
    guest = make_guest(house, name, emails=(f"{name.split()[0].lower()}@post.no",))
    allow(guest)
    visit = make_visit(guest, state=Visit.State.IN_HOUSE, now=timezone.now())
    return depart(visit, actor=None, now=timezone.now())


def tick(*names):
    for name in names or ("send_critical", "send_bulk"):
        app.send_task(f"outreach.tasks.{name}")


def let_leases_run_out():
    Message.objects.exclude(lease_token=None).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )


def give_up_waiting():
    Message.objects.filter(status=Status.UNKNOWN).update(
        unknown_since=timezone.now() - timedelta(days=1)
    )


def let_hours_pass(worker):
    """Run what the ticks run in the hours after a crash."""
    let_leases_run_out()
    for _round in range(2):
        tick("reap_leases", "plan_missing", "send_bulk")
        worker.settle()
        give_up_waiting()


@pytest.mark.parametrize("step", ["claimed", "rendered", "before_intent"])
def test_killed_before_the_intent_it_goes_exactly_once(
    house, doomed_worker, smtp_server, step
):
    doomed_worker.order("kill", step)
    depart_guest(house)
    doomed_worker.wait_until_it_happened()

    let_hours_pass(doomed_worker)

    assert len(smtp_server.messages) == 1
    assert Message.objects.get().status == Status.ACCEPTED


@pytest.mark.parametrize(
    ("step", "arrived"),
    [
        ("after_intent", 0),
        ("before_data_end", 0),
        ("after_accept", 1),
        ("before_result", 1),
    ],
)
def test_killed_after_the_intent_it_never_goes_twice_and_a_person_may_decide(
    house, doomed_worker, smtp_server, step, arrived
):
    doomed_worker.order("kill", step)
    depart_guest(house)
    doomed_worker.wait_until_it_happened()

    let_hours_pass(doomed_worker)

    message = Message.objects.get()
    assert len(smtp_server.messages) == arrived
    assert message.status == Status.UNCONFIRMED
    again = send_again(message, actor=make_user(), now=timezone.now())
    doomed_worker.settle()
    again.refresh_from_db()
    assert again.status == Status.ACCEPTED
    assert len(smtp_server.messages) == arrived + 1


def test_killed_after_the_result_it_is_done(house, doomed_worker, smtp_server):
    doomed_worker.order("kill", "after_result")
    depart_guest(house)
    doomed_worker.wait_until_it_happened()

    let_hours_pass(doomed_worker)

    assert len(smtp_server.messages) == 1
    assert Message.objects.get().status == Status.ACCEPTED


def test_killed_while_recovering_nothing_is_half_done(
    house, doomed_worker, smtp_server
):
    doomed_worker.order("kill", "claimed")
    depart_guest(house)
    doomed_worker.wait_until_it_happened()
    let_leases_run_out()
    doomed_worker.order("kill", "in_reaper")
    tick("reap_leases")
    doomed_worker.wait_until_it_happened()
    left_as_it_was = Message.objects.get().status

    let_hours_pass(doomed_worker)

    assert left_as_it_was == Status.CLAIMED
    assert len(smtp_server.messages) == 1
    assert Message.objects.get().status == Status.ACCEPTED


def test_frozen_past_its_lease_it_wakes_up_to_tell_the_truth(
    house, doomed_worker, smtp_server
):
    doomed_worker.order("freeze", "after_accept")
    depart_guest(house)
    frozen = doomed_worker.wait_until_it_happened()
    let_leases_run_out()
    recover()
    give_up_waiting()
    recover()
    meanwhile = Message.objects.get().status

    os.kill(frozen, signal.SIGCONT)
    doomed_worker.settle()

    assert meanwhile == Status.UNCONFIRMED
    assert Message.objects.get().status == Status.ACCEPTED
    assert len(smtp_server.messages) == 1


def test_frozen_before_its_intent_it_does_not_send_what_another_sent(
    house, doomed_worker, new_sender, smtp_server
):
    doomed_worker.order("freeze", "before_intent")
    depart_guest(house)
    frozen = doomed_worker.wait_until_it_happened()
    let_leases_run_out()
    new_sender()

    os.kill(frozen, signal.SIGCONT)
    doomed_worker.settle()

    assert Message.objects.get().status == Status.ACCEPTED
    assert len(smtp_server.messages) == 1
    assert Attempt.objects.count() == 1


def test_an_emptied_redis_costs_nothing_but_time(house, doomed_worker, smtp_server):
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
        doomed_worker.order("freeze", "claimed")
        depart_guest(house)
        frozen = doomed_worker.wait_until_it_happened()
        for name in ("Olaf Berg", "Kari Lie"):
            depart_guest(house, name)
        broker.flushdb()
        os.kill(frozen, signal.SIGCONT)

    tick()
    tick()
    doomed_worker.settle()

    recipients = sorted(mail.recipients[0] for mail in smtp_server.messages)
    assert recipients == ["kari@post.no", "nora@post.no", "olaf@post.no"]


def test_two_senders_and_two_planners_at_once_send_one_each(
    house, doomed_worker, new_sender, smtp_server
):
    # In one transaction: the worker is already at work and must not see these.
    with transaction.atomic():
        visits = [depart_guest(house, f"Guest{number} Lie") for number in range(12)]
        Message.objects.all().delete()

    def plan():
        try:
            for visit in visits:
                plan_visit(visit, now=timezone.now())
            plan_missing(now=timezone.now())
        finally:
            connection.close()

    everybody = [threading.Thread(target=plan) for _ in range(2)]
    everybody.append(threading.Thread(target=new_sender))
    for one in everybody:
        one.start()
    for _round in range(5):
        tick()
    for one in everybody:
        one.join()
    tick()
    doomed_worker.settle()

    recipients = sorted(mail.recipients[0] for mail in smtp_server.messages)
    assert recipients == sorted(f"guest{number}@post.no" for number in range(12))
    assert set(Message.objects.values_list("status", flat=True)) == {Status.ACCEPTED}


def test_a_whole_worker_and_its_broker_gone_the_plain_loop_sends_the_rest(
    house, new_worker, new_sender, smtp_server
):
    worker = new_worker()
    worker.kill()
    for name in ("Nora Østby", "Olaf Berg"):
        depart_guest(house, name)

    new_sender(REDIS_URL="redis://127.0.0.1:1/0")

    assert len(smtp_server.messages) == 2
    assert set(Message.objects.values_list("status", flat=True)) == {Status.ACCEPTED}
