import random
from datetime import date, timedelta

import pytest

from crm.tenancy.models import Staff
from customers.lists import asked_visits
from customers.lists.asked_visits import VISIT_ORDERS, AskedVisits, VisitFilters
from customers.lists.guest_filter_form import source_key
from customers.models import Guest, Visit
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("morning")

VISITS = "/casa-alba/visits/"
State = Visit.State


@pytest.fixture
def house(casa_alba, bar_carla):
    """A few dozen visits with a bit of everything, and some that are nobody's business."""
    dice = random.Random(11)
    brygga = make_venue(casa_alba, "Brygga")
    venues = [casa_alba.venues.get(name="Hotellet"), brygga]
    guests = [make_guest(casa_alba, f"Gjest {number}") for number in range(6)]
    for _number in range(40):
        make_visit(
            dice.choice(guests),
            state=dice.choice([State.BOOKED, State.COMPLETED, State.CANCELLED]),
            kind=dice.choice(["stay", "table"]),
            venue=dice.choice(venues),
            arrival_date=TODAY - timedelta(days=dice.randrange(-20, 60)),
            nights=dice.randrange(3),
            spend=dice.randrange(4) * 50_000,
            label=dice.choice(["", "204", "Room 20", "Bord 4"]),
            source=dice.choice(["", "web", "a friend"]),
            is_employer_paid=dice.random() < 0.3,
        )
    gone = make_guest(casa_alba, "Gone Gjest")
    make_visit(gone, arrival_date=TODAY - timedelta(days=5))
    Guest.objects.filter(pk=gone.pk).update(erased_at=NOW)
    make_visit(make_guest(bar_carla, "Olaf Vik"))
    return casa_alba


FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
ASKED = {
    "nothing": ({}, lambda visit: True),
    "state": ({"state": "booked"}, lambda visit: visit.state == "booked"),
    "kind": ({"kind": "table"}, lambda visit: visit.kind == "table"),
    "first day": ({"first_day": FIRST}, lambda visit: visit.arrival_date >= FIRST),
    "last day": ({"last_day": TODAY}, lambda visit: visit.arrival_date <= TODAY),
    "source": ({"source": "web"}, lambda visit: visit.source == "web"),
    "employer": ({"employer": True}, lambda visit: visit.is_employer_paid),
    "spend": ({"spend": 50_000}, lambda visit: visit.spend >= 50_000),
    "label": ({"label": "20"}, lambda visit: "20" in visit.label),
    "label, any case": ({"label": "ROOM"}, lambda visit: "Room" in visit.label),
    "several": (
        {"state": "completed", "first_day": FIRST, "last_day": LAST, "kind": "stay"},
        lambda visit: (
            visit.state == "completed"
            and FIRST <= visit.arrival_date <= LAST
            and visit.kind == "stay"
        ),
    ),
}


def everything(business):
    return list(Visit.objects.filter(business=business, guest__erased_at=None))


def walk(question, size=4):
    ids, after = [], None
    while True:
        visits, after = question.page(after=after, size=size)
        ids += [visit.pk for visit in visits]
        if after is None:
            return ids


def test_each_filter_finds_just_what_a_plain_reader_finds(house):
    visits = everything(house)
    expected = {
        name: sorted(visit.pk for visit in visits if fits(visit))
        for name, (_filters, fits) in ASKED.items()
    }

    found = {
        name: walk(AskedVisits(business=house, filters=VisitFilters(**filters)))
        for name, (filters, _fits) in ASKED.items()
    }

    assert {name: sorted(ids) for name, ids in found.items()} == expected
    assert all(expected.values())


def test_labels_are_looked_for_in_visits_where_there_are_too_many(house, monkeypatch):
    question = AskedVisits(business=house, filters=VisitFilters(label="room"))
    expected = walk(question)

    monkeypatch.setattr(asked_visits, "MOST_LABELS", 1)

    assert walk(question) == expected != []


@pytest.mark.parametrize("size", [1, 7, 100])
def test_pages_one_after_the_other_are_the_whole_list_in_every_order(house, size):
    visits = everything(house)
    for order, (_label, column) in VISIT_ORDERS.items():
        whole = sorted(
            visits, key=lambda visit: (getattr(visit, column), visit.pk), reverse=True
        )
        question = AskedVisits(business=house, filters=VisitFilters(), order=order)

        assert walk(question, size=size) == [visit.pk for visit in whole]


def listed(response):
    return [visit.arrival_date for visit, _cells in response.context["lines"]]


@pytest.fixture
def visits(casa_alba):
    nora = make_guest(casa_alba, "Nora Vik")
    days = [TODAY, date(2026, 11, 1), date(2026, 10, 31), date(2025, 12, 31)]
    return [make_visit(nora, arrival_date=day, nights=1) for day in days]


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ({}, [TODAY, date(2026, 11, 1)]),
        ({"period": "last"}, [date(2026, 10, 31)]),
        ({"period": "coming"}, [TODAY]),
        ({"period": "year"}, [TODAY, date(2026, 11, 1), date(2026, 10, 31)]),
        ({"last_day": "2026-01-01"}, [date(2025, 12, 31)]),
        ({"period": "x", "state": "x", "spend": "much"}, [TODAY, date(2026, 11, 1)]),
        ({"first_day": "x", "venue": "x", "after": "x", "order": "x"},
         [TODAY, date(2026, 11, 1)]),
    ],
)  # fmt: skip
def test_this_month_unless_another_time_is_asked_for(as_alba, visits, words, days):
    assert listed(as_alba.get(VISITS, words)) == days


def test_filters_in_words_and_where_to_go_without_them(as_alba, casa_alba):
    make_venue(casa_alba, "Brygga")
    nora = make_guest(casa_alba, "Nora Vik")
    visit = make_visit(nora, label="204", source="a friend", is_employer_paid=True)
    words = {
        "state": "completed",
        "kind": "stay",
        "venue": str(visit.venue.uuid),
        "source": source_key("a friend"),
        "q": "20",
        "spend": "1 000",
        "employer": "on",
    }

    response = as_alba.get(VISITS, words)

    assert [text for text, _url in response.context["chips"]] == [
        "stay",
        "completed",
        "at Hotellet",
        "booked through “a friend”",
        "in room or at table “20”",
        "of at least 1\u202f000\xa0kr",
        "paid by an employer",
    ]
    assert len(listed(response)) == 1


def test_who_works_in_one_house_sees_its_visits_only(client, casa_alba):
    ida = make_user()
    staff = make_staff(casa_alba, ida, Staff.Role.STAFF)
    brygga = make_venue(casa_alba, "Brygga")
    staff.venues.set([brygga])
    nora = make_guest(casa_alba, "Nora Vik")
    hotel = make_visit(nora).venue
    make_visit(nora, venue=brygga, arrival_date=TODAY)
    client.force_login(ida)

    assert listed(client.get(VISITS)) == [TODAY]
    assert listed(client.get(VISITS, {"venue": hotel.uuid})) == [TODAY]
    assert "Hotellet" not in client.get(VISITS).text


def test_rows_lead_to_the_guest_and_to_the_visit(as_alba, casa_alba):
    visit = make_visit(make_guest(casa_alba, "Nora Vik"))

    page = as_alba.get(VISITS).text

    assert f'href="/casa-alba/guests/{visit.guest.uuid}/"' in page
    assert f'href="/casa-alba/visits/{visit.uuid}/edit/"' in page


def test_nothing_found_says_what_to_leave_out(as_alba, casa_alba):
    make_visit(make_guest(casa_alba, "Nora Vik"))

    response = as_alba.get(VISITS, {"state": "cancelled"})

    assert response.context["loosened"] == [("cancelled", "1 visit", VISITS)]
    assert response.context["any_time_url"] == f"{VISITS}?state=cancelled&period=any"


def test_the_list_changes_in_place_and_the_address_with_it(as_alba, visits):
    response = as_alba.get(
        VISITS,
        {"state": "completed", "venue": "", "period": ""},
        headers={"HX-Request": "true", "HX-Target": "results"},
    )

    assert response.headers["HX-Push-Url"] == f"{VISITS}?state=completed"
    assert "<html" not in response.text


def test_columns_of_visits_are_their_own(as_alba, casa_alba, alba, visits):
    as_alba.post("/casa-alba/guests/columns/", {"column": ["city"]})
    as_alba.post(f"{VISITS}columns/", {"column": ["spend", "x"]})

    cells = as_alba.get(VISITS).context["lines"][0][1]

    assert [cell.key for cell in cells] == ["spend"]
    assert casa_alba.staff.get(user=alba).shown_columns == {
        "guests": ["city"],
        "visits": ["spend"],
    }


@pytest.mark.parametrize("query", ["", "?order=spend", "?q=2&period=any"])
def test_the_list_costs_the_same_for_one_visit_and_for_many(as_alba, casa_alba, query):
    def add(name):
        booker = make_guest(casa_alba, f"{name} AS")
        guest = make_guest(casa_alba, name, company=f"{name} AS")
        make_visit(guest, booker=booker, label="204")

    add("Nora Vik")
    for_one = count_queries(as_alba, f"{VISITS}{query}")
    for name in ("Per Vik", "Olaf Vik", "Ida Vik"):
        add(name)

    assert count_queries(as_alba, f"{VISITS}{query}") == for_one <= 12
