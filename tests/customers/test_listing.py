from datetime import timedelta

import pytest

from customers import listing
from customers.listing import by_name, latest_first
from customers.models import Guest
from tests.factories import NOW, TODAY, make_guest, make_visit


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)


def all_pages(order, business):
    pages, after = [], None
    while True:
        stretch = order(business, after=after)
        pages.append([guest.display_name for guest in stretch.guests])
        after = stretch.next_after
        if after is None:
            return pages


def been_here(business, name, days_ago):
    guest = make_guest(business, name)
    make_visit(guest, arrival_date=TODAY - timedelta(days=days_ago), nights=1)
    return guest


@pytest.mark.usefixtures("small_pages")
def test_last_here_comes_first_and_who_never_was_comes_last(casa_alba):
    make_guest(casa_alba, "Never Old")
    been_here(casa_alba, "Long Ago", 300)
    been_here(casa_alba, "Same Day", 9)
    been_here(casa_alba, "Same Too", 9)
    make_guest(casa_alba, "Never New")

    assert all_pages(latest_first, casa_alba) == [
        ["Same Too", "Same Day"],
        ["Long Ago", "Never New"],
        ["Never Old"],
    ]


@pytest.mark.usefixtures("small_pages")
def test_a_page_that_ends_where_visits_end_leads_on_to_the_others(casa_alba):
    been_here(casa_alba, "First", 1)
    been_here(casa_alba, "Second", 2)
    make_guest(casa_alba, "Never")

    assert all_pages(latest_first, casa_alba) == [["First", "Second"], ["Never"]]


@pytest.mark.usefixtures("small_pages")
def test_by_name_in_the_alphabet_of_the_house_namesakes_included(casa_alba):
    for name in ("Per Åsen", "Per Berg", "Per Berg", "Per Ødegård", "Per Alm"):
        make_guest(casa_alba, name)

    assert all_pages(by_name, casa_alba) == [
        ["Per Alm", "Per Berg"],
        ["Per Berg", "Per Ødegård"],
        ["Per Åsen"],
    ]


@pytest.mark.parametrize("order", [latest_first, by_name])
def test_strangers_and_the_forgotten_are_not_listed(casa_alba, bar_carla, order):
    been_here(bar_carla, "Olaf Vik", 1)
    forgotten = been_here(casa_alba, "Nora Vik", 1)
    Guest.objects.filter(pk=forgotten.pk).update(erased_at=NOW)

    assert all_pages(order, casa_alba) == [[]]


@pytest.mark.parametrize("order", [latest_first, by_name])
def test_a_place_in_another_house_begins_at_the_start(casa_alba, bar_carla, order):
    hers = been_here(bar_carla, "Olaf Vik", 1)
    been_here(casa_alba, "Nora Vik", 1)

    stretch = order(casa_alba, after=hers.uuid)

    assert [guest.display_name for guest in stretch.guests] == ["Nora Vik"]
