from datetime import timedelta

import pytest

from crm.audit.models import Event
from customers.consent import consent_states
from customers.models import Suppression
from customers.privacy.erasure import erase_guest
from customers.suppressions import suppress
from outreach.deciding.decision import Block, Reason, decide
from outreach.deciding.facts import load_facts
from outreach.preferences.stopped import (
    NotClosed,
    UnreadableAddress,
    close_by_hand,
    open_again,
    read_address,
    stops_of,
)
from tests.factories import NOW, allow, make_guest
from tests.outreach.builders import make_message

LIST = "/casa-alba/outreach/stopped/"


@pytest.fixture
def nora(casa_alba):
    guest = make_guest(casa_alba, emails=("nora@post.no",), phones=("+47 406 12 345",))
    allow(guest)
    return guest


def stop(guest, *, reason="unsubscribed", scope="all", channel="email", now=NOW):
    point = guest.contact_points.get(kind="email" if channel == "email" else "phone")
    suppress(
        business=guest.business,
        channel=channel,
        fingerprint=point.fingerprint,
        scope=scope,
        reason=reason,
        now=now,
    )
    return Suppression.objects.latest("pk")


def test_an_address_closed_by_hand_gets_nothing(nora, as_alba, alba):
    message = make_message(nora)

    answer = as_alba.post(
        f"{LIST}new/", {"address": " Nora@POST.no ", "scope": "all"}, follow=True
    )

    assert "It is left alone from now on." in answer.text
    assert decide(load_facts([message])[message.pk], NOW) == Block(Reason.SUPPRESSED)
    event = Event.objects.get(object_type="customers.suppression")
    assert (event.action, event.actor, event.fields) == ("closed", alba, [])


def test_closing_twice_is_once(nora, alba):
    for minutes in (0, 1):
        close_by_hand(
            nora.business,
            "40612345",
            scope="marketing",
            actor=alba,
            now=NOW + timedelta(minutes=minutes),
        )

    closed = Suppression.objects.get()
    assert (closed.channel, closed.created_at) == ("sms", NOW)
    assert Event.objects.filter(object_type="customers.suppression").count() == 1


@pytest.mark.parametrize("typed", ["nora", "@", "12", "nora@", "x" * 300, "\0@a.no"])
def test_what_is_no_address_is_said_so(casa_alba, as_alba, typed):
    answer = as_alba.post(f"{LIST}new/", {"address": typed, "scope": "all"})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Suppression.objects.exists()


def test_a_number_is_read_as_one_of_the_houses_country(casa_alba):
    assert read_address(casa_alba, "406 12 345") == read_address(
        casa_alba, "+47 40612345"
    )
    with pytest.raises(UnreadableAddress):
        read_address(casa_alba, "four")


def test_the_list_says_who_what_why_and_since_when(nora, as_alba):
    make_message(nora)
    stop(nora, reason="bounced")

    page = as_alba.get(LIST)

    assert [(row.reason, guest) for row, guest in page.context["stops"]] == [
        ("bounced", nora)
    ]
    assert "The address does not exist" in page.text


def test_the_list_can_be_narrowed(nora, as_alba):
    stop(nora, reason="bounced")
    sms = stop(nora, channel="sms")

    shown = as_alba.get(f"{LIST}?channel=sms&reason=unsubscribed").context["stops"]
    nonsense = as_alba.get(f"{LIST}?channel=zzz&page=x").context["stops"]

    assert [row for row, _guest in shown] == [sms]
    assert len(nonsense) == 2


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_for_one_and_many(
    casa_alba, as_alba, count, django_assert_num_queries
):
    for number in range(count):
        guest = make_guest(casa_alba, emails=(f"guest{number}@post.no",))
        make_message(guest)
        stop(guest)

    with django_assert_num_queries(6):
        as_alba.get(LIST)


def test_an_address_is_looked_up_without_standing_in_a_web_address(nora, as_alba):
    past = stop(nora, scope="survey")
    Suppression.objects.update(lifted_at=NOW)
    present = stop(nora, scope="all")
    stop(nora, channel="sms")

    found = as_alba.post(LIST, {"address": "NORA@post.no"})
    nothing = as_alba.post(LIST, {"address": "per@post.no"})

    assert [row for row, _guest in found.context["stops"]] == [present, past]
    assert "This address is open" in nothing.text


def test_opening_again_keeps_the_history_and_says_who_and_why(nora, as_alba, alba):
    closed = stop(nora, reason="bounced")

    page = as_alba.get(f"{LIST}{closed.pk}/open/")
    answer = as_alba.post(f"{LIST}{closed.pk}/open/", {"why": "works"}, follow=True)

    closed.refresh_from_db()
    assert "Write to this address again?" in page.text
    assert "It is open again." in answer.text
    assert (closed.lifted_at is None, closed.lifted_by) == (False, alba)
    event = Event.objects.get(object_type="customers.suppression")
    assert (event.action, event.fields) == ("reopened", ["works"])


def test_opening_asks_for_a_reason(nora, as_alba):
    closed = stop(nora)

    answer = as_alba.post(f"{LIST}{closed.pk}/open/", {"why": "just so"})

    assert answer.context["form"].errors
    assert Suppression.objects.filter(lifted_at=None).count() == 1


def test_an_open_address_is_not_opened_twice(nora, alba):
    closed = stop(nora)
    open_again(closed, why="mistake", actor=alba, now=NOW)

    with pytest.raises(NotClosed):
        open_again(closed, why="mistake", actor=alba, now=NOW)

    assert Event.objects.filter(action="reopened").count() == 1


def test_opening_an_address_is_no_yes(nora, as_alba):
    closed = stop(nora, scope="survey")
    message = make_message(nora, kind="marketing")

    as_alba.post(f"{LIST}{closed.pk}/open/", {"why": "mistake"})

    assert set(consent_states([nora.pk])) == {(nora.pk, "survey", "email")}
    assert decide(load_facts([message])[message.pk], NOW) == Block(Reason.NO_CONSENT)


def test_a_stop_outlives_the_guest(nora, as_alba, alba):
    stop(nora, reason="complained")
    erase_guest(nora, actor=alba, now=NOW)

    found = as_alba.post(LIST, {"address": "nora@post.no"}).context["stops"]

    assert {(row.reason, guest) for row, guest in found} == {("complained", None)}


def test_the_page_of_another_house_is_not_there(nora, client, carla):
    closed = stop(nora)
    client.force_login(carla)

    answer = client.post(
        f"/bar-carla/outreach/stopped/{closed.pk}/open/", {"why": "mistake"}
    )

    assert answer.status_code == 404
    assert Suppression.objects.filter(lifted_at=None).count() == 1


def test_the_guest_page_says_what_is_closed_and_why(nora, as_alba):
    stop(nora, reason="bounced")

    page = as_alba.get(f"/casa-alba/guests/{nora.uuid}/")

    assert [(address, row.reason) for address, row in stops_of(nora)] == [
        ("nora@post.no", "bounced")
    ]
    assert "Closed addresses" in page.text
    assert "The address does not exist" in page.text
