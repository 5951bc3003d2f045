import re
from datetime import time, timedelta

import pytest

from crm.tenancy.models import Staff, Venue
from customers.models import Visit
from tests.factories import (
    TODAY,
    make_business,
    make_guest,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("morning")

State = Visit.State
PAGE = "/casa-alba/today/"


def words_of(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def names_of(response):
    return [
        card.visit.guest.display_name
        for group in response.context["groups"]
        for card in group.cards
    ]


def arriving(guest, **fields):
    return make_visit(guest, state=State.BOOKED, arrival_date=TODAY, **fields)


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Staff.Role.VIEWER, "/casa-alba/return/"),
        (Staff.Role.STAFF, PAGE),
        (Staff.Role.OWNER, PAGE),
    ],
)
def test_the_front_door_leads_where_the_work_is(client, casa_alba, role, page):
    user = make_user()
    make_staff(casa_alba, user, role)
    client.force_login(user)

    assert client.get("/casa-alba/").url == page


def test_a_card_says_who_comes_and_what_to_know(as_alba, casa_alba):
    nora = make_guest(
        casa_alba,
        "Nora Østby",
        birthday_day=24,
        birthday_month=11,
        is_vip=True,
        company="Nordvind AS",
    )
    make_visit(nora, arrival_date=TODAY - timedelta(days=50))
    booker = make_guest(casa_alba, "Olaf Vik")
    arriving(
        nora,
        label="Room 204",
        arrival_time=time(16),
        party_size=2,
        is_employer_paid=True,
        booker=booker,
    )

    words = words_of(as_alba.get(PAGE))

    facts = [
        "Sunday 22 November",
        "1 arrives",
        "Nora Østby",
        "Room 204",
        "2 nights",
        "2 people",
        "about 16:00",
        "Nordvind AS pays",
        "booked by Olaf Vik",
        "VIP",
        "2nd visit",
        "Birthday Tue 24 Nov",
        "Ask for an email or a phone number",
    ]
    assert [fact for fact in facts if fact not in words] == []


def test_staff_of_one_venue_see_its_guests_and_no_others(client, casa_alba):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    user = make_user()
    make_staff(casa_alba, user, Staff.Role.STAFF).venues.add(inn)
    client.force_login(user)
    arriving(make_guest(casa_alba, "At Hotel"))
    arriving(make_guest(casa_alba, "At Inn"), venue=inn)

    assert names_of(client.get(PAGE)) == ["At Inn"]


def test_one_of_several_venues_can_be_chosen_and_not_a_strangers(
    as_alba, casa_alba, bar_carla
):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    arriving(make_guest(casa_alba, "At Hotel"))
    arriving(make_guest(casa_alba, "At Inn"), venue=inn)
    hers = bar_carla.venues.get()

    chosen = names_of(as_alba.get(PAGE, {"venue": inn.uuid}))
    strangers = names_of(as_alba.get(PAGE, {"venue": hers.uuid}))

    assert (chosen, strangers) == (["At Inn"], ["At Hotel", "At Inn"])


def test_tomorrow_has_no_buttons(as_alba, nora):
    make_visit(nora, state=State.BOOKED, arrival_date=TODAY + timedelta(days=1))

    page = as_alba.get(PAGE, {"day": "2026-11-23"}).content.decode()

    assert "Nora Østby" in page
    assert "/arrive/" not in page


@pytest.mark.parametrize(
    "query",
    ["?day=yesterday", "?day=0001-01-01", "?day=9999-12-31", "?day=2026-02-31",
     "?day=", "?venue=kitchen", "?venue=%00"],
)  # fmt: skip
def test_a_day_that_does_not_exist_is_today(as_alba, nora, query):
    arriving(nora)

    response = as_alba.get(f"{PAGE}{query}")

    assert (response.context["asked"].day, names_of(response)) == (
        TODAY,
        ["Nora Østby"],
    )


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Pacific/Kiritimati", TODAY), ("Pacific/Pago_Pago", TODAY - timedelta(days=1))],
)
def test_the_day_is_the_one_on_the_wall_of_the_house(client, db, zone, day):
    user = make_user()
    make_staff(make_business("Far Away", slug="far-away", time_zone=zone), user)
    client.force_login(user)

    response = client.get("/far-away/today/")

    assert response.context["asked"].day == day


def test_an_empty_day_says_so(as_alba, casa_alba):
    assert "A quiet day so far" in words_of(as_alba.get(PAGE))


def test_today_costs_the_same_for_one_visit_and_for_many(as_alba, casa_alba):
    arriving(make_guest(casa_alba, "Nora Østby"))
    for_one = count_queries(as_alba, PAGE)

    for number, state in enumerate(State.values * 3):
        guest = make_guest(casa_alba, f"Gjest {number}", is_vip=True)
        make_visit(guest, state=state, arrival_date=TODAY, nights=number % 3)
    for_many = count_queries(as_alba, PAGE)

    assert for_many == for_one <= 14
