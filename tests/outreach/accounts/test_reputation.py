"""From how many returned mails and complaints on an account stops by itself."""

from datetime import timedelta

import pytest

from outreach.accounts.pausing import resume
from outreach.accounts.reputation import judge
from outreach.models import DeliveryEvent
from tests.factories import NOW, make_guest
from tests.outreach.events.builders import make_mail_account, make_sent


@pytest.fixture
def account(casa_alba):
    return make_mail_account(casa_alba)


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba)


def sent(account, nora, count, *, bad=0, kind="bounced", at=NOW - timedelta(hours=1)):
    messages = [make_sent(account, nora) for _ in range(count)]
    for message in messages[:bad]:
        # A report may come twice, with another code.
        for code in ("5.1.1", "550"):
            DeliveryEvent.objects.create(
                business=account.business,
                message=message,
                kind=kind,
                at=at,
                code=code,
                noted_at=at,
            )


@pytest.mark.parametrize(
    ("count", "bad", "kind", "reason"),
    [
        (10, 4, "bounced", ""),
        (10, 5, "bounced", "bounces"),
        (250, 5, "bounced", ""),
        (249, 5, "bounced", "bounces"),
        (10, 1, "complained", ""),
        (10, 2, "complained", "complaints"),
        (10, 9, "failed", ""),
    ],
)
def test_an_account_stops_from_so_many_on(account, nora, count, bad, kind, reason):
    sent(account, nora, count, bad=bad, kind=kind)

    assert judge(account, now=NOW) == bool(reason)

    account.refresh_from_db()
    assert (account.pause_reason, account.pauses_all) == (reason, False)


def test_what_was_long_ago_does_not_count(account, nora):
    sent(account, nora, 10, bad=9, at=NOW - timedelta(days=8))

    assert not judge(account, now=NOW)


def test_what_was_before_it_was_let_go_on_does_not_count(account, nora, alba):
    sent(account, nora, 10, bad=9)
    judge(account, now=NOW)
    resume(account, actor=alba, now=NOW)

    assert not judge(account, now=NOW + timedelta(minutes=1))


def test_what_another_account_sent_does_not_count(account, nora, casa_alba):
    sent(account, nora, 10, bad=9)
    other = make_mail_account(casa_alba, "brevo")

    assert not judge(other, now=NOW)
