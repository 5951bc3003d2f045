from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crm.tenancy.models import Staff
from outreach.accounts.choosing import account_in_use, give_installation_accounts
from outreach.guest_pages import inbound_entries, message_entries
from outreach.models import InboundMessage, Message
from tests.factories import NOW, make_guest, make_staff, make_user
from tests.outreach.builders import make_message

Status = Message.Status


@pytest.fixture
def nora(casa_alba):
    give_installation_accounts(now=NOW)
    return make_guest(casa_alba, emails=("nora@post.no",))


def make_sent(guest, **fields):
    values = {"status": Status.ACCEPTED, "accepted_at": NOW}
    return make_message(guest, **(values | fields))


def make_answer(guest, *, at=NOW, **fields):
    return InboundMessage.objects.create(
        business=guest.business,
        account=account_in_use(guest.business, "email"),
        channel="email",
        provider_message_id=f"<{at.timestamp()}@mail.example>",
        guest=guest,
        received_at=at,
        **fields,
    )


def as_role(business, role):
    user = make_user(f"{role}@casa-alba.example")
    make_staff(business, user, role)
    client = Client()
    client.force_login(user)
    return client


def story(page):
    start = page.text.index('<ol class="timeline"')
    return " ".join(page.text[start : page.text.index("</ol>", start)].split())


@pytest.mark.parametrize(
    ("fields", "tone", "said"),
    [
        ({}, "quiet", "Sent"),
        ({"delivery": "sent"}, "quiet", "Sent"),
        ({"delivery": "delivered"}, "quiet", "Delivered"),
        ({"delivery": "bounced"}, "brick", "Returned"),
        ({"delivery": "failed"}, "brick", "Not delivered"),
        ({"delivery": "delivered", "complained_at": NOW}, "brick", "Called spam"),
        ({"status": Status.FAILED}, "brick", "Could not be sent"),
        ({"status": Status.UNCONFIRMED}, "quiet", "May have been sent"),
    ],
)
def test_the_story_says_what_became_of_a_message(nora, as_alba, fields, tone, said):
    make_sent(nora, **fields)

    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/")

    assert [entry.tone for entry in message_entries(nora, None, 9)] == [tone]
    assert f'<p class="quiet small"> {said}' in story(page)


def test_the_panel_says_what_became_of_the_newest(nora, as_alba):
    make_sent(nora, now=NOW - timedelta(days=1), delivery="delivered")
    newest = make_sent(nora, delivery="bounced")

    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/").text

    panel = page[page.index("Last:") :]
    assert f"/casa-alba/outreach/messages/{newest.uuid}/" in panel
    assert "Returned" in panel


def test_who_may_not_open_messages_gets_no_links_to_them(nora):
    make_sent(nora)

    page = as_role(nora.business, Staff.Role.STAFF).get(
        f"/casa-alba/guests/{nora.uuid}/"
    )

    assert "Last:" in page.text
    assert "/outreach/messages/" not in page.text


def test_what_a_guest_answers_stands_in_the_story(nora, as_alba):
    make_answer(nora, subject="Re: How was it?", body="Lovely <b>stay</b>")

    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/")

    assert "Re: How was it?" in story(page)
    assert "Lovely &lt;b&gt;stay&lt;/b&gt;" in story(page)


def test_what_a_machine_answers_is_not_quoted(nora, as_alba):
    make_answer(nora, subject="Away", body="Back on Monday", is_automatic=True)

    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/")

    assert "Answered by itself: Email" in story(page)
    assert "Back on Monday" not in page.text


def test_older_answers_come_after_newer_ones_and_only_once(nora):
    now = timezone.now()
    answers = [make_answer(nora, at=now - timedelta(days=day)) for day in range(3)]

    first = inbound_entries(nora, None, 2)
    rest = inbound_entries(nora, first[-1].at, 2)

    assert [entry.subject for entry in first + rest] == answers


@pytest.mark.parametrize("count", [1, 3])
def test_answers_cost_one_query(nora, count, django_assert_num_queries):
    for day in range(count):
        make_answer(nora, at=NOW - timedelta(days=day))

    with django_assert_num_queries(1):
        inbound_entries(nora, None, 9)
