from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.core.clock import local_date
from customers.models import Purpose, Visit
from outreach.effect.counting import Cost, costs_of, counts_of
from outreach.models import Automation, Exposure, Message, MessageTemplate
from tests.factories import NOW, make_guest, make_visit
from tests.outreach.builders import make_message

DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)


def make_news(business, **fields):
    template = MessageTemplate.objects.create(
        business=business, name="News", purpose=Purpose.MARKETING, created_at=NOW
    )
    values = {
        "name": "News",
        "template": template,
        "local_time": "10:00",
        "goal_days": 30,
        "created_at": NOW,
    }
    return Automation.objects.create(business=business, **(values | fields))


def draw(automation, guest, *, days_ago, is_control=False):
    return Exposure.objects.create(
        business=automation.business,
        automation=automation,
        guest=guest,
        is_control=is_control,
        at=NOW - days_ago * DAY,
    )


def come(guest, day, state=Visit.State.COMPLETED):
    visit = make_visit(guest, now=NOW)
    Visit.objects.filter(pk=visit.pk).update(
        arrival_date=day,
        departure_date=day,
        state=state,
        completed_at=NOW if state == Visit.State.COMPLETED else None,
    )


def shares_of(business, automation):
    counts = counts_of(business, today=TODAY)[automation.pk]
    summed = counts.summed
    return (
        (summed.treated.hits, summed.treated.total),
        (summed.control.hits, summed.control.total),
        counts.pending,
    )


@pytest.mark.parametrize(
    ("days", "hits"),
    [(0, 0), (1, 1), (30, 1), (31, 0), (-5, 0)],
    ids=["the day itself", "the next", "the last", "too late", "before"],
)
def test_who_comes_within_the_days_chosen_beforehand_has_come(casa_alba, days, hits):
    news, nora = make_news(casa_alba), make_guest(casa_alba)
    draw(news, nora, days_ago=40)
    come(nora, TODAY - 40 * DAY + days * DAY)

    assert shares_of(casa_alba, news) == ((hits, 1), (0, 0), 0)


def test_a_booking_alone_is_no_visit_and_two_visits_are_one_guest(casa_alba):
    news = make_news(casa_alba)
    nora, otto = make_guest(casa_alba), make_guest(casa_alba, "Otto Vik")
    draw(news, nora, days_ago=40, is_control=True)
    draw(news, otto, days_ago=40, is_control=True)
    come(nora, TODAY - 20 * DAY, state=Visit.State.CANCELLED)
    come(otto, TODAY - 20 * DAY)
    come(otto, TODAY - 15 * DAY)

    assert shares_of(casa_alba, news) == ((0, 0), (1, 2), 0)


@pytest.mark.parametrize(("days_ago", "pending"), [(30, 1), (31, 0)])
def test_who_still_has_time_does_not_count_yet(casa_alba, days_ago, pending):
    news, nora = make_news(casa_alba), make_guest(casa_alba)
    draw(news, nora, days_ago=days_ago)
    come(nora, TODAY - DAY)

    assert shares_of(casa_alba, news)[2] == pending
    assert shares_of(casa_alba, news)[0] == ((0, 0) if pending else (1, 1))


def test_years_are_kept_apart(casa_alba):
    news = make_news(casa_alba)
    for number, days_ago in enumerate((40, 400, 401)):
        draw(news, make_guest(casa_alba, f"G{number} Lie"), days_ago=days_ago)

    by_year = counts_of(casa_alba, today=TODAY)[news.pk].by_year

    assert {year: one.treated.total for year, one in by_year.items()} == {
        2025: 2,
        2026: 1,
    }


def test_other_houses_are_not_counted(casa_alba, bar_carla):
    news, nora = make_news(bar_carla), make_guest(bar_carla)
    draw(news, nora, days_ago=40)

    assert counts_of(casa_alba, today=TODAY) == {}


def naive_share(automation, zone, *, is_control):
    """The same, guest by guest, as one would do it by hand."""
    hits = total = 0
    for exposure in automation.exposures.filter(is_control=is_control):
        day = local_date(exposure.at, zone)
        if day + automation.goal_days * DAY >= TODAY:
            continue
        total += 1
        hits += any(
            visit.is_completed
            and day < visit.arrival_date <= day + automation.goal_days * DAY
            for visit in exposure.guest.visits.all()
        )
    return hits, total


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 90),
            st.booleans(),
            st.lists(
                st.tuples(st.integers(-100, 5), st.sampled_from(list(Visit.State))),
                max_size=2,
            ),
        ),
        max_size=6,
    )
)
def test_counting_in_one_question_agrees_with_counting_by_hand(casa_alba, people):
    news = make_news(casa_alba)
    for days_ago, is_control, visits in people:
        guest = make_guest(casa_alba)
        draw(news, guest, days_ago=days_ago, is_control=is_control)
        for days, state in visits:
            come(guest, TODAY + days * DAY, state)

    with CaptureQueriesContext(connection) as asked:
        counts = counts_of(casa_alba, today=TODAY).get(news.pk)

    counted = (
        [(0, 0), (0, 0)]
        if counts is None
        else [
            (share.hits, share.total)
            for share in (counts.summed.treated, counts.summed.control)
        ]
    )
    assert counted == [
        naive_share(news, casa_alba.time_zone, is_control=is_control)
        for is_control in (False, True)
    ]
    assert len(asked) == 1


def test_what_it_took_is_counted_by_channel_and_currency(casa_alba):
    news = make_news(casa_alba)
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    sent = {
        "automation": news,
        "status": Message.Status.ACCEPTED,
        "accepted_at": NOW,
        "kind": Message.Kind.MARKETING,
    }
    make_message(nora, **sent)
    make_message(nora, **sent, channel="sms", cost_estimate=4000, cost_currency="NOK")
    make_message(
        nora,
        **sent,
        channel="sms",
        cost_estimate=4000,
        cost=5000,
        cost_currency="NOK",
    )
    make_message(nora, **(sent | {"status": Message.Status.QUEUED}))

    assert costs_of([news]) == {news.pk: Cost(1, 2, (("NOK", 9000),))}
