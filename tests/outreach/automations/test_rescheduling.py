from datetime import UTC, date, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models.functions import Now
from django.utils import timezone

from crm.tenancy.houses import save_business, save_venue
from customers.models import Visit
from outreach.automations.rescheduling import ask_anew, reschedule
from outreach.deciding.decision import Reason
from outreach.models import Message
from tests.factories import NOW, TEN, make_guest, make_venue, make_visit
from tests.outreach.builders import make_automation, make_message

Status = Message.Status
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def nora(casa_alba):
    make_automation(casa_alba, now=LONG_AGO, delay_days=1, local_time=TEN)
    return make_guest(casa_alba, emails=("nora@post.no",))


def put_zone_right(venue, zone, alba):
    venue.time_zone = zone
    save_venue(venue, changed=["time_zone"], actor=alba, now=NOW)


def test_a_venue_whose_zone_is_put_right_keeps_its_hour_on_the_wall(nora, alba):
    visit = make_visit(nora)
    before = Message.objects.get()

    put_zone_right(visit.venue, "America/Santiago", alba)

    message = Message.objects.get()
    assert message.schedule_zone == "America/Santiago"
    assert message.send_at == datetime(2026, 11, 23, 13, tzinfo=UTC)
    assert message.expires_at - message.send_at == before.expires_at - before.send_at


def test_other_venues_keep_their_instant(nora, alba):
    make_visit(nora)
    other = make_venue(nora.business, "Annekset")

    put_zone_right(other, "Asia/Tokyo", alba)

    message = Message.objects.get()
    assert (message.schedule_zone, message.send_at) == (
        "Europe/Oslo",
        datetime(2026, 11, 23, 9, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "status", [Status.CANCELLED, Status.ACCEPTED, Status.SUPPRESSED]
)
def test_what_waits_no_more_stays_as_it_was(nora, alba, status):
    visit = make_visit(nora)
    Message.objects.update(status=status, accepted_at=NOW)
    before = Message.objects.values().get()

    put_zone_right(visit.venue, "Asia/Tokyo", alba)

    assert Message.objects.values().get() == before


def test_what_was_tried_keeps_the_hour_of_its_next_try(nora, alba):
    visit = make_visit(nora)
    Message.objects.update(attempt_count=1, send_at=NOW)

    put_zone_right(visit.venue, "Asia/Tokyo", alba)

    message = Message.objects.get()
    assert (message.schedule_zone, message.send_at) == ("Asia/Tokyo", NOW)


def test_what_waits_for_a_morning_elsewhere_is_asked_about_again(casa_alba, alba):
    make_automation(casa_alba, now=LONG_AGO)
    visit = make_visit(make_guest(casa_alba, emails=("nora@post.no",)))
    Message.objects.update(reason=Reason.NIGHT, send_at=NOW + timedelta(days=1))

    put_zone_right(visit.venue, "Asia/Tokyo", alba)

    due = Message.objects.filter(send_at__lte=Now()).get()
    assert (due.schedule_zone, due.reason) == ("Asia/Tokyo", "")


def test_a_move_far_east_never_lets_a_message_expire_before_it_was_written(
    casa_alba, alba
):
    make_automation(casa_alba, now=LONG_AGO, local_time=time(11), expires_after_hours=1)
    visit = make_visit(make_guest(casa_alba, emails=("nora@post.no",)))

    put_zone_right(visit.venue, "Pacific/Auckland", alba)

    message = Message.objects.get()
    assert message.expires_at == message.created_at + timedelta(seconds=1)


def test_what_is_about_no_visit_follows_the_house(nora, alba):
    message = make_message(
        nora, local_date=date(2026, 11, 24), local_time=TEN, send_at=NOW
    )
    nora.business.time_zone = "Asia/Tokyo"

    save_business(nora.business, changed=["time_zone"], actor=alba, now=NOW)

    message.refresh_from_db()
    assert message.send_at == datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert message.expires_at is None


def next_summer(zone_hour):
    return datetime(2029, 7, 2, zone_hour, tzinfo=UTC)


def test_a_country_that_changes_its_clocks_moves_what_waits(nora):
    rule = {"local_date": date(2029, 7, 2), "local_time": TEN}
    moved = make_message(
        nora,
        **rule,
        send_at=next_summer(9),
        expires_at=next_summer(9) + timedelta(hours=72),
    )
    right = make_message(nora, **rule, send_at=next_summer(8))
    held = make_message(nora, **rule, send_at=next_summer(20), reason=Reason.NIGHT)

    counts = (reschedule(), reschedule())

    assert counts == (1, 0)
    for message in (moved, right, held):
        message.refresh_from_db()
    assert moved.send_at == right.send_at == next_summer(8)
    assert moved.expires_at == next_summer(8) + timedelta(hours=72)
    assert held.send_at == next_summer(20)


def test_the_command_says_how_many(nora):
    make_message(
        nora,
        local_date=date(2029, 7, 2),
        local_time=TEN,
        send_at=next_summer(9),
    )
    out = StringIO()

    call_command("reschedule", stdout=out)

    assert out.getvalue() == "1 messages have another instant.\n"


def test_other_hours_let_what_was_held_ask_again(nora, bar_carla):
    later = timezone.now() + timedelta(days=9)
    held = make_message(nora, reason=Reason.SUNDAY, send_at=later)
    of_another_kind = make_message(
        nora, kind="marketing", reason=Reason.SUNDAY, send_at=later
    )
    planned = make_message(nora, send_at=later)

    count = ask_anew(nora.business, channel="email", purpose="survey")

    assert count == 1
    due = Message.objects.filter(send_at__lte=Now()).values_list("pk", flat=True)
    assert list(due) == [held.pk]
    assert {of_another_kind.pk, planned.pk}.isdisjoint(due)


@pytest.mark.parametrize(
    ("zone", "departure", "expected"),
    [
        ("Europe/Oslo", date(2026, 3, 28), "2026-03-29T08:00"),
        ("Europe/Oslo", date(2026, 10, 24), "2026-10-25T09:00"),
        ("Asia/Beirut", date(2026, 3, 28), "2026-03-29T07:00"),
        ("Asia/Beirut", date(2026, 10, 24), "2026-10-25T08:00"),
        ("America/Santiago", date(2026, 9, 5), "2026-09-06T13:00"),
        ("America/Santiago", date(2026, 4, 4), "2026-04-05T14:00"),
        ("Australia/Lord_Howe", date(2026, 10, 3), "2026-10-03T23:00"),
        ("Australia/Lord_Howe", date(2026, 4, 4), "2026-04-04T23:30"),
    ],
)
def test_leaving_on_the_eve_of_a_clock_change_brings_one_message_at_ten(
    casa_alba, zone, departure, expected
):
    make_automation(casa_alba, now=LONG_AGO, delay_days=1, local_time=TEN)
    venue = make_venue(casa_alba, "Annekset", time_zone=zone)
    noon = datetime.combine(departure, time(12), UTC)
    make_visit(
        make_guest(casa_alba, emails=("nora@post.no",)),
        venue=venue,
        kind=Visit.Kind.STAY,
        arrival_date=departure - timedelta(days=2),
        now=noon,
    )

    reschedule()

    message = Message.objects.get()
    assert message.send_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
