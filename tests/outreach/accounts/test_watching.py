from datetime import timedelta

import pytest

from outreach.accounts.alerts import tell_owners
from outreach.accounts.choosing import account_in_use, give_installation_accounts
from outreach.accounts.pausing import pause
from outreach.accounts.watching import watch_accounts
from outreach.models import Alert, Attempt, Message, ProviderAccount
from tests.factories import NOW, make_guest
from tests.outreach.builders import make_message

LONG_AGO = NOW - timedelta(minutes=31)
JUST_NOW = NOW - timedelta(minutes=29)
Kind, Status = Message.Kind, Message.Status


@pytest.fixture
def nora(casa_alba):
    give_installation_accounts(now=NOW - timedelta(days=30))
    return make_guest(casa_alba, emails=("nora@post.no",))


@pytest.fixture
def account(nora):
    return account_in_use(nora.business, "email")


def make_tried(guest, *, reason, started_at):
    message = make_message(guest, reason=reason, attempt_count=1, now=started_at)
    Message.objects.filter(pk=message.pk).update(send_at=NOW + timedelta(minutes=5))
    Attempt.objects.create(
        business=guest.business,
        message=message,
        number=1,
        lease_token=message.uuid,
        outcome=reason,
        started_at=started_at,
    )


def test_what_is_due_and_taken_up_by_nobody_is_noticed_and_told_once(
    nora, account, alba, mailoutbox
):
    make_message(nora, now=LONG_AGO)

    counts = [watch_accounts(now=NOW), watch_accounts(now=NOW + timedelta(minutes=1))]
    tell_owners(now=NOW)
    tell_owners(now=NOW)

    assert counts == [1, 1]
    assert Alert.objects.get().account == account
    assert [mail.subject for mail in mailoutbox] == [
        "Messages from Casa Alba do not leave"
    ]
    assert "none has left for 30 minutes." in mailoutbox[0].body


@pytest.mark.parametrize("reason", ["not_sent", "throttled"])
def test_what_is_turned_back_again_and_again_is_noticed(nora, account, reason):
    make_tried(nora, reason=reason, started_at=LONG_AGO)

    assert watch_accounts(now=NOW) == 1


def test_what_was_turned_back_a_moment_ago_is_not(nora, account):
    make_tried(nora, reason="not_sent", started_at=JUST_NOW)

    assert watch_accounts(now=NOW) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"now": JUST_NOW},
        {"now": LONG_AGO, "expires_at": NOW},
        {"now": LONG_AGO, "status": Status.SUPPRESSED},
        {"now": LONG_AGO, "send_at": NOW + timedelta(hours=9), "reason": "night"},
        {"now": LONG_AGO, "channel": "sms"},
    ],
    ids=["just due", "too late", "not to go", "at night", "no account"],
)
def test_what_waits_for_a_good_reason_is_not_noticed(nora, account, fields):
    make_message(nora, **fields)

    assert watch_accounts(now=NOW) == 0


def test_a_long_queue_that_moves_is_not_noticed(nora, account):
    make_message(nora, now=LONG_AGO)
    make_message(
        nora,
        now=LONG_AGO,
        status=Status.ACCEPTED,
        account=account,
        accepted_at=JUST_NOW,
    )

    assert watch_accounts(now=NOW) == 0


def test_it_is_over_when_something_leaves(nora, account):
    message = make_message(nora, now=LONG_AGO)
    watch_accounts(now=NOW)
    Message.objects.filter(pk=message.pk).update(
        status=Status.ACCEPTED, account=account, accepted_at=NOW
    )

    watch_accounts(now=NOW + timedelta(minutes=1))

    assert Alert.objects.get().over_at == NOW + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("kind", "stuck"), [(Kind.MARKETING, 0), (Kind.CRITICAL, 1), (Kind.SERVICE, 1)]
)
def test_only_what_goes_past_the_days_limit_is_missed_on_a_full_day(
    nora, account, kind, stuck
):
    ProviderAccount.objects.update(daily_cap=5, day=NOW.date(), day_count=5)
    make_message(nora, kind=kind, now=LONG_AGO)

    assert watch_accounts(now=NOW) == stuck


@pytest.mark.parametrize(
    ("reason", "kind", "stuck"),
    [
        ("bounces", Kind.SURVEY, 0),
        ("bounces", Kind.CRITICAL, 1),
        ("login", Kind.CRITICAL, 0),
    ],
)
def test_a_pause_is_told_of_as_such(nora, account, reason, kind, stuck):
    pause(account, reason, now=NOW)
    make_message(nora, kind=kind, now=LONG_AGO)

    assert watch_accounts(now=NOW) == stuck


def test_one_house_standing_still_says_nothing_of_another(nora, account, bar_carla):
    give_installation_accounts(now=NOW)
    olaf = make_guest(bar_carla, "Olaf Berg", emails=("olaf@post.no",))
    make_message(nora, now=LONG_AGO)
    make_message(
        olaf,
        now=LONG_AGO,
        status=Status.ACCEPTED,
        account=account_in_use(bar_carla, "email"),
        accepted_at=JUST_NOW,
    )

    watch_accounts(now=NOW)

    assert [alert.business for alert in Alert.objects.all()] == [nora.business]
