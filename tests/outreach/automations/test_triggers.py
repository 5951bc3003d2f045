from datetime import UTC, date, datetime, timedelta

import pytest

from customers.models import Import, Segment, Visit
from customers.visits import arrive, cancel, depart
from outreach.automations.planning import plan_due, plan_visit
from outreach.automations.triggers import CALM
from outreach.deciding.decision import Reason
from outreach.models import Message
from tests.factories import NOW, TEN, make_guest, make_visit
from tests.outreach.builders import make_automation
from tests.outreach.sms.builders import make_sms_account

Status = Message.Status
State = Visit.State
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def make_rule(business, trigger, **fields):
    fields = {"survey": None, "channels": ["email"]} | fields
    return make_automation(business, now=LONG_AGO, trigger=trigger, **fields)


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, emails=("nora@post.no",))


def make_booking(guest, **fields):
    fields = {"arrival_date": date(2026, 12, 24), "nights": 3} | fields
    return make_visit(guest, state=State.BOOKED, **fields)


def test_a_booking_is_confirmed_once_it_is_calm(casa_alba, nora):
    make_rule(casa_alba, "booked")

    visit = make_booking(nora)

    assert Message.objects.get().send_at == visit.updated_at + CALM


def test_before_arrival_counts_back_from_it(casa_alba, nora):
    make_rule(casa_alba, "before_arrival", number=7, local_time=TEN)

    make_booking(nora)

    message = Message.objects.get()
    assert message.send_at == datetime(2026, 12, 17, 9, tzinfo=UTC)
    assert (message.local_date, message.local_time) == (date(2026, 12, 17), TEN)


def test_a_late_booking_hears_at_once_and_once(casa_alba, nora):
    make_rule(casa_alba, "before_arrival", number=7, local_time=TEN)

    visit = make_booking(nora, arrival_date=(NOW + timedelta(days=2)).date())
    plan_visit(visit, now=NOW + timedelta(hours=1))
    plan_due(now=NOW + timedelta(hours=1))

    message = Message.objects.get()
    assert message.send_at == visit.updated_at + CALM
    assert message.local_time is None


def test_what_is_said_before_arrival_goes_to_the_booker(casa_alba, nora):
    make_rule(casa_alba, "before_arrival", number=7, local_time=TEN)
    bo = make_guest(casa_alba, "Bo Booker", emails=("bo@post.no",))

    make_booking(nora, booker=bo)

    assert Message.objects.get().guest == bo


def test_thanks_go_to_the_guest_who_came(casa_alba, nora):
    make_rule(casa_alba, "completed")
    bo = make_guest(casa_alba, "Bo Booker", emails=("bo@post.no",))

    make_visit(nora, booker=bo)

    assert Message.objects.get().guest == nora


def test_a_cancelled_booking_calls_off_what_was_to_be_said_before_it(casa_alba, nora):
    make_rule(casa_alba, "before_arrival", number=7, local_time=TEN)
    visit = make_booking(nora)

    cancel(visit, actor=None, now=NOW)

    message = Message.objects.get()
    assert (message.status, message.reason) == (Status.CANCELLED, Reason.VISIT_CHANGED)


def test_a_cancelled_booking_is_answered_when_it_is_calm(casa_alba, nora):
    make_rule(casa_alba, "cancelled")
    visit = make_booking(nora)

    cancel(visit, actor=None, now=NOW)

    assert Message.objects.get().send_at == NOW + CALM


def test_the_question_in_the_house_goes_after_so_many_nights(casa_alba, nora):
    make_rule(casa_alba, "in_house", number=1, local_time=TEN)
    visit = make_booking(nora, arrival_date=NOW.date())

    arrive(visit, actor=None, now=NOW)
    arrived = Message.objects.get()
    depart(visit, actor=None, now=NOW)
    left = Message.objects.get()

    assert arrived.local_date == NOW.date() + timedelta(days=1)
    assert (left.status, left.reason) == (Status.CANCELLED, Reason.VISIT_CHANGED)


def test_who_leaves_before_is_not_asked_in_the_house(casa_alba, nora):
    make_rule(casa_alba, "in_house", number=3, local_time=TEN)
    visit = make_booking(nora, arrival_date=NOW.date(), nights=3)

    arrive(visit, actor=None, now=NOW)

    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("trigger", "number", "planned"),
    [("first_visit", None, [0]), ("nth_visit", 2, [1]), ("nth_visit", 5, [])],
)
def test_the_number_of_the_visit_counts(casa_alba, nora, trigger, number, planned):
    make_rule(casa_alba, trigger, number=number)
    days = (date(2026, 11, 19), date(2026, 11, 21))

    visits = [make_visit(nora, arrival_date=day, nights=1) for day in days]

    assert [visits.index(one.visit) for one in Message.objects.all()] == planned


@pytest.mark.parametrize("trigger", ["booked", "before_arrival", "no_show"])
def test_what_an_import_brought_triggers_nothing(casa_alba, nora, trigger):

    make_rule(casa_alba, trigger, number=7)
    state = State.NO_SHOW if trigger == "no_show" else State.BOOKED
    visit = make_visit(nora, arrival_date=date(2026, 12, 24), state=state)
    Message.objects.all().delete()
    visit.came_by = Import.objects.create(
        business=casa_alba, kind="visits", file_name="old.csv", created_at=NOW
    )
    visit.save(update_fields=["came_by"])

    plan_visit(visit, now=NOW)

    assert not Message.objects.exists()


def test_the_first_channel_that_reaches_the_guest_is_taken(casa_alba):
    make_sms_account(casa_alba)
    automation = make_rule(casa_alba, "booked", channels=["email", "sms"])
    automation.template.purpose = "service"
    automation.template.save(update_fields=["purpose"])
    by_mail = make_guest(casa_alba, emails=("a@post.no",), phones=("+4740612345",))
    by_phone = make_guest(casa_alba, phones=("+4740612346",))
    nowhere = make_guest(casa_alba)

    for guest in (by_mail, by_phone, nowhere):
        make_booking(guest)

    channels = Message.objects.order_by("pk").values_list("channel", flat=True)
    assert list(channels) == ["email", "sms", "email"]


def test_switching_on_leaves_a_day_that_is_past_alone(casa_alba, nora):
    make_booking(nora, arrival_date=date(2026, 11, 25), now=LONG_AGO)
    make_booking(nora, arrival_date=date(2026, 12, 5), now=LONG_AGO)
    automation = make_rule(casa_alba, "before_arrival", number=7, local_time=TEN)
    automation.activated_at = NOW
    automation.save(update_fields=["activated_at"])

    plan_due(now=NOW)

    assert [one.local_date for one in Message.objects.all()] == [date(2026, 11, 28)]


def make_segment(business, rules):
    return Segment.objects.create(
        business=business, name="Swedes", rules=rules, created_at=NOW, updated_at=NOW
    )


def test_only_guests_of_the_segment_are_written_to(casa_alba):
    swedes = make_segment(
        casa_alba,
        {"all": [{"field": "guest.country", "is": "one_of", "value": ["SE"]}]},
    )
    make_rule(casa_alba, "booked", segment=swedes)
    make_rule(casa_alba, "birthday", segment=swedes, planned_on=date(2026, 11, 21))
    day = {"birthday_day": 22, "birthday_month": 11}
    anna = make_guest(casa_alba, "Anna", country="SE", **day)
    kari = make_guest(casa_alba, "Kari", country="NO", **day)

    for guest in (anna, kari):
        make_booking(guest)
    plan_due(now=NOW)

    assert [one.guest for one in Message.objects.all()] == [anna, anna]


def test_a_segment_that_makes_no_sense_is_nobody(casa_alba, nora):
    broken = make_segment(
        casa_alba,
        {"all": [{"field": "guest.shoe_size", "is": "one_of", "value": ["42"]}]},
    )
    make_rule(casa_alba, "booked", segment=broken)

    make_booking(nora)
    plan_due(now=NOW + timedelta(hours=1))

    assert not Message.objects.exists()


def test_without_a_provider_nobody_is_written_to_by_sms(casa_alba):
    make_rule(casa_alba, "booked", channels=["sms", "email"])
    guest = make_guest(casa_alba, emails=("a@post.no",), phones=("+4740612345",))

    make_booking(guest)

    assert Message.objects.get().channel == "email"
