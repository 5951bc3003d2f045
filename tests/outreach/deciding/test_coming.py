from datetime import timedelta

import pytest
from django.utils import timezone

from crm.core.clock import local_date
from customers.models import Purpose, Visit
from outreach.automations.planning import plan_visit
from outreach.deciding.coming import coming
from outreach.deciding.decision import Block, Go, Hold, Reason
from outreach.models import Message
from tests.factories import NOW, allow, make_guest, make_visit
from tests.outreach.builders import make_automation, make_message
from tests.outreach.deciding.test_contacts import make_campaign, make_news, make_offer

DAY = timedelta(days=1)
FORECAST = "/casa-alba/outreach/forecast/"


@pytest.fixture
def nora(casa_alba):
    nora = make_guest(casa_alba, "Nora Lie", emails=("nora@post.no",), language="en")
    allow(nora)
    allow(nora, Purpose.MARKETING)
    return nora


def lines_of(business, now=NOW, **options):
    today = local_date(now, business.time_zone)
    return coming(business, today=today, now=now, **options)


def leave_soon(guest, days, **fields):
    today = local_date(NOW, guest.business.time_zone)
    return make_visit(
        guest,
        state=Visit.State.IN_HOUSE,
        arrival_date=today,
        nights=days,
        now=NOW,
        **fields,
    )


def test_a_visit_that_ends_in_these_days_is_foreseen_with_its_guest(casa_alba, nora):
    after_stay = make_automation(casa_alba, now=NOW - DAY)
    leave_soon(nora, 3)
    leave_soon(make_guest(casa_alba, "Otto Vik"), 20)

    [line] = lines_of(casa_alba)

    assert (line.guest, line.automation, line.verdict) == (nora, after_stay, Go())
    assert local_date(line.at, casa_alba.time_zone) == NOW.date() + 3 * DAY


def test_what_goes_first_takes_the_room_of_what_comes_later(casa_alba, nora):
    make_automation(casa_alba, now=NOW - DAY)
    leave_soon(nora, 3)
    leave_soon(nora, 10)

    verdicts = [line.verdict for line in lines_of(casa_alba)]

    assert verdicts == [Go(), Block(Reason.BUDGET)]


def test_of_three_offers_the_lowest_ranked_waits(casa_alba, nora):
    for rank in (10, 20):
        automation = make_news(casa_alba, rank=rank, control_percent=0)
        make_offer(nora, automation=automation)
    campaign = make_campaign(casa_alba)
    make_offer(nora, campaign=campaign)

    lines = lines_of(casa_alba)

    assert [line.kind for line in lines] == ["go", "go", "wait"]
    assert lines[2].campaign == campaign
    assert lines[2].verdict == Hold(NOW + 7 * DAY, Reason.BUDGET)


def test_a_forecast_of_some_automations_is_of_theirs_alone(casa_alba, nora):
    make_automation(casa_alba, now=NOW - DAY)
    news = make_news(casa_alba, control_percent=0)
    leave_soon(nora, 3)
    make_offer(nora, automation=news)

    assert [line.automation for line in lines_of(casa_alba, automations=[news])][
        :1
    ] == [news]


def test_what_is_written_down_already_is_told_once(casa_alba, nora):
    make_automation(casa_alba, now=NOW - DAY)
    visit = make_visit(nora, now=NOW)
    plan_visit(visit, now=NOW)

    assert [line.message for line in lines_of(casa_alba)] == [Message.objects.get()]


def test_the_page_names_guests_and_reasons_by_day(as_alba, casa_alba, nora):
    now = timezone.now()
    make_message(nora, now=now, send_at=now + 2 * DAY)
    otto = make_guest(casa_alba, "Otto Vik", emails=("otto@post.no",))
    make_message(otto, now=now, send_at=now + 3 * DAY)

    everything = as_alba.get(FORECAST)
    not_going = as_alba.get(FORECAST, {"verdict": "wont"})

    assert [len(day.lines) for day in everything.context["days"]] == [1, 1]
    assert "Nora Lie" in everything.text
    assert "Nora Lie" not in not_going.text
    assert "The guest has not said yes to this." in not_going.text


@pytest.mark.parametrize(
    "query",
    [
        {"day": "tomorrow"},
        {"verdict": "perhaps"},
        {"automation": "no-uuid"},
    ],
)
def test_a_filter_that_makes_no_sense_shows_everything(as_alba, nora, query):
    make_message(nora, now=timezone.now(), send_at=timezone.now() + DAY)

    assert "Nora Lie" in as_alba.get(FORECAST, query).text


def test_one_day_can_be_looked_at(as_alba, casa_alba, nora):
    at = timezone.now() + 2 * DAY
    make_message(nora, now=timezone.now(), send_at=at)
    day = local_date(at, casa_alba.time_zone)

    on_that_day = as_alba.get(FORECAST, {"day": day.isoformat()})
    on_the_next = as_alba.get(FORECAST, {"day": (day + DAY).isoformat()})

    assert ["Nora Lie" in page.text for page in (on_that_day, on_the_next)] == [
        True,
        False,
    ]
    assert "Nothing like that in these days" in on_the_next.text


def test_a_house_with_nothing_to_come_is_told_so(as_alba):
    assert "Nothing is planned" in as_alba.get(FORECAST).text
