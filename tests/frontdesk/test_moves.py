import re

import pytest

from customers.models import Visit
from customers.privacy.erasure import erase_guest
from customers.visits import cancel
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)

pytestmark = pytest.mark.usefixtures("morning")

State = Visit.State
HTMX = {"HX-Request": "true"}


@pytest.fixture
def booked(nora):
    return make_visit(nora, state=State.BOOKED, arrival_date=TODAY)


def tap(client, visit, act, **options):
    return client.post(f"/casa-alba/visits/{visit.uuid}/{act}/", **options)


def toasts(page):
    shown = re.sub(r"<template.*?</template>", "", page, flags=re.S)
    return re.findall(r'class="toast[^>]*>.*?<p>(.*?)</p>', shown, re.S)


@pytest.mark.parametrize(
    ("act", "state", "said"),
    [
        ("arrive", State.IN_HOUSE, "Nora Østby has arrived."),
        ("depart", State.COMPLETED, "Nora Østby has left."),
        ("no-show", State.NO_SHOW, "Nora Østby did not come."),
        ("cancel", State.CANCELLED, "The visit of Nora Østby is cancelled."),
    ],
)
def test_one_tap_moves_the_visit_says_so_and_can_be_undone(
    as_alba, alba, booked, act, state, said
):
    page = tap(as_alba, booked, act, follow=True).content.decode()

    booked.refresh_from_db()
    assert (booked.state, toasts(page)) == (state, [said])
    assert booked.business.audit_events.latest("pk").actor == alba
    undo = re.search(r'action="([^"]*/undo/[^"]*)"', page)[1].replace("&amp;", "&")
    as_alba.post(undo)
    booked.refresh_from_db()
    assert booked.state == State.BOOKED


def test_undoing_a_departure_leads_back_in_house(as_alba, nora):
    visit = make_visit(nora, state=State.IN_HOUSE)
    page = tap(as_alba, visit, "depart", follow=True).content.decode()

    undo = re.search(r'action="([^"]*/undo/[^"]*)"', page)[1].replace("&amp;", "&")
    as_alba.post(undo)

    visit.refresh_from_db()
    nora.summary.refresh_from_db()
    assert (visit.state, nora.summary.visits) == (State.IN_HOUSE, 0)


def test_a_second_tap_is_answered_and_offers_no_undo_of_nothing(as_alba, booked):
    tap(as_alba, booked, "arrive")
    as_alba.get("/casa-alba/today/")

    page = tap(as_alba, booked, "arrive", follow=True).content.decode()

    assert toasts(page) == ["Nora Østby has arrived."]
    assert "/undo/" not in page


def test_a_tap_that_comes_too_late_says_why(as_alba, nora):
    visit = make_visit(nora, state=State.CANCELLED)

    page = tap(as_alba, visit, "arrive", follow=True).content.decode()

    assert toasts(page) == ["This visit is “Cancelled” and cannot be changed that way."]


def test_in_the_page_the_card_answers_with_the_numbers_and_a_toast(as_alba, booked):
    response = tap(as_alba, booked, "arrive", headers=HTMX)

    page = response.content.decode()
    assert page.count("<article") == 1
    assert "Nora Østby" in page
    assert "In house" in page
    assert "1 in house" in re.search(r'id="day-numbers"[^>]*>([^<]*)<', page)[1]
    assert toasts(page) == ["Nora Østby has arrived."]
    # What stood where the tap was must not be hit by a second one.
    assert re.findall(r'action="[^"]*/depart/"', page) == []


def test_afterwards_the_page_is_the_one_before(as_alba, booked, nora):
    before = f"/casa-alba/guests/{nora.uuid}/"

    response = tap(as_alba, booked, "arrive", data={"next": before})

    assert response.url == before


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "word", "."],
)
def test_afterwards_leads_to_no_other_site(as_alba, booked, elsewhere):
    response = tap(as_alba, booked, "arrive", data={"next": elsewhere})

    assert response.url == "/casa-alba/today/"


@pytest.mark.parametrize("act", ["arrive", "depart", "no-show", "cancel", "undo"])
def test_looking_moves_nothing(as_alba, booked, act):
    response = as_alba.get(f"/casa-alba/visits/{booked.uuid}/{act}/?to=in_house")

    booked.refresh_from_db()
    assert (response.status_code, booked.state) == (405, State.BOOKED)


@pytest.mark.parametrize("act", ["arrive", "depart", "no-show", "cancel", "undo"])
def test_viewers_move_nothing(client, bruno, booked, act):
    client.force_login(bruno)

    response = client.post(f"/casa-alba/visits/{booked.uuid}/{act}/?to=in_house")

    booked.refresh_from_db()
    assert (response.status_code, booked.state) == (403, State.BOOKED)


@pytest.mark.parametrize("to", ["completed", "cancelled", "", "moon"])
def test_undo_leads_only_back(as_alba, nora, to):
    visit = make_visit(nora, state=State.IN_HOUSE)

    response = as_alba.post(f"/casa-alba/visits/{visit.uuid}/undo/?to={to}")

    visit.refresh_from_db()
    assert (response.status_code, visit.state) == (404, State.IN_HOUSE)


def test_undo_takes_back_the_one_tap_and_not_what_others_tapped_since(as_alba, booked):
    tap(as_alba, booked, "arrive")
    tap(as_alba, booked, "depart")

    late = f"/casa-alba/visits/{booked.uuid}/undo/?to=booked&after=in_house"
    page = as_alba.post(late, follow=True).text

    booked.refresh_from_db()
    assert booked.state == State.COMPLETED
    assert "This visit is “Completed” and cannot be changed that way." in page


def test_staff_of_another_venue_move_nothing(client, casa_alba, booked):
    user = make_user()
    staff = make_staff(casa_alba, user, "staff")
    staff.venues.add(make_venue(casa_alba, "Kroa"))
    client.force_login(user)

    response = tap(client, booked, "arrive")

    booked.refresh_from_db()
    assert (response.status_code, booked.state) == (404, State.BOOKED)


def test_a_name_in_a_toast_is_only_text(as_alba, casa_alba):
    guest = make_guest(casa_alba, "<b>Bobby</b> %(name)s")
    visit = make_visit(guest, state=State.BOOKED, arrival_date=TODAY)

    page = tap(as_alba, visit, "arrive", follow=True).content.decode()

    assert toasts(page) == ["&lt;b&gt;Bobby&lt;/b&gt; %(name)s has arrived."]


@pytest.fixture
def forgotten(as_alba, casa_alba, nora):
    visit = make_visit(nora)
    as_alba.get("/casa-alba/today/")
    erase_guest(nora, actor=None, now=NOW)
    return visit


@pytest.mark.parametrize("act", ["arrive", "depart", "no-show", "cancel"])
def test_a_tap_on_somebody_who_was_forgotten_meanwhile_says_so(as_alba, forgotten, act):
    page = tap(as_alba, forgotten, act, follow=True).content.decode()

    assert toasts(page) == ["This guest has been forgotten meanwhile."]


def test_in_the_page_the_card_of_the_forgotten_leaves(as_alba, forgotten):
    page = tap(as_alba, forgotten, "depart", headers=HTMX).content.decode()

    assert "<article" not in page
    assert toasts(page) == ["This guest has been forgotten meanwhile."]


def test_the_forgotten_of_another_house_do_not_exist(client, carla, forgotten):
    client.force_login(carla)

    answers = [
        client.post(f"/{slug}/visits/{forgotten.uuid}/depart/").status_code
        for slug in ("casa-alba", "bar-carla")
    ]

    assert answers == [404, 404]


def test_a_card_that_a_colleague_moved_is_shown_as_it_is(as_alba, booked):
    cancel(booked, actor=None, now=NOW)

    page = tap(as_alba, booked, "arrive", headers=HTMX).content.decode()

    assert toasts(page) == ["This visit is “Cancelled” and cannot be changed that way."]
    assert "Cancelled" in re.search(r"<article.*?</article>", page, re.S)[0]
