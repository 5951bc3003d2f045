import re
from datetime import time, timedelta

import pytest

from crm.tenancy.models import Staff, Venue
from customers.care.promises import settle
from customers.models import Visit
from customers.privacy.erasure import erase_guest
from tests.factories import (
    NOW,
    TODAY,
    make_business,
    make_guest,
    make_line,
    make_note,
    make_policy_step,
    make_preference,
    make_promise,
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
        "Ask for an email address.",
        "Ask for a phone number.",
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


# Who asks, the frame of the page, the log, the venues, the visits, and for each app a
# few: what it says beside the names and on the cards.
MOST_QUERIES = 32


def come(business, numbers):
    """Let guests with all that a card may say come, be here, leave and have left."""
    colleague = business.staff.first().user
    states = [State.BOOKED, State.IN_HOUSE, State.COMPLETED, State.NO_SHOW]
    for number in numbers:
        guest = make_guest(business, f"Gjest {number}", is_vip=True)
        begins = TODAY if number % 4 == 0 else TODAY - timedelta(days=2)
        visit = make_visit(
            guest, state=states[number % 4], arrival_date=begins, nights=2
        )
        make_line(visit, "Fish soup")
        make_preference(guest, wish=f"Wish {number}")
        make_promise(guest, f"Promise {number}", visit=visit)
        make_note(guest, f"Word {number}", is_pinned=True, author=colleague)


def test_today_costs_the_same_for_five_visits_and_for_two_hundred(as_alba, casa_alba):
    make_policy_step(casa_alba)
    come(casa_alba, range(5))
    for_five = count_queries(as_alba, PAGE)

    come(casa_alba, range(5, 200))
    answer = as_alba.get(PAGE)
    for_two_hundred = count_queries(as_alba, PAGE)

    assert len(names_of(answer)) == 200
    assert for_two_hundred == for_five <= MOST_QUERIES


def test_open_promises_are_counted_and_can_be_chosen(as_alba, casa_alba):
    nora = make_guest(casa_alba, "Nora Østby")
    arriving(make_guest(casa_alba, "Olaf Vik"))
    visit = arriving(nora)
    kept = make_promise(nora, "A card from the kitchen", visit=visit)
    make_promise(nora, "A quiet room", visit=visit)
    make_promise(nora, "A window table", visit=visit)
    settle(visit, kept.uuid, outcome="kept", actor=None, now=NOW)

    everything = as_alba.get(PAGE)
    chosen = as_alba.get(PAGE, {"show": "promises"})

    assert "2 arrive · 2 promises still open" in words_of(everything)
    assert names_of(chosen) == ["Nora Østby"]


def test_any_day_can_be_picked(as_alba, casa_alba):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)

    page = as_alba.get(PAGE, {"day": "2026-12-24", "venue": inn.uuid}).content.decode()

    picker = re.search(r'<form class="[^"]*day-picker.*?</form>', page, re.S)[0]
    assert f'action="{PAGE}"' in picker
    assert 'type="date" id="pick-day" name="day" value="2026-12-24"' in picker
    assert f'name="venue" value="{inn.uuid}"' in picker


def test_the_forgotten_are_not_of_today(as_alba, casa_alba, nora):
    make_visit(nora)
    erase_guest(nora, actor=None, now=NOW)

    assert names_of(as_alba.get(PAGE)) == []


def test_a_tap_leads_back_to_what_was_shown(as_alba, casa_alba, nora):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    arriving(nora, venue=inn)

    page = as_alba.get(PAGE, {"venue": inn.uuid, "show": "vip", "find": "nora"})

    back = re.search(r'name="next" value="([^"]*)"', page.content.decode())[1]
    assert back == f"{PAGE}?venue={inn.uuid}&amp;show=vip"


# What is left of 60 kB for the page itself when it is opened for the first time; the
# rest are styles and scripts, which tests/e2e/test_every_page.py weighs along with it.
MOST_BYTES = 15_000


def test_a_morning_with_forty_arrivals_is_light_on_the_way(as_alba, casa_alba):
    make_policy_step(casa_alba)
    for number in range(40):
        guest = make_guest(
            casa_alba,
            f"{GIVEN[number % 8]} {FAMILY[number // 8]}",
            company="Nordvind AS" if number % 5 == 0 else "",
            phones=(f"406 12 {number:03}",),
            is_vip=number % 9 == 0,
        )
        visit = arriving(
            guest, label=f"Room {101 + 7 * number}", arrival_time=time(12 + number % 9)
        )
        if number % 4 == 0:
            make_promise(guest, f"A table for {number}", visit=visit)

    page = as_alba.get(PAGE, headers={"Accept-Encoding": "gzip"})

    assert len(page.context["groups"][0].cards) == 40
    assert len(page.content) < MOST_BYTES


GIVEN = ("Nora", "Øystein", "Ragnhild", "Erik", "Solveig", "Jing", "Brigitte", "Taras")
FAMILY = ("Østby", "Lindqvist", "Schneider", "Kvame", "Shevchenko")
