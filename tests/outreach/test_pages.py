import pytest
from django.utils import timezone

from customers.models import Purpose
from outreach.heartbeats import SENDING, note_heartbeat
from outreach.models import Message
from tests.factories import allow, make_guest, make_visit
from tests.outreach.builders import make_automation

Status = Message.Status


@pytest.fixture
def automation(casa_alba):
    return make_automation(casa_alba)


@pytest.fixture
def nora(casa_alba):
    guest = make_guest(casa_alba, emails=("nora@post.no",))
    allow(guest, Purpose.SURVEY)
    return guest


def test_the_overview_says_what_will_go_and_what_will_not_and_why(
    automation, nora, as_alba
):
    silent = make_guest(nora.business, "Olaf Berg", emails=("olaf@post.no",))
    make_visit(nora, now=timezone.now())
    make_visit(silent, now=timezone.now())

    page = as_alba.get("/casa-alba/outreach/")

    assert "<b>1 message</b> will go in the next 14 days." in page.text
    assert "The guest has not said yes to this." in page.text


def test_the_overview_warns_when_nobody_sends(automation, as_alba):
    never = as_alba.get("/casa-alba/outreach/")
    note_heartbeat(SENDING, now=timezone.now())
    lately = as_alba.get("/casa-alba/outreach/")
    note_heartbeat(SENDING, now=timezone.now() - timezone.timedelta(minutes=9))
    long_ago = as_alba.get("/casa-alba/outreach/")

    assert "has not been seen yet" in never.text
    assert "has not been seen" not in lately.text
    assert "has not been seen for 9 minutes" in long_ago.text
