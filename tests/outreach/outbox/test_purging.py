from datetime import timedelta

import pytest
from django.utils import timezone

from outreach.models import Message
from outreach.outbox.purging import purge_words
from tests.factories import NOW, make_guest
from tests.outreach.builders import make_message

Status = Message.Status
OLD = NOW - timedelta(days=90, seconds=1)


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, emails=("nora@post.no",))


def make_written(guest, *, updated_at=OLD, **fields):
    values = {
        "status": Status.ACCEPTED,
        "accepted_at": OLD,
        "frozen_at": OLD,
        "subject": "How was it?",
        "body_text": "Dear Nora",
        "body_html": "<p>Dear Nora</p>",
        "letter_links": {"details": "x"},
    }
    message = make_message(guest, now=OLD, **(values | fields))
    Message.objects.filter(pk=message.pk).update(updated_at=updated_at)
    return message


def test_after_ninety_days_the_words_go_and_that_it_was_sent_stays(nora):
    message = make_written(nora)

    assert [purge_words(now=NOW), purge_words(now=NOW)] == [1, 0]

    message.refresh_from_db()
    assert (message.body_text, message.body_html, message.letter_links) == ("", "", {})
    assert (message.subject, message.to_address) == ("How was it?", "nora@post.no")
    assert (message.status, message.purged_at) == (Status.ACCEPTED, NOW)


def test_what_something_happened_to_since_is_kept(nora):
    make_written(nora, updated_at=NOW - timedelta(days=89))

    assert purge_words(now=NOW) == 0


@pytest.mark.parametrize("status", [Status.QUEUED, Status.UNKNOWN])
def test_what_may_still_leave_keeps_its_words(nora, status):
    make_written(nora, status=status, unknown_since=OLD, accepted_at=None)

    assert purge_words(now=NOW) == 0


def test_how_long_is_a_setting(nora, settings):
    make_written(nora)
    settings.BODY_KEEP_DAYS = 91

    assert purge_words(now=NOW) == 0


def test_many_go_in_batches(nora, monkeypatch):
    monkeypatch.setattr("outreach.outbox.purging._AT_ONCE", 2)
    for _message in range(5):
        make_written(nora)

    assert purge_words(now=NOW) == 5


def test_out_of_time_it_leaves_the_rest_for_the_next_tick(nora, monkeypatch):
    monkeypatch.setattr("outreach.outbox.purging._AT_ONCE", 2)
    for _message in range(5):
        make_written(nora)

    assert purge_words(now=NOW, seconds=0) == 2


def test_the_page_says_how_long_the_words_were_kept(nora, as_alba):
    message = make_written(nora)
    purge_words(now=timezone.now())

    page = as_alba.get(f"/casa-alba/outreach/messages/{message.uuid}/")

    assert "How was it?" in page.text
    assert "The words were kept for 90 days, and are gone now." in page.text
    assert "<iframe" not in page.text
