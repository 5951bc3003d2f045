"""A provider in trouble, and we killed in the middle: its own log says what it took."""

import os
import signal
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.utils import timezone

from crm.devtools.processes import wait_until
from crm.devtools.provider_stand_in import Fault
from customers.models import Channel, Guest
from customers.privacy.erasure import erase_guest
from outreach.events.applying import apply_waiting
from outreach.models import (
    Attempt,
    Message,
    ProviderAccount,
)
from outreach.sending.claiming import Lane, claim_due
from outreach.sending.enqueueing import enqueue
from outreach.sending.recovery import recover
from outreach.sending.resolving import resolve_unknown
from outreach.signals import sending_step
from tests.factories import make_business, make_guest
from tests.faults.doomed_processes import (
    kill,
    run_in_child,
    run_until,
    running,
    send_everything,
    wake,
)
from tests.faults.sms_houses import (
    ELKS,
    Kind,
    Status,
    an_sms,
    let_hours_pass,
    let_leases_run_out,
    let_time_pass,
    look,
    make_house,
    status_of,
    words_of,
)
from tests.outreach.builders import make_message
from tests.outreach.events.builders import make_mail_account

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

FORM = "application/x-www-form-urlencoded"

STEPS = [
    "claimed",
    "rendered",
    "before_intent",
    "after_intent",
    "after_accept",
    "before_result",
    "after_result",
]


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_step_it_goes_exactly_once(provider, sinch, step):
    message = an_sms(sinch)
    run_until(step)

    let_hours_pass()

    assert status_of(message) == Status.ACCEPTED
    assert len(provider.ledger.taken()) == 1


@pytest.mark.parametrize("fault", [Fault.TAKEN_SILENCE, Fault.LOST_SILENCE])
def test_killed_while_the_provider_thinks_it_goes_exactly_once(provider, sinch, fault):
    message = an_sms(sinch)
    provider.behave(fault)
    pid = run_in_child(send_everything)
    wait_until(lambda: len(provider.ledger.posts()) == 1, seconds=20)
    kill(pid)

    let_hours_pass()

    assert status_of(message) == Status.ACCEPTED
    assert len(provider.ledger.taken()) == 1


@pytest.mark.parametrize("fault", [Fault.TAKEN_502, Fault.LOST_500])
def test_killed_while_asking_it_is_asked_about_again(provider, sinch, fault):
    message = an_sms(sinch)
    provider.behave(fault)
    send_everything()
    let_time_pass(minutes=10)
    run_until("in_resolver", lambda: resolve_unknown(now=timezone.now()))

    let_hours_pass()

    assert status_of(message) == Status.ACCEPTED
    assert len(provider.ledger.taken()) == 1


def test_frozen_past_its_lease_it_hands_nothing_over_any_more(
    provider, sinch, settings
):
    settings.SEND_LEASE_SECONDS = 1
    message = an_sms(sinch)
    frozen = run_until("after_intent", number=signal.SIGSTOP)
    lease_is_over = timezone.now() + timedelta(seconds=1.2)
    wait_until(lambda: timezone.now() > lease_is_over, seconds=5)
    recover()
    look(times=2)
    send_everything()
    meanwhile = len(provider.ledger.taken())

    wake(frozen)

    assert meanwhile == 1
    assert len(provider.ledger.taken()) == 1
    assert status_of(message) == Status.ACCEPTED


def test_frozen_after_its_intent_it_says_itself_that_nothing_went(
    provider, elks, settings
):
    settings.SEND_LEASE_SECONDS = 1
    message = an_sms(elks)
    frozen = run_until("after_intent", number=signal.SIGSTOP)
    lease_is_over = timezone.now() + timedelta(seconds=1.2)
    wait_until(lambda: timezone.now() > lease_is_over, seconds=5)
    recover()
    meanwhile = status_of(message)

    wake(frozen)

    assert meanwhile == Status.UNKNOWN
    assert status_of(message) == Status.QUEUED
    let_time_pass(minutes=10)
    send_everything()
    assert status_of(message) == Status.ACCEPTED
    assert len(provider.ledger.taken()) == 1


@pytest.mark.parametrize(
    "fault",
    [Fault.TAKEN_SILENCE, Fault.TAKEN_502, Fault.TAKEN_RESET, Fault.TAKEN_NONSENSE],
)
@pytest.mark.parametrize("house", ["sinch", "elks"])
def test_taken_without_an_answer_it_is_found(provider, fault, house, request):
    message = an_sms(request.getfixturevalue(house))
    provider.behave(fault)
    send_everything()
    before = status_of(message)

    look()

    assert before == Status.UNKNOWN
    assert status_of(message) == Status.ACCEPTED
    assert [row["id"] for row in provider.ledger.taken()] == [
        message.provider_message_id
    ]


def test_taken_without_an_answer_a_report_ten_minutes_later_settles_it(
    provider, elks, client
):
    message = an_sms(elks, kind=Kind.CRITICAL)
    provider.behave(Fault.TAKEN_502)
    send_everything()
    [taken] = provider.ledger.taken()
    [posted] = provider.ledger.posts()
    door = urlsplit(parse_qs(posted)["whendelivered"][0])
    report = urlencode({"id": taken["id"], "status": "delivered"})

    answer = client.post(f"{door.path}?{door.query}", report, content_type=FORM)
    apply_waiting(now=timezone.now())

    assert answer.status_code == 204
    assert status_of(message) == Status.ACCEPTED
    let_hours_pass()
    assert len(provider.ledger.taken()) == 1


def test_one_absence_proves_nothing_and_two_send_it_again(provider, sinch):
    message = an_sms(sinch, kind=Kind.MARKETING)
    provider.behave(Fault.LOST_500)
    send_everything()
    look()
    send_everything()
    after_one = (status_of(message), len(provider.ledger.posts()))

    look()
    send_everything()

    assert after_one == (Status.UNKNOWN, 1)
    assert status_of(message) == Status.ACCEPTED
    assert len(provider.ledger.posts()) == 2
    assert len(provider.ledger.taken()) == 1


@pytest.mark.parametrize("kind", [Kind.SERVICE, Kind.SURVEY, Kind.MARKETING])
def test_without_any_evidence_it_is_never_sent_again(provider, elks, kind):
    message = an_sms(elks, kind=kind)
    provider.behave(Fault.LOST_500)
    send_everything()
    look(times=3)

    let_time_pass(days=1)
    recover()
    send_everything()

    assert status_of(message) == Status.UNCONFIRMED
    assert len(provider.ledger.posts()) == 1


def test_what_is_important_goes_once_more_and_says_that_it_may_be_double(
    provider, elks
):
    message = an_sms(elks, kind=Kind.CRITICAL)
    provider.behave(Fault.LOST_500, Fault.LOST_500)
    send_everything()
    for _day in range(3):
        let_time_pass(days=1)
        recover()
        send_everything()

    assert len(provider.ledger.posts()) == 2
    assert status_of(message) == Status.UNCONFIRMED
    assert message.may_be_double


def test_a_connection_lost_before_the_result_is_made_anew(provider, sinch):
    message = an_sms(sinch)

    def hang_up(step, **_kwargs):
        if step == "after_accept":
            end_connections(of=connection.connection.info.backend_pid)

    run_obeying(hang_up)

    assert status_of(message) == Status.ACCEPTED
    assert len(provider.ledger.taken()) == 1


def test_a_database_that_is_gone_before_the_result_costs_a_question(provider, sinch):
    message = an_sms(sinch)
    connections.close_all()

    def stop_database(step, **_kwargs):
        if step == "after_accept":
            allow_connections("false")
            end_connections()

    try:
        run_obeying(stop_database)
    finally:
        allow_connections("true")
    left = status_of(message)

    let_hours_pass()

    assert left == Status.SENDING
    assert status_of(message) == Status.ACCEPTED
    assert len(provider.ledger.taken()) == 1


def run_obeying(act):
    """Send in a child that does ``act`` at each step."""
    from_here = os.getpid()

    def send():
        assert os.getpid() != from_here
        sending_step.connect(act)
        send_everything()

    with running(send):
        pass


def on_server(statement, *values):
    parts = django_settings.DATABASES["default"]
    with psycopg.connect(
        host=parts["HOST"],
        port=parts["PORT"],
        user=parts["USER"],
        password=parts["PASSWORD"],
        dbname="postgres",
        autocommit=True,
    ) as server:
        server.execute(statement, values)


def allow_connections(answer):
    name = django_settings.DATABASES["default"]["NAME"]
    on_server(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {answer}')


def end_connections(of=None):
    on_server(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = %s AND (%s::int IS NULL OR pid = %s)",
        django_settings.DATABASES["default"]["NAME"],
        of,
        of,
    )


def test_an_account_that_is_not_let_in_is_paused_and_others_go_on(
    provider, sinch, settings
):
    other = make_house("elks46", ELKS, slug="other")
    first = an_sms(sinch)
    waiting = an_sms(sinch, number=1)
    going = an_sms(other)
    settings.SEND_THREADS = 1
    provider.behave(Fault.REFUSED_401)

    send_everything()
    send_everything()

    assert status_of(first) == Status.QUEUED
    assert status_of(waiting) == Status.QUEUED
    assert status_of(going) == Status.ACCEPTED
    assert sinch.provider_accounts.get(channel="sms").pause_reason == "login"


def test_who_is_asked_to_wait_waits_and_goes_once(provider, sinch):
    message = an_sms(sinch)
    provider.behave(Fault.REFUSED_429)
    send_everything()
    asked_to_wait = (status_of(message), message.reason)
    send_everything()

    let_time_pass(minutes=10)
    send_everything()

    assert asked_to_wait == (Status.QUEUED, "throttled")
    assert status_of(message) == Status.ACCEPTED
    assert len(provider.ledger.posts()) == 2
    assert len(provider.ledger.taken()) == 1


def test_after_hours_without_ticks_each_goes_once_at_its_pace_or_is_too_late(
    provider, sinch
):
    account = ProviderAccount.objects.filter(business=sinch, channel="sms")
    account.update(rate_per_minute=60)
    hours_ago = timezone.now() - timedelta(hours=3)
    late = [
        an_sms(
            sinch,
            number=number,
            kind=Kind.SURVEY,
            send_at=hours_ago,
            created_at=hours_ago - timedelta(days=1),
            expires_at=timezone.now() - timedelta(minutes=number),
        )
        for number in range(1, 3)
    ]
    due = [
        an_sms(sinch, number=number, kind=Kind.SURVEY, send_at=hours_ago)
        for number in range(10, 40)
    ]

    recover()
    send_everything()
    at_once = len(provider.ledger.taken())

    assert {status_of(message) for message in late} == {Status.EXPIRED}
    assert 0 < at_once < 15
    for _minute in range(30):
        account.update(free_at=timezone.now() - timedelta(minutes=1))
        send_everything()
    assert {status_of(message) for message in due} == {Status.ACCEPTED}
    assert len(provider.ledger.taken()) == 30


def test_many_senders_at_once_send_each_once(provider, sinch):
    for number in range(40):
        an_sms(sinch, number=number)

    with running(*[send_everything] * 6):
        pass

    numbers = sorted(row["to"] for row in provider.ledger.taken())
    assert numbers == [f"+4740612{number:03}" for number in range(40)]
    assert Attempt.objects.count() == 40


def test_told_to_stop_at_any_instant_nothing_stays_behind(provider, sinch):
    """As a worker that is shut down at once: an exception at any instruction."""
    for number in range(30):
        an_sms(sinch, number=number)

    def send():
        signal.signal(signal.SIGTERM, stop)
        send_everything()

    def stop(*_args):
        raise SystemExit

    for thousandths in range(0, 120, 8):
        pid = run_in_child(send)
        began = timezone.now() + timedelta(milliseconds=thousandths)
        wait_until(lambda began=began: timezone.now() > began, seconds=1, pause=0.001)
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
    let_hours_pass()

    assert set(Message.objects.values_list("status", flat=True)) == {Status.ACCEPTED}
    numbers = sorted(row["to"] for row in provider.ledger.taken())
    assert numbers == [f"+4740612{number:03}" for number in range(30)]


def test_a_claim_whose_holder_died_unheard_comes_back_by_itself(provider, sinch):
    message = an_sms(sinch)
    claim_due(lane=Lane.CRITICAL, owner="gone", limit=10)

    let_leases_run_out()
    recover()
    send_everything()

    assert status_of(message) == Status.ACCEPTED
    assert len(provider.ledger.taken()) == 1


@pytest.fixture
def resend(provider, settings):
    """A house whose provider takes the same key once."""
    settings.ANYMAIL = {"RESEND_API_URL": f"{provider.url}/resend/"}
    business = make_business()
    return make_mail_account(business, "resend", api_key="k").business


def a_mail(house):
    guest = make_guest(house, "Nora Lie", emails=("nora@post.no",), language="en")
    now = timezone.now() - timedelta(seconds=1)
    version = words_of(house)
    return make_message(guest, kind=Kind.SERVICE, template_version=version, now=now)


@pytest.mark.parametrize("fault", [Fault.TAKEN_502, Fault.LOST_500])
def test_within_its_time_the_very_same_is_handed_over_again(provider, resend, fault):
    message = a_mail(resend)
    provider.behave(fault)
    send_everything()

    look()

    first, again = provider.ledger.posts()
    assert again == first
    assert len(provider.ledger.taken()) == 1
    assert status_of(message) == Status.ACCEPTED


def test_after_its_time_nothing_is_handed_over_again(provider, resend):
    message = a_mail(resend)
    provider.behave(Fault.TAKEN_502)
    send_everything()
    Attempt.objects.update(started_at=timezone.now() - timedelta(hours=13))

    look(times=2)
    let_time_pass(days=1)
    recover()

    assert len(provider.ledger.posts()) == 1
    assert status_of(message) == Status.UNCONFIRMED


@pytest.mark.parametrize("step", ["claimed", "rendered", "before_intent"])
def test_who_is_forgotten_before_the_intent_gets_nothing(provider, sinch, step):
    message = an_sms(sinch)
    frozen = run_until(step, number=signal.SIGSTOP)
    erase_guest(message.guest, actor=None, now=timezone.now())

    wake(frozen)
    let_hours_pass()

    assert status_of(message) == Status.CANCELLED
    assert provider.ledger.posts() == []


def test_who_is_forgotten_while_nobody_knows_is_not_written_to_again(provider, sinch):
    message = an_sms(sinch)
    provider.behave(Fault.LOST_500)
    send_everything()
    erase_guest(message.guest, actor=None, now=timezone.now())

    look(times=3)
    send_everything()

    assert len(provider.ledger.posts()) == 1
    assert status_of(message) == Status.CANCELLED
    assert (message.to_address, message.body_text) == ("", "")


def test_a_campaign_cut_short_while_it_is_queued_is_queued_once(sinch):
    for number in range(100):
        make_guest(sinch, f"Nora{number} Lie", phones=(f"+4740613{number:03}",))
    make_guest(sinch, "Olaf Lie", phones=("+4740613000",))

    def queue():
        enqueue(
            a_campaign(sinch), guests=Guest.objects.all(), occasion="campaign:ferries"
        )

    for thousandths in (0, 5, 10, 15, 20, 30):
        pid = run_in_child(queue)
        began = timezone.now() + timedelta(milliseconds=thousandths)
        wait_until(lambda began=began: timezone.now() > began, seconds=1, pause=0.001)
        kill(pid)
        assert Message.objects.count() in {0, 100}
    queue()

    assert Message.objects.count() == 100


def a_campaign(house):
    now = timezone.now()
    return Message(
        business=house,
        channel=Channel.SMS,
        kind=Kind.MARKETING,
        language="en",
        schedule_zone=house.time_zone,
        template_version=words_of(house),
        send_at=now,
        created_at=now,
        updated_at=now,
    )
