import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from crm.devtools.processes import wait_until
from crm.devtools.smtp_stand_in import Behaviour
from outreach.models import Attempt, Message
from outreach.sending.claiming import Lane
from outreach.sending.due import send_due
from outreach.signals import sending_step
from tests.factories import allow, make_business, make_guest
from tests.outreach.builders import make_message

Status = Message.Status


def house_with(count, slug):
    """Make a house with so many letters that are due, each to one guest."""
    house = make_business(slug, slug=slug)
    for number in range(count):
        guest = make_guest(
            house, f"Guest{number} Lie", emails=(f"{slug}{number}@post.no",)
        )
        make_message(
            guest,
            kind=Message.Kind.CRITICAL,
            is_letter=True,
            now=timezone.now(),
            subject="Your table",
            body_text="At eight.",
            body_html="<p>At eight.</p>",
        )
    return house


def send(**options):
    return send_due(lane=Lane.CRITICAL, owner="test", **options)


def statuses_of(house):
    rows = house.messages.order_by("pk").values_list("status", flat=True)
    return list(rows)


def recipients(server):
    return sorted(mail.recipients[0] for mail in server.messages)


# With threads


@pytest.mark.django_db(transaction=True)
def test_many_go_side_by_side_and_each_once(smtp_server, settings):
    settings.SEND_THREADS, settings.SEND_BATCH_SIZE = 4, 7
    houses = house_with(20, "alba"), house_with(3, "carla")
    names = set()

    def note_thread(step, **_kwargs):
        if step == "after_accept":
            names.add(threading.current_thread().name)

    sending_step.connect(note_thread)
    try:
        sent = send()
    finally:
        sending_step.disconnect(note_thread)

    expected = [f"alba{n}@post.no" for n in range(20)] + [
        f"carla{n}@post.no" for n in range(3)
    ]
    assert sent == 23
    assert recipients(smtp_server) == sorted(expected)
    assert {status for house in houses for status in statuses_of(house)} == {"accepted"}
    assert names == {f"sender-{number}" for number in range(4)}
    assert Attempt.objects.count() == 23


@pytest.mark.django_db(transaction=True)
def test_no_thread_and_no_connection_to_the_database_is_left(smtp_server, settings):
    settings.SEND_THREADS = 4
    house_with(8, "alba")

    def threads():
        # One for all that is sent, which waits for the next.
        return [one.name for one in threading.enumerate() if one.name != "deadlines"]

    def connections():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = ''"
            )
            return cursor.fetchone()[0]

    before = threads(), connections()

    send()

    # The server takes a moment to see who has left.
    wait_until(lambda: connections() == before[1], seconds=10)
    assert (threads(), connections()) == before


@pytest.mark.django_db(transaction=True)
def test_a_house_with_many_does_not_keep_another_waiting(smtp_server, settings):
    settings.SEND_THREADS, settings.SEND_BATCH_SIZE = 1, 5
    house_with(30, "alba")
    house_with(3, "carla")

    send()

    order = [mail.recipients[0] for mail in smtp_server.messages]
    assert [order.index(f"carla{number}@post.no") for number in range(3)] == [5, 6, 7]


@pytest.mark.django_db(transaction=True)
def test_a_mistake_in_a_thread_keeps_one_message(smtp_server, settings, caplog):
    settings.SEND_THREADS = 4
    house = house_with(6, "alba")
    unlucky = house.messages.order_by("pk")[2]

    def fail(step, message_id, **_kwargs):
        if step == "claimed" and message_id == unlucky.pk:
            raise RuntimeError

    sending_step.connect(fail)
    try:
        sent = send()
    finally:
        sending_step.disconnect(fail)

    assert sent == 5
    assert statuses_of(house) == ["accepted"] * 2 + ["claimed"] + ["accepted"] * 3


@pytest.mark.django_db(transaction=True)
def test_what_there_was_no_time_for_is_given_back(smtp_server, settings):
    settings.SEND_THREADS = 2
    house = house_with(5, "alba")
    account = house.provider_accounts.get()

    def take_long(step, **_kwargs):
        if step == "claimed":
            threading.Event().wait(0.4)

    sending_step.connect(take_long)
    try:
        sent = send(seconds=0.2)
    finally:
        sending_step.disconnect(take_long)

    account.refresh_from_db()
    assert (sent, account.day_count) == (2, 2)
    assert sorted(statuses_of(house)) == ["accepted"] * 2 + ["queued"] * 3


# Accounts in trouble


@pytest.mark.django_db
def test_an_account_out_of_reach_rests_and_the_others_go_on(smtp_server):
    alba, carla = house_with(4, "alba"), house_with(3, "carla")
    smtp_server.behave(Behaviour.DROP_BEFORE_DATA)

    sent = send()

    assert sent == 3
    assert statuses_of(alba) == ["queued"] * 4
    assert statuses_of(carla) == ["accepted"] * 3
    assert Attempt.objects.filter(business=alba).count() == 1
    assert alba.provider_accounts.get().day_count == 1


@pytest.mark.django_db
def test_a_provider_that_answers_nothing_is_not_given_a_whole_campaign(smtp_server):
    alba = house_with(6, "alba")
    smtp_server.otherwise = Behaviour.DROP_AFTER_DATA

    send()

    assert sorted(statuses_of(alba)) == ["queued"] * 3 + ["unknown"] * 3


@pytest.mark.django_db
def test_doubts_that_pass_stop_nobody(smtp_server):
    alba = house_with(6, "alba")
    lost, taken = Behaviour.DROP_AFTER_DATA, Behaviour.ACCEPT
    smtp_server.behave(lost, lost, taken, lost, lost, taken)

    send()

    assert sorted(statuses_of(alba)) == ["accepted"] * 2 + ["unknown"] * 4


# Pace


@pytest.mark.django_db
def test_a_patient_round_waits_for_the_pace_of_an_account(smtp_server):
    house = house_with(3, "alba")
    for guest in house.guests.all():
        allow(guest)
    # Written before, so that they go as they are.
    house.messages.update(kind=Message.Kind.SURVEY, is_letter=False, attempt_count=1)
    account = house.provider_accounts.get()
    account.free_at = timezone.now() + timedelta(seconds=5.3)
    account.save(update_fields=["free_at"])

    by_day = timezone.now().replace(hour=12)
    hasty = send_due(lane=Lane.BULK, owner="test", now=by_day)
    patient = send_due(lane=Lane.BULK, owner="test", is_patient=True, now=by_day)

    assert (hasty, patient) == (0, 3)


@pytest.mark.django_db
def test_a_patient_round_does_not_wait_past_its_end(smtp_server):
    house = house_with(1, "alba")
    house.messages.update(kind=Message.Kind.SURVEY)
    house.provider_accounts.update(free_at=timezone.now() + timedelta(hours=1))

    started = timezone.now()
    sent = send_due(lane=Lane.BULK, owner="test", is_patient=True)

    assert sent == 0
    assert timezone.now() - started < timedelta(seconds=5)
