from datetime import timedelta

import pytest
import time_machine

from crm.tenancy.models import Staff
from customers.models import LinePair
from customers.visiting.next_visits import answer_no
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)

COMING_AGAIN = "/casa-alba/return/coming-again/"
GOING_TOGETHER = "/casa-alba/return/going-together/"


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba)


def leave(guest, *, asked, departures, **fields):
    for number in range(departures):
        visit = make_visit(
            guest, arrival_date=TODAY - timedelta(days=1), nights=1, **fields
        )
        if number < asked:
            answer_no(visit, actor=None, now=NOW)


def text_of(client, url):
    page = client.get(url).content.decode()
    return " ".join(page.replace("\xa0", " ").split())


def test_the_share_asked_stands_in_a_sentence_with_its_interval(as_alba, nora):
    leave(nora, asked=81, departures=263)

    page = text_of(as_alba, COMING_AGAIN)

    assert "At 81 of 263 departures the guest was asked: <b>31 %</b> (26–37 %)." in page
    assert "Week 47, 2026" in page


def test_few_departures_have_counts_and_no_share(as_alba, nora):
    leave(nora, asked=3, departures=9)

    page = text_of(as_alba, COMING_AGAIN)

    assert "9 guests have left, and 3 were asked: too few to say." in page
    assert "33 %" not in page


def test_a_venue_can_be_chosen(as_alba, casa_alba, nora):
    inn = make_venue(casa_alba, "Kroa")
    leave(nora, asked=0, departures=4)
    leave(nora, asked=2, departures=3, venue=inn)

    context = as_alba.get(COMING_AGAIN, {"venue": inn.uuid}).context

    offers = context["offers"]
    assert (offers.departures, offers.asked.hits) == (3, 2)
    assert context["venues"] == []


def test_without_departures_the_page_says_so(as_alba):
    assert "Nobody has left in this period" in text_of(as_alba, COMING_AGAIN)


def make_pair(business, name, with_name, both, *, one=81):
    LinePair.objects.create(
        business=business, key=name.casefold(), with_key=with_name.casefold(),
        name=name, with_name=with_name, visits=181, visits_with_key=one,
        visits_with_other=46, visits_with_both=both, counted_at=NOW,
    )  # fmt: skip


def test_pairs_stand_with_their_counts_the_surest_first(as_alba, casa_alba, bar_carla):
    make_pair(casa_alba, "Menu", "Dessert", 34)
    make_pair(casa_alba, "Menu", "Cheese", 44)
    make_pair(bar_carla, "Beer", "Nuts", 44)

    page = text_of(as_alba, GOING_TOGETHER)

    assert page.index("Cheese") < page.index("Dessert")
    assert "34 of 81" in page
    assert "12 of 100" in page
    assert "1.7 ×" in page
    assert "Nuts" not in page


def test_small_numbers_are_said_to_be_small(as_alba, casa_alba):
    make_pair(casa_alba, "Menu", "Dessert", 20, one=22)

    page = text_of(as_alba, GOING_TOGETHER)

    assert '20 of 22 <span class="quiet small">few</span>' in page


def test_without_pairs_the_page_says_what_it_takes(as_alba):
    page = text_of(as_alba, GOING_TOGETHER)

    assert "Nothing goes together clearly yet" in page
    assert "It takes 20 visits with both things." in page


def test_a_viewer_is_shown_no_way_to_what_goes_together(client, casa_alba):
    viewer = make_user()
    make_staff(casa_alba, viewer, Staff.Role.VIEWER)
    client.force_login(viewer)

    page = text_of(client, COMING_AGAIN)

    assert GOING_TOGETHER not in page


def test_both_pages_cost_the_same_whatever_there_is(
    as_alba, nora, django_assert_max_num_queries
):
    leave(nora, asked=5, departures=20)
    for number in range(30):
        make_pair(nora.business, f"Thing {number}", "Dessert", 34)

    for url in (COMING_AGAIN, GOING_TOGETHER):
        with django_assert_max_num_queries(12):
            as_alba.get(url)
