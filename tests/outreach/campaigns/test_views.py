import re

import pytest

from outreach.models import Campaign
from tests.factories import NOW, make_guest
from tests.outreach.campaigns.test_starting import make_campaign

pytestmark = pytest.mark.django_db
LIST = "/casa-alba/outreach/campaigns/"


@pytest.fixture
def as_alba(client, alba):
    client.force_login(alba)
    return client


@pytest.fixture
def autumn(casa_alba):
    return make_campaign(casa_alba)


@pytest.fixture
def nora(casa_alba):
    return make_guest(
        casa_alba, "Nora Lie", emails=("nora@post.no",), language="en", now=NOW
    )


def of(campaign, act=""):
    return f"{LIST}{campaign.uuid}/{act}"


def hidden(page):
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text)
    return dict(fields)


def draft_values(campaign, **changes):
    values = {
        "name": "Winter",
        "segment": campaign.segment.uuid,
        "template": campaign.template.uuid,
        "way": "email",
        "goal_days": 30,
        "local_date": "",
        "local_time": "",
    }
    return values | changes


def test_a_house_without_campaigns_is_told_what_they_are(as_alba, casa_alba):
    assert "No campaign yet" in as_alba.get(LIST).text


def test_a_draft_is_written_and_shows_who_gets_it(as_alba, autumn, nora):
    answer = as_alba.post(f"{LIST}new/", draft_values(autumn, second_en="Come up"))

    winter = Campaign.objects.get(name="Winter")
    assert answer.url == of(winter)
    assert (winter.state, winter.subjects_b) == ("draft", {"en": "Come up"})
    page = as_alba.get(of(winter)).text
    assert "1 guest in the segment" in page
    assert "Yes, send this to 1 guest" in page
    assert "For half of them: “Come up”" in page
    assert "Autumn in the mountains" in page


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"local_date": "2001-01-01", "local_time": "10:00"}, "over already"),
        ({"local_date": "2999-01-01"}, "both the day and the time"),
        ({"segment": "no-uuid"}, "Select a valid choice"),
        ({"way": "sms"}, "no words for an SMS yet"),
        ({"way": "pigeon"}, "Select a valid choice"),
        ({"goal_days": "0"}, "greater than or equal to 1"),
    ],
)
def test_what_makes_no_sense_is_said_and_kept(as_alba, autumn, changes, problem):
    page = as_alba.post(f"{LIST}new/", draft_values(autumn, **changes))

    assert page.status_code == 200
    assert problem in page.text
    assert 'value="Winter"' in page.text


def test_who_was_slower_saves_nothing_and_is_told(as_alba, autumn):
    seen = hidden(as_alba.get(of(autumn, "edit/")))["seen"]
    as_alba.post(of(autumn, "edit/"), draft_values(autumn, name="First", seen=seen))

    page = as_alba.post(
        of(autumn, "edit/"), draft_values(autumn, name="Second", seen=seen)
    )

    assert "Somebody else changed this" in page.text
    autumn.refresh_from_db()
    assert autumn.name == "First"


def test_it_begins_with_a_yes_to_the_number(as_alba, autumn, nora):
    asked = hidden(as_alba.get(of(autumn)))

    as_alba.post(of(autumn, "start/"), asked)
    autumn.refresh_from_db()
    without_yes = autumn.state
    as_alba.post(of(autumn, "start/"), asked | {"yes": "on"})
    as_alba.post(of(autumn, "start/"), asked | {"yes": "on"})

    autumn.refresh_from_db()
    assert (without_yes, autumn.state) == ("draft", "sending")
    assert autumn.messages.count() == 1


def test_another_number_than_was_shown_is_asked_again(as_alba, autumn, nora, casa_alba):
    asked = hidden(as_alba.get(of(autumn)))
    make_guest(casa_alba, "Olaf Lie", emails=("olaf@post.no",))

    page = as_alba.post(of(autumn, "start/"), asked | {"yes": "on"})

    assert "another number of guests now" in page.text
    assert "Yes, send this to 2 guests" in page.text
    assert autumn.messages.count() == 0


def test_a_campaign_to_nobody_cannot_begin(as_alba, autumn):
    page = as_alba.get(of(autumn)).text
    as_alba.post(of(autumn, "start/"), {"guests": 0, "yes": "on"})

    autumn.refresh_from_db()
    assert "Nobody would get this." in page
    assert autumn.state == "draft"


def test_it_is_paused_taken_up_and_cancelled_by_buttons(as_alba, autumn, nora):
    asked = hidden(as_alba.get(of(autumn)))
    as_alba.post(of(autumn, "start/"), asked | {"yes": "on"})
    states = []
    for act in ("pause", "resume", "nonsense", "cancel", "resume"):
        as_alba.post(of(autumn, "act/"), {"to": act})
        autumn.refresh_from_db()
        states.append(autumn.state)

    assert states == ["paused", "sending", "sending", "cancelled", "cancelled"]
    assert "the rest never goes" in as_alba.get(of(autumn)).text


def test_how_far_it_is_leads_to_its_messages(as_alba, autumn, nora):
    asked = hidden(as_alba.get(of(autumn)))
    as_alba.post(of(autumn, "start/"), asked | {"yes": "on"})

    piece = as_alba.get(of(autumn, "progress/"), headers={"HX-Request": "true"})
    whole = as_alba.get(of(autumn, "progress/"))
    messages = as_alba.get(f"/casa-alba/outreach/messages/?campaign={autumn.uuid}")

    assert 'hx-trigger="every 3s"' in piece.text
    assert whole.url == of(autumn)
    assert "Nora Lie" in messages.text
