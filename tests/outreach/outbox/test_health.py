from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from outreach.accounts.choosing import account_in_use, give_installation_accounts
from outreach.accounts.pausing import pause
from outreach.accounts.watching import watch_accounts
from outreach.models import Message, ProviderAccount, WebhookEvent
from outreach.outbox.health import health_of
from outreach.sending.heartbeats import LOOPS, note_heartbeat
from tests.factories import NOW, make_guest
from tests.outreach.builders import make_message

Status = Message.Status
PAGE = "/casa-alba/outreach/health/"


@pytest.fixture
def nora(casa_alba):
    give_installation_accounts(now=NOW - timedelta(days=30))
    return make_guest(casa_alba, emails=("nora@post.no",))


@pytest.fixture
def account(nora):
    return account_in_use(nora.business, "email")


def let_loops_run(now):
    for name in LOOPS:
        note_heartbeat(name, now=now)


def make_call(account, *, digest, now=NOW, **fields):
    return WebhookEvent.objects.create(
        business=account.business,
        account=account,
        kind="tracking",
        digest=digest,
        body=b"{}",
        received_at=now,
        **fields,
    )


def queue_health():
    out = StringIO()
    try:
        call_command("queue_health", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_what_waits_is_counted_by_its_reason(nora):
    make_message(nora, now=NOW - timedelta(hours=1))
    make_message(nora, now=NOW - timedelta(minutes=10))
    for _message in range(3):
        make_message(nora, now=NOW, send_at=NOW + timedelta(hours=9), reason="night")

    health = health_of(nora.business, now=NOW)

    assert (health.due, health.oldest_due_at) == (2, NOW - timedelta(hours=1))
    assert [(each.way, each.words, each.count) for each in health.waiting] == [
        ("Email", "It is night there: it goes in the morning.", 3),
        ("Email", "", 2),
    ]
    assert health.is_late


def test_what_went_wrong_is_counted_for_a_week(nora):
    for status in (Status.FAILED, Status.UNCONFIRMED):
        make_message(nora, now=NOW - timedelta(days=6), status=status)
        make_message(nora, now=NOW - timedelta(days=8), status=status)
    since = NOW - timedelta(days=9)
    make_message(nora, now=since, status=Status.UNKNOWN, unknown_since=since)

    health = health_of(nora.business, now=NOW)

    assert (health.failed, health.unconfirmed) == (1, 1)
    assert (health.unknown, health.oldest_unknown_at) == (1, since)


def test_reports_to_read_and_reports_nobody_understood_are_counted(nora, account):
    early = NOW - timedelta(minutes=4)
    make_call(account, digest=b"1", now=early, next_try_at=NOW)
    make_call(account, digest=b"2", applied_at=NOW)
    make_call(account, digest=b"3", trouble="unknown")

    health = health_of(nora.business, now=NOW)

    assert (health.calls, health.oldest_call_at, health.unread_calls) == (1, early, 1)


def test_an_account_says_how_much_of_its_day_is_used(nora, account):
    ProviderAccount.objects.update(
        day=NOW.date(), day_count=50, warms_up_from=NOW.date()
    )

    (each,) = health_of(nora.business, now=NOW).accounts

    assert (each.sent_today, each.cap, each.is_full) == (50, 50, True)
    assert each.is_warming_up


def test_another_house_is_not_counted(nora, bar_carla):
    olaf = make_guest(bar_carla, "Olaf Berg", emails=("olaf@post.no",))
    make_message(olaf, now=NOW - timedelta(hours=1))

    health = health_of(nora.business, now=NOW)

    assert (health.due, health.waiting) == (0, [])


def test_all_is_well_only_while_every_loop_runs(nora):
    let_loops_run(NOW)
    well = health_of(nora.business, now=NOW).is_well
    later = health_of(nora.business, now=NOW + timedelta(minutes=4))

    assert well
    assert [loop.name for loop in later.silent] == [
        "critical",
        "sending",
        "recovering",
        "applying",
        "campaigns",
    ]


# The page


def test_the_page_says_that_all_is_well(nora, as_alba):
    let_loops_run(timezone.now())

    page = as_alba.get(PAGE)

    assert "Yes. Nothing that is due waits." in page.text
    assert "This installation’s mail server" in page.text


def test_the_page_says_what_is_wrong_and_since_when(nora, account, as_alba):
    let_loops_run(timezone.now() - timedelta(hours=1))
    make_message(nora, now=timezone.now() - timedelta(hours=2))
    watch_accounts(now=timezone.now())
    pause(account, ProviderAccount.Pause.LOGIN, now=timezone.now())

    page = as_alba.get(PAGE)

    assert "Not quite: 1 message is due, since " in page.text
    assert (
        "Email: The provider refuses the login. Nothing goes until then;" in page.text
    )
    assert "Part of what sends has gone quiet" in page.text
    assert page.text.count("Still so") == 2


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_many(
    nora, account, as_alba, count, django_assert_num_queries
):
    for number in range(count):
        make_message(nora)
        make_call(account, digest=bytes([number]), next_try_at=NOW)

    with django_assert_num_queries(14):
        as_alba.get(PAGE)


# The operator's command


def test_the_command_ends_with_0_when_all_is_well(nora):
    let_loops_run(timezone.now())

    code, said = queue_health()

    assert code == 0
    assert "messages due: 0\n" in said
    assert said.endswith("All is well.\n")


def test_the_command_ends_with_1_and_names_what_is_wrong(nora, account):
    now = timezone.now()
    let_loops_run(now)
    note_heartbeat("planning", now=now - timedelta(hours=1, seconds=1))
    make_message(nora, now=now - timedelta(hours=2, seconds=1))
    watch_accounts(now=now)
    since = now - timedelta(days=3)
    make_message(nora, status=Status.UNKNOWN, unknown_since=since)

    code, said = queue_health()

    assert code == 1
    assert "messages due: 1, the oldest for 2 h\n" in said
    assert [line for line in said.splitlines() if line.startswith("WRONG")] == [
        "WRONG: loop planning is silent (last ran 1 h ago)",
        "WRONG: messages without a clear answer are not settled",
        "WRONG: casa-alba email (installation): messages are due and none leaves",
    ]


@pytest.mark.parametrize(
    ("reason", "code", "line"),
    [
        ("login", 1, "WRONG: casa-alba email (installation): paused (login)"),
        ("by_hand", 0, "casa-alba email (installation): paused by hand"),
    ],
)
def test_a_pause_is_wrong_unless_somebody_chose_it(nora, account, reason, code, line):
    let_loops_run(timezone.now())
    pause(account, reason, now=timezone.now())

    found, said = queue_health()

    assert found == code
    assert line in said.splitlines()


def test_the_command_names_nobody(nora, account):
    make_message(nora, now=timezone.now() - timedelta(hours=2))

    _code, said = queue_health()

    assert "nora" not in said.casefold()
