"""Fetching what came back from a mailbox, against a server that speaks IMAP."""

import time
from datetime import timedelta

import pytest

from customers.models import Suppression
from outreach.accounts.credentials import sealed
from outreach.email.return_addresses import ReturnKind, return_address
from outreach.events import imap, mailboxes
from outreach.events.applying import apply_waiting
from outreach.events.mailboxes import (
    MailboxUnreachable,
    poll_mailbox,
    poll_mailboxes,
)
from outreach.models import WebhookEvent
from tests.factories import NOW, make_guest
from tests.outreach.events.builders import make_mail_account, make_sent
from tests.outreach.events.imap_server import imap_server
from tests.outreach.events.mails import an_answer, returned

DOMAIN = "svar.solvik.example"


@pytest.fixture
def server():
    with imap_server() as running:
        yield running


@pytest.fixture
def box(server):
    return server[0]


@pytest.fixture
def named(server, settings):
    settings.INNER_HOSTS = frozenset({"127.0.0.1"})
    return {
        "host": "mail.solvik.example",
        "imap_host": "127.0.0.1",
        "imap_port": str(server[1]),
        "imap_security": "plain",
        "imap_user": "solvik",
        "imap_password": "s3cret",
    }


@pytest.fixture
def account(casa_alba, named):
    return make_mail_account(casa_alba, "smtp", **named)


@pytest.fixture
def message(account, casa_alba):
    guest = make_guest(casa_alba, emails=("nora@post.example",))
    return make_sent(account, guest)


@pytest.fixture
def polled(account):
    """Return the account, whose mailbox was looked at for the first time."""
    poll_mailbox(account, now=NOW)
    return account


def at(kind, message):
    return return_address(ReturnKind(kind), message.uuid, domain=DOMAIN)


def kept():
    return WebhookEvent.objects.count()


def test_what_was_there_before_stays_unread(box, account, message):
    box.put(returned(to=at("bounce", message)))

    assert poll_mailbox(account, now=NOW) == 0

    account.refresh_from_db()
    assert account.mailbox_cursor == {"validity": 7, "uid": 1}
    assert kept() == 0


def test_a_returned_mail_is_fetched_and_understood(box, polled, message):
    box.put(returned(to=at("bounce", message)))

    assert poll_mailbox(polled, now=NOW) == 1
    apply_waiting(now=NOW)

    message.refresh_from_db()
    polled.refresh_from_db()
    assert message.delivery == "bounced"
    assert Suppression.objects.get().reason == "bounced"
    assert polled.mailbox_cursor == {"validity": 7, "uid": 1}


def test_a_mail_is_fetched_once(box, polled, message):
    box.put(returned(to=at("bounce", message)))
    poll_mailbox(polled, now=NOW)
    fetches = len([line for line in box.asked if "BODY" in line])

    assert poll_mailbox(polled, now=NOW) == 0

    assert len([line for line in box.asked if "BODY" in line]) == fetches == 1
    assert kept() == 1


def test_a_mailbox_that_was_rebuilt_is_read_again_and_nothing_counts_twice(
    box, polled, message
):
    box.put(returned(to=at("bounce", message)))
    poll_mailbox(polled, now=NOW)
    box.rebuild()
    box.put(an_answer(to=at("reply", message)))

    assert poll_mailbox(polled, now=NOW) == 1

    polled.refresh_from_db()
    assert polled.mailbox_cursor == {"validity": 8, "uid": 102}
    assert "SINCE 15-Nov-2026" in box.searched[-1]
    assert kept() == 2


def test_nothing_in_the_mailbox_is_changed(box, polled, message):
    box.put(returned(to=at("bounce", message)))

    poll_mailbox(polled, now=NOW)

    changing = ("SELECT", "STORE", "EXPUNGE", "UID STORE", "UID FETCH 1 (BODY[]")
    assert [line for line in box.asked if line.startswith(changing)] == []


def test_the_houses_own_mail_is_nobodys_business(box, polled, message):
    box.put(an_answer("The invoice is attached.", to="post@solvik.example"))
    box.put(an_answer(to=at("reply", message)))

    assert poll_mailbox(polled, now=NOW) == 1

    assert b"invoice" not in bytes(WebhookEvent.objects.get().body)


def test_a_huge_mail_is_passed_by(box, polled, message, monkeypatch):
    monkeypatch.setattr(imap, "MOST_BYTES", 1_000)
    box.put(returned(to=at("bounce", message)) + b"x" * 1_000)
    box.put(an_answer(to=at("reply", message)))

    assert poll_mailbox(polled, now=NOW) == 1

    polled.refresh_from_db()
    assert polled.mailbox_cursor["uid"] == 2


def test_a_server_that_announces_more_than_there_is_room_for_is_left(
    box, polled, message
):
    box.put(returned(to=at("bounce", message)))
    box.announces = 10**12

    with pytest.raises(MailboxUnreachable, match="abort"):
        poll_mailbox(polled, now=NOW)

    assert kept() == 0


def test_a_wrong_password_says_no_words_of_the_server(box, account, caplog):
    box.password = "changed"

    assert poll_mailboxes(now=NOW) == 0

    assert "error" in caplog.text
    assert "nora" not in caplog.text


def test_a_host_inside_our_network_is_not_called(account, settings, box):
    settings.INNER_HOSTS = frozenset()

    with pytest.raises(MailboxUnreachable, match="HostIsNotPublic"):
        poll_mailbox(account, now=NOW)

    assert box.asked == []


def test_without_encryption_only_inside_our_network(account, named, box):
    account.credentials = sealed(named | {"imap_security": ""})
    account.save(update_fields=["credentials"])

    with pytest.raises(MailboxUnreachable):
        poll_mailbox(account, now=NOW)

    assert "LOGIN" not in box.asked


@pytest.mark.parametrize("step", ["CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH"])
def test_a_server_that_hangs_is_left_in_time(box, account, monkeypatch, step):
    monkeypatch.setattr(mailboxes, "_SECONDS", 0.3)
    account.mailbox_cursor = {"validity": 7, "uid": 0}
    account.save(update_fields=["mailbox_cursor"])
    box.hangs_at = step
    begin = time.monotonic()

    with pytest.raises(MailboxUnreachable):
        poll_mailbox(account, now=NOW)

    assert time.monotonic() - begin < 5


def test_an_answer_that_makes_no_sense_is_left(polled, box):
    box.finds = "1 two"

    with pytest.raises(MailboxUnreachable, match="ValueError"):
        poll_mailbox(polled, now=NOW)


def test_a_password_that_cannot_be_written_lets_nobody_in(account, named, caplog):
    account.credentials = sealed(named | {"imap_password": "blåbær"})
    account.save(update_fields=["credentials"])

    assert poll_mailboxes(now=NOW) == 0
    assert "UnicodeEncodeError" in caplog.text
    assert "bær" not in caplog.text


def test_one_mailbox_that_fails_does_not_keep_another_waiting(
    box, polled, message, bar_carla, named
):
    make_mail_account(bar_carla, "smtp", **named | {"imap_port": "1"})
    box.put(an_answer(to=at("reply", message)))

    assert poll_mailboxes(now=NOW + timedelta(minutes=2)) == 1
