from datetime import time, timedelta

import pytest
from django.utils import timezone

from crm.audit.models import Event
from customers.models import Channel, Purpose
from outreach.accounts.opening_hours import kept_hours
from outreach.deciding.decision import Reason
from outreach.models import SendingHours
from tests.factories import make_guest
from tests.outreach.builders import make_message

HOURS = "/casa-alba/outreach/sending/hours/"


def typed(business, **changes):
    """Return what stands in the form when nobody touched it, with ``changes``."""
    values = {}
    for one in kept_hours(business):
        prefix = f"{one.channel}-{one.purpose}"
        values[f"{prefix}-opens"] = f"{one.row.opens:%H:%M}"
        values[f"{prefix}-closes"] = f"{one.row.closes:%H:%M}"
        for name in ("on_sundays", "on_holidays"):
            if getattr(one.row, name):
                values[f"{prefix}-{name}"] = "on"
    return values | {name.replace("__", "-"): value for name, value in changes.items()}


def rows(business):
    return [
        (row.channel, row.purpose, row.opens, row.closes)
        for row in business.sending_hours.order_by("pk")
    ]


def test_hours_that_nobody_touched_are_not_written_down(as_alba, casa_alba):
    as_alba.post(HOURS, typed(casa_alba))

    assert rows(casa_alba) == []


def test_own_hours_are_kept_and_let_go_of_again(as_alba, casa_alba):
    suggested = typed(casa_alba)

    as_alba.post(
        HOURS, typed(casa_alba, sms__survey__opens="10:00", sms__survey__closes="18:30")
    )
    chosen = rows(casa_alba)
    as_alba.post(HOURS, suggested)

    assert chosen == [("sms", "survey", time(10), time(18, 30))]
    assert rows(casa_alba) == []
    log = Event.objects.filter(object_type="outreach.sendinghours").order_by("pk")
    assert list(log.values_list("action", flat=True)) == ["created", "removed"]


def test_saving_own_hours_again_changes_nothing(as_alba, casa_alba):
    own = typed(casa_alba, email__marketing__opens="11:00")

    as_alba.post(HOURS, own)
    as_alba.post(HOURS, own)

    assert Event.objects.filter(object_type="outreach.sendinghours").count() == 1


@pytest.mark.parametrize(
    ("opens", "closes"),
    [("18:00", "09:00"), ("09:00", "09:00"), ("", "20:00"), ("25:00", "20:00")],
)
def test_hours_that_cannot_be_are_said_so_and_none_is_saved(
    as_alba, casa_alba, opens, closes
):
    page = as_alba.post(
        HOURS,
        typed(
            casa_alba,
            email__service__opens="10:00",
            email__survey__opens=opens,
            email__survey__closes=closes,
        ),
    )

    wrong = [form.kept for form in page.context["forms"].forms if form.errors]
    assert [(one.channel, one.purpose) for one in wrong] == [("email", "survey")]
    assert rows(casa_alba) == []


def test_closing_at_midnight_is_possible(as_alba, casa_alba):
    as_alba.post(
        HOURS,
        typed(casa_alba, sms__service__opens="08:00", sms__service__closes="00:00"),
    )

    assert rows(casa_alba) == [("sms", "service", time(8), time(0))]


def test_what_waits_for_its_hour_asks_again_under_new_hours(as_alba, casa_alba):
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    later = timezone.now() + timedelta(days=1)
    held = make_message(nora, reason=Reason.NIGHT, send_at=later)

    as_alba.post(HOURS, typed(casa_alba, email__survey__opens="06:00"))

    held.refresh_from_db()
    assert held.reason == ""
    assert held.send_at < later


def test_the_overview_says_the_hours_as_people_do(as_alba, casa_alba):
    SendingHours.objects.create(
        business=casa_alba,
        channel=Channel.SMS,
        purpose=Purpose.MARKETING,
        opens=time(10),
        closes=time(18),
        on_sundays=False,
        on_holidays=False,
    )

    page = as_alba.get("/casa-alba/outreach/sending/")

    words = " ".join(page.text.split())
    assert "10:00–18:00" in words
    assert "not on Sundays and public holidays" in words


def test_other_hours_let_what_waits_for_them_ask_again(as_alba, casa_alba):
    nora = make_guest(casa_alba, emails=("nora@post.no",))
    tomorrow = timezone.now() + timedelta(days=1)
    held = make_message(nora, reason=Reason.NIGHT, send_at=tomorrow)

    as_alba.post(HOURS, typed(casa_alba, email__survey__opens="01:00"))

    held.refresh_from_db()
    assert (held.reason, held.send_at < tomorrow) == ("", True)
