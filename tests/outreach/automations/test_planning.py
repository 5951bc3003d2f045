from datetime import UTC, date, datetime, time, timedelta

import pytest

from crm.tenancy.models import Venue
from customers.models import Visit
from customers.visits import depart, step_back
from outreach.automations.planning import plan_missing, plan_visit
from outreach.automations.schedules import schedule_for
from outreach.deciding.decision import Reason
from outreach.models import Message
from surveys.models import Invitation
from tests.factories import NOW, TEN, make_guest, make_venue, make_visit
from tests.outreach.builders import make_automation

Status = Message.Status
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def automation(casa_alba):
    return make_automation(casa_alba, now=LONG_AGO)


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, emails=("nora@post.no",), language="sv")


def test_a_departure_plans_one_message_with_its_invitation(automation, nora):
    visit = make_visit(nora, state=Visit.State.IN_HOUSE)

    depart(visit, actor=None, now=NOW)

    message = Message.objects.get()
    assert message.occasion == f"automation:{automation.uuid}:visit:{visit.uuid}"
    assert message.status == Status.QUEUED
    assert message.to_address == "nora@post.no"
    assert message.language == "sv"
    assert message.send_at == NOW
    assert message.survey_invitation == Invitation.objects.get(visit=visit)


def test_the_rule_stays_beside_the_instant(automation, nora):
    automation.delay_days, automation.local_time = 1, TEN
    automation.save(update_fields=["delay_days", "local_time"])

    make_visit(nora)

    message = Message.objects.get()
    assert (message.local_date, message.local_time, message.schedule_zone) == (
        date(2026, 11, 23),
        TEN,
        "Europe/Oslo",
    )
    assert message.send_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert message.expires_at == message.send_at + timedelta(hours=72)


def test_planning_again_changes_nothing(automation, nora):
    visit = make_visit(nora)
    before = Message.objects.values().get()

    plan_visit(visit, now=NOW)
    plan_missing(now=NOW)

    after = Message.objects.values().get()
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
    assert Invitation.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"is_active": False},
        {"visit_kinds": ["table"]},
        {"activated_at": NOW + timedelta(minutes=1)},
    ],
    ids=["switched off", "another kind", "switched on later"],
)
def test_an_automation_that_does_not_match_plans_nothing(casa_alba, nora, fields):
    make_automation(casa_alba, now=LONG_AGO, **fields)

    make_visit(nora)

    assert not Message.objects.exists()


def test_an_automation_of_one_venue_leaves_the_others_alone(automation, nora):
    restaurant = make_venue(nora.business, "Spisestuen", kind=Venue.Kind.RESTAURANT)
    automation.venues.add(restaurant)

    make_visit(nora)
    eaten = make_visit(nora, venue=restaurant, kind=Visit.Kind.TABLE, nights=0)

    assert [message.visit for message in Message.objects.all()] == [eaten]


def test_a_visit_entered_long_afterwards_sets_nothing_off(automation, nora):
    make_visit(nora, arrival_date=date(2026, 11, 1), nights=2)

    assert not Message.objects.exists()


def test_undoing_a_departure_calls_the_message_off_and_redoing_brings_it_back(
    automation, nora
):
    visit = make_visit(nora)

    step_back(visit, to=Visit.State.IN_HOUSE, actor=None, now=NOW)
    undone = Message.objects.get()
    depart(visit, actor=None, now=NOW + timedelta(minutes=5))
    redone = Message.objects.get()

    assert (undone.status, undone.reason) == (
        Status.CANCELLED,
        Reason.VISIT_NOT_COMPLETED,
    )
    assert redone.pk == undone.pk
    assert (redone.status, redone.reason) == (Status.QUEUED, "")
    assert redone.send_at == NOW + timedelta(minutes=5)


def test_a_message_that_was_tried_is_not_planned_anew(automation, nora):
    visit = make_visit(nora)
    Message.objects.update(
        status=Status.CANCELLED, reason=Reason.VISIT_NOT_COMPLETED, attempt_count=1
    )

    plan_visit(visit, now=NOW)

    assert Message.objects.get().status == Status.CANCELLED


def test_the_sweeper_finds_what_a_crash_left_out(automation, nora):
    visit = make_visit(nora)
    Message.objects.all().delete()

    found = plan_missing(now=NOW + timedelta(hours=1))
    again = plan_missing(now=NOW + timedelta(hours=1))

    assert (found, again) == (1, 0)
    assert Message.objects.get().visit == visit


def test_the_sweeper_leaves_old_visits_alone(automation, nora):
    make_visit(nora)
    Message.objects.all().delete()

    assert plan_missing(now=NOW + timedelta(days=4)) == 0


@pytest.mark.parametrize(
    ("zone", "departure", "at", "expected"),
    [
        ("Europe/Oslo", date(2026, 3, 28), time(2, 30), "2026-03-29T01:00"),
        ("Europe/Oslo", date(2026, 10, 24), time(2, 30), "2026-10-25T00:30"),
        ("Europe/Oslo", date(2026, 3, 28), TEN, "2026-03-29T08:00"),
        ("Europe/Oslo", date(2026, 10, 24), TEN, "2026-10-25T09:00"),
        ("Asia/Beirut", date(2026, 3, 28), time(0), "2026-03-28T22:00"),
        ("America/Santiago", date(2026, 9, 5), time(0), "2026-09-06T04:00"),
        ("Australia/Lord_Howe", date(2026, 10, 3), time(2, 10), "2026-10-03T15:30"),
    ],
    ids=[
        "Oslo, an hour that does not exist",
        "Oslo, an hour that comes twice",
        "Oslo, ten on the short day",
        "Oslo, ten on the long day",
        "Beirut, no midnight",
        "Santiago, no midnight",
        "Lord Howe, half an hour missing",
    ],
)
def test_clocks_that_change_move_no_message_to_another_day(
    casa_alba, zone, departure, at, expected
):
    venue = make_venue(casa_alba, "Annekset", time_zone=zone)
    automation = make_automation(
        casa_alba, now=LONG_AGO, delay_days=1, local_time=at, is_active=False
    )
    visit = Visit(
        venue=venue,
        departure_date=departure,
        completed_at=datetime.combine(departure, time(12), UTC),
    )

    schedule = schedule_for(automation, visit)

    assert schedule.send_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_leaving_early_counts_from_the_day_they_left(automation, nora):
    visit = make_visit(
        nora, state=Visit.State.IN_HOUSE, arrival_date=date(2026, 11, 20), nights=7
    )
    automation.delay_days, automation.local_time = 1, TEN
    automation.save(update_fields=["delay_days", "local_time"])

    depart(visit, actor=None, now=NOW)

    assert Message.objects.get().local_date == date(2026, 11, 23)
