from datetime import time, timedelta

import pytest

from crm.frontdesk.day import build_day
from crm.frontdesk.numbers import day_in_words
from crm.tenancy.models import Venue
from customers.models import Visit
from tests.factories import NOW, TODAY, make_guest, make_venue, make_visit

State = Visit.State
PLACES = ("forgotten", "arriving", "tables", "leaving", "staying", "closed")


def visit(business, name, state, begins, nights=0, **fields):
    return make_visit(
        make_guest(business, name),
        state=state,
        arrival_date=TODAY + timedelta(days=begins),
        nights=nights,
        **fields,
    )


def places(business, *, day=TODAY, venue_ids=()):
    built = build_day(business, day=day, today=TODAY, venue_ids=venue_ids)
    return {
        place: [visit.guest.display_name for visit in getattr(built, place)]
        for place in PLACES
        if getattr(built, place)
    }


@pytest.mark.parametrize(
    ("state", "begins", "nights", "place"),
    [
        (State.BOOKED, 0, 2, "arriving"),
        (State.BOOKED, 1, 2, None),
        (State.BOOKED, -1, 2, "forgotten"),
        (State.BOOKED, -7, 1, "forgotten"),
        (State.BOOKED, -8, 1, None),
        (State.IN_HOUSE, -2, 2, "leaving"),
        (State.IN_HOUSE, -3, 2, "leaving"),
        (State.IN_HOUSE, -90, 2, "leaving"),
        (State.IN_HOUSE, -2, 3, "staying"),
        (State.IN_HOUSE, 0, 1, "staying"),
        (State.COMPLETED, -2, 2, "closed"),
        (State.COMPLETED, -40, 2, None),
        (State.NO_SHOW, 0, 2, "closed"),
        (State.CANCELLED, 0, 2, None),
    ],
)
def test_each_visit_of_today_has_its_place(casa_alba, state, begins, nights, place):
    visit(casa_alba, "Nora Østby", state, begins, nights)

    assert places(casa_alba) == ({place: ["Nora Østby"]} if place else {})


@pytest.mark.parametrize("state", [State.BOOKED, State.IN_HOUSE])
def test_tables_are_together_whether_they_have_come_or_not(casa_alba, state):
    visit(casa_alba, "Nora Østby", state, 0, kind=Visit.Kind.TABLE)

    assert places(casa_alba) == {"tables": ["Nora Østby"]}


def test_who_left_yesterday_is_not_of_today(casa_alba):
    visit(casa_alba, "Nora", State.COMPLETED, -2, 1, now=NOW - timedelta(days=1))

    assert places(casa_alba) == {}


def test_arrivals_are_in_order_of_time_and_then_of_name(casa_alba):
    visit(casa_alba, "No Time", State.BOOKED, 0, 1)
    visit(casa_alba, "Late Åsen", State.BOOKED, 0, 1, arrival_time=time(18))
    visit(casa_alba, "Late Berg", State.BOOKED, 0, 1, arrival_time=time(18))
    visit(casa_alba, "Early Zorn", State.BOOKED, 0, 1, arrival_time=time(12))

    assert places(casa_alba) == {
        "arriving": ["Early Zorn", "Late Berg", "Late Åsen", "No Time"]
    }


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (-2, {"arriving": ["Here Since"], "tables": ["Ate Then"]}),
        (1, {"arriving": ["Comes Soon"], "staying": ["Here Since"]}),
        (2, {"leaving": ["Here Since"], "staying": ["Comes Soon"]}),
        (9, {}),
    ],
)
def test_another_day_shows_what_was_and_what_will_be(casa_alba, day, expected):
    visit(casa_alba, "Here Since", State.IN_HOUSE, -2, 4)
    visit(casa_alba, "Comes Soon", State.BOOKED, 1, 2)
    visit(casa_alba, "Ate Then", State.COMPLETED, -2, kind=Visit.Kind.TABLE)
    visit(casa_alba, "Will Not", State.CANCELLED, 1, 2)

    assert places(casa_alba, day=TODAY + timedelta(days=day)) == expected


def test_a_day_of_some_venues_leaves_the_others_out(casa_alba):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    visit(casa_alba, "At Hotel", State.BOOKED, 0, 1)
    visit(casa_alba, "At Inn", State.BOOKED, 0, 1, venue=inn)

    assert places(casa_alba, venue_ids=[inn.pk]) == {"arriving": ["At Inn"]}


def test_another_house_is_not_shown(casa_alba, bar_carla):
    visit(bar_carla, "Olaf Vik", State.BOOKED, 0, 1)
    visit(bar_carla, "Kari Vik", State.IN_HOUSE, 0, 1)
    visit(bar_carla, "Per Vik", State.COMPLETED, 0, 1)

    assert places(casa_alba) == {}


def test_the_day_is_one_query(casa_alba, django_assert_num_queries):
    for state in State.values:
        visit(casa_alba, "Nora Østby", state, 0, 1)

    with django_assert_num_queries(1):
        day = build_day(casa_alba, day=TODAY, today=TODAY, venue_ids=[])
        names = [(v.guest.display_name, v.venue.name) for v in day.everything]

    assert len(names) == 4


def test_the_day_in_a_sentence(casa_alba):
    for begins, state, nights in (
        (0, State.BOOKED, 1),
        (-1, State.IN_HOUSE, 1),
        (-1, State.IN_HOUSE, 2),
        (-1, State.IN_HOUSE, 3),
    ):
        visit(casa_alba, "Nora Østby", state, begins, nights)
    visit(casa_alba, "Nora Østby", State.BOOKED, 0, kind=Visit.Kind.TABLE)

    day = build_day(casa_alba, day=TODAY, today=TODAY, venue_ids=[])

    assert day_in_words(day) == "1 arrives · 3 in house · 1 leaves · 1 table"


def test_an_empty_day_in_a_sentence(casa_alba):
    day = build_day(casa_alba, day=TODAY, today=TODAY, venue_ids=[])

    assert day_in_words(day) == "Nobody is expected."
