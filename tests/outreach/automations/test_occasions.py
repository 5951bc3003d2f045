from datetime import UTC, date, datetime, timedelta

import pytest

from customers.models import GuestSummary, NextVisit, Visit
from customers.summaries import refresh_summaries
from customers.visits import cancel
from outreach.automations.occasions import has_season, missed_on
from outreach.automations.planning import plan_due
from outreach.models import Message
from tests.factories import NOW, TEN, make_guest, make_visit
from tests.outreach.builders import make_automation

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)


def make_yearly(business, trigger, **fields):
    return make_automation(
        business,
        now=fields.pop("now", LONG_AGO),
        trigger=trigger,
        survey=None,
        local_time=TEN,
        **fields,
    )


def at(day, hour=6):
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def occasions(message_set=None):
    return [
        message.occasion.rsplit(":", 1)[1]
        for message in Message.objects.order_by("occasion")
    ]


@pytest.mark.parametrize(
    ("birthday", "today", "planned"),
    [
        ((24, 11), date(2026, 11, 24), ["2026"]),
        ((24, 11), date(2026, 11, 23), []),
        ((29, 2), date(2027, 2, 28), ["2027"]),
        ((29, 2), date(2028, 2, 28), []),
        ((29, 2), date(2028, 2, 29), ["2028"]),
    ],
)
def test_a_birthday_is_planned_on_its_day(casa_alba, birthday, today, planned):
    day, month = birthday
    make_guest(
        casa_alba, emails=("nora@post.no",), birthday_day=day, birthday_month=month
    )
    make_yearly(casa_alba, "birthday", planned_on=today - timedelta(days=1))

    plan_due(now=at(today))

    assert occasions() == planned


def test_a_birthday_is_planned_once_whoever_looks_again(casa_alba):
    make_guest(casa_alba, birthday_day=24, birthday_month=11)
    automation = make_yearly(casa_alba, "birthday", planned_on=date(2026, 11, 23))

    first = plan_due(now=at(date(2026, 11, 24)))
    automation.refresh_from_db()
    looked_to = automation.planned_on
    automation.planned_on = date(2026, 11, 23)
    automation.save(update_fields=["planned_on"])
    again = plan_due(now=at(date(2026, 11, 24)))

    assert (first, again, looked_to) == (1, 0, date(2026, 11, 24))
    assert Message.objects.get().send_at == datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("switched_on_at", "planned"), [(5, 1), (10, 0)], ids=["before ten", "after ten"]
)
def test_switching_on_never_fires_at_the_past(casa_alba, switched_on_at, planned):
    make_guest(casa_alba, birthday_day=24, birthday_month=11)
    make_guest(casa_alba, birthday_day=23, birthday_month=11)
    now = at(date(2026, 11, 24), switched_on_at)
    make_yearly(casa_alba, "birthday", now=now)

    assert plan_due(now=now) == planned


def test_what_an_outage_left_out_comes_late_and_not_too_late(casa_alba):
    make_guest(casa_alba, birthday_day=23, birthday_month=11)
    make_guest(casa_alba, birthday_day=10, birthday_month=11)
    make_yearly(casa_alba, "birthday", planned_on=date(2026, 11, 1))

    assert plan_due(now=at(date(2026, 11, 25))) == 1


def test_the_anniversary_of_the_first_visit_comes_each_year_but_the_first(casa_alba):
    nora = make_guest(casa_alba)
    make_visit(nora, arrival_date=date(2025, 11, 24), nights=1)
    refresh_summaries(casa_alba)
    Message.objects.all().delete()
    make_yearly(casa_alba, "anniversary", planned_on=date(2026, 11, 23))

    plan_due(now=at(date(2026, 11, 24)))

    assert occasions() == ["2026"]


def test_a_reminder_goes_in_the_week_the_guest_named(casa_alba):
    nora = make_guest(casa_alba)
    visit = make_visit(nora)
    NextVisit.objects.create(
        business=casa_alba, visit=visit, answer="reminder",
        remind_on=date(2027, 3, 1), asked_at=NOW,
    )  # fmt: skip
    make_yearly(casa_alba, "reminder", planned_on=date(2027, 2, 28))

    plan_due(now=at(date(2027, 3, 1)))

    message = Message.objects.get()
    assert (message.guest, message.visit) == (nora, visit)
    assert message.occasion.endswith(f":guest:{nora.uuid}:2027-09")


def test_who_booked_meanwhile_needs_no_reminder(casa_alba):
    nora = make_guest(casa_alba)
    visit = make_visit(nora)
    NextVisit.objects.create(
        business=casa_alba, visit=visit, answer="reminder",
        remind_on=date(2027, 3, 1), asked_at=NOW,
    )  # fmt: skip
    make_visit(nora, arrival_date=date(2027, 3, 6), state=Visit.State.BOOKED)
    make_yearly(casa_alba, "reminder", planned_on=date(2027, 2, 28))

    assert plan_due(now=at(date(2027, 3, 1))) == 0


def test_a_guest_with_a_rhythm_is_missed_after_one_and_a_half_of_it(casa_alba):
    nora = make_guest(casa_alba)
    for arrival in (date(2026, 7, 1), date(2026, 7, 31), date(2026, 8, 30)):
        make_visit(nora, arrival_date=arrival, nights=0)
    GuestSummary.objects.filter(guest=nora).update(usual_gap_days=30)
    Message.objects.all().delete()
    make_yearly(casa_alba, "quiet", planned_on=date(2026, 10, 12))

    early = plan_due(now=at(date(2026, 10, 13)))
    due = plan_due(now=at(date(2026, 10, 14)))
    later = plan_due(now=at(date(2026, 10, 15)))

    assert (early, due, later) == (0, 1, 0)
    assert Message.objects.get().occasion.endswith(":2026-08-30")


def test_a_guest_of_one_visit_is_missed_by_what_they_came_for(casa_alba):
    nora = make_guest(casa_alba)
    make_visit(nora, arrival_date=date(2026, 8, 1), nights=0, kind="table")
    Message.objects.all().delete()
    make_yearly(casa_alba, "quiet", planned_on=date(2026, 9, 14))

    assert plan_due(now=at(date(2026, 9, 15))) == 1


def test_a_guest_who_has_booked_is_not_missed(casa_alba):
    nora = make_guest(casa_alba)
    make_visit(nora, arrival_date=date(2026, 8, 1), nights=0, kind="table")
    Message.objects.all().delete()
    booked = make_visit(nora, arrival_date=date(2026, 12, 1), state=Visit.State.BOOKED)
    make_yearly(casa_alba, "quiet", planned_on=date(2026, 9, 14))

    waiting = plan_due(now=at(date(2026, 9, 15)))
    cancel(booked, actor=None, now=NOW)

    assert waiting == 0


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        ([date(2023, 7, 2), date(2024, 7, 9), date(2025, 6, 28)], True),
        ([date(2023, 12, 28), date(2025, 1, 3), date(2026, 1, 1)], True),
        ([date(2024, 7, 2), date(2024, 7, 9), date(2024, 7, 28)], False),
        ([date(2023, 7, 2), date(2024, 1, 9), date(2025, 4, 28)], False),
        ([date(2024, 7, 2), date(2025, 7, 9)], False),
    ],
    ids=["summers", "over New Year", "one summer", "all year", "too few"],
)
def test_a_season_is_seen_from_three_visits_over_years(arrivals, expected):
    assert has_season(arrivals) is expected


def test_a_guest_of_the_summer_is_not_missed_in_march(casa_alba):
    arrivals = [date(2024, 7, 1), date(2024, 7, 15), date(2025, 7, 1)]

    missed = missed_on(date(2025, 7, 3), usual=20, kind="stay", arrivals=arrivals)

    assert missed == date(2026, 7, 3)
