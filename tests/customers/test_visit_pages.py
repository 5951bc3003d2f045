from datetime import date, time, timedelta

import pytest

from crm.tenancy.models import Staff, Venue
from customers.models import Visit
from tests.factories import (
    TODAY,
    make_guest,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)

pytestmark = pytest.mark.usefixtures("morning")

State = Visit.State
NOT_A_VENUE = "This is not one of your venues, or it is closed."


@pytest.fixture
def hotel(casa_alba):
    return casa_alba.venues.get()


@pytest.fixture
def url(nora):
    return f"/casa-alba/guests/{nora.uuid}/visits/new/"


@pytest.fixture
def typed(hotel):
    return {
        "kind": "stay",
        "venue": hotel.pk,
        "state": "booked",
        "arrival_date": "2026-11-22",
        "departure_date": "2026-11-24",
        "arrival_time": "16:00",
        "party_size": "2",
        "spend": "2 340,50",
        "label": "Room 204",
    }


def errors_at(response, field):
    return response.context["form"].errors.get(field, [])


def test_a_visit_is_written_down_as_typed(as_alba, nora, url, typed, hotel):
    response = as_alba.post(url, typed)

    visit = nora.visits.get()
    assert response.url == f"/casa-alba/guests/{nora.uuid}/"
    assert (visit.venue, visit.kind, visit.state, visit.nights) == (
        hotel, "stay", "booked", 2,
    )  # fmt: skip
    assert (visit.spend, visit.party_size, visit.arrival_time, visit.label) == (
        234_050, 2, time(16), "Room 204",
    )  # fmt: skip


@pytest.mark.parametrize("state", State.values)
def test_a_visit_of_today_is_written_down_in_any_state(
    as_alba, nora, url, typed, state
):
    as_alba.post(url, typed | {"state": state})

    assert nora.visits.get().state == state


@pytest.mark.parametrize("kind", ["table", "tour", "event"])
def test_what_is_no_stay_ends_the_day_it_begins(as_alba, nora, url, typed, kind):
    as_alba.post(url, typed | {"kind": kind, "departure_date": ""})

    visit = nora.visits.get()
    assert (visit.kind, visit.departure_date) == (kind, TODAY)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"departure_date": ""}, "departure_date", "When do they leave?"),
        (
            {"departure_date": "2026-11-21"},
            "departure_date",
            "The departure is before the arrival.",
        ),
        (
            {"departure_date": "2036-11-24"},
            "departure_date",
            "That is more than two years. Is the year right?",
        ),
        (
            {"arrival_date": "9999-12-31", "departure_date": "9999-12-31"},
            "arrival_date",
            "Is the year right? That is far away.",
        ),
        (
            {"arrival_date": "0001-01-01"},
            "arrival_date",
            "Is the year right? That is far away.",
        ),
        ({"arrival_date": "31/02/2026"}, "arrival_date", "Enter a valid date."),
        ({"arrival_time": "25:00"}, "arrival_time", "Write a time such as 19:30."),
        (
            {"spend": "-100"},
            "spend",
            "Write an amount such as 1 234,50. It cannot be below zero.",
        ),
        (
            {"spend": "a lot"},
            "spend",
            "Write an amount such as 1 234,50. It cannot be below zero.",
        ),
        ({"party_size": "0"}, "party_size", "A visit needs at least one person."),
        (
            {"arrival_date": "2026-11-23", "state": "in_house"},
            "state",
            "It begins on a day that is still to come.",
        ),
        (
            {"arrival_date": "2026-11-23", "state": "completed"},
            "state",
            "It begins on a day that is still to come.",
        ),
        ({"venue": "999999"}, "venue", NOT_A_VENUE),
        (
            {"booker_search": "Nobody Known"},
            "booker_search",
            "No guest fits. Look again, or leave it empty.",
        ),
        (
            {"booker": "5d5f4a4e-0000-4000-8000-000000000000"},
            "booker",
            "This guest is not in your register.",
        ),
        ({"booker": "nobody"}, "booker", "This guest is not in your register."),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(
    as_alba, nora, url, typed, changes, field, sentence
):
    response = as_alba.post(url, typed | changes)

    assert errors_at(response, field) == [sentence]
    assert nora.visits.count() == 0
    page = response.content.decode()
    assert 'value="Room 204"' in page
    assert f'value="{(typed | changes)["spend"]}"' in page


def test_a_venue_and_a_booker_of_another_house_are_refused(
    as_alba, bar_carla, nora, url, typed
):
    hers = make_guest(bar_carla, "Olaf Vik")
    her_bar = bar_carla.venues.get()

    response = as_alba.post(url, typed | {"venue": her_bar.pk, "booker": hers.uuid})

    assert errors_at(response, "venue") == [NOT_A_VENUE]
    assert errors_at(response, "booker") == ["This guest is not in your register."]
    by_name = as_alba.post(url, typed | {"booker_search": "Olaf Vik"})
    assert len(errors_at(by_name, "booker_search")) == 1
    assert nora.visits.count() == 0


def test_the_booker_is_found_by_typing(as_alba, casa_alba, nora, url, typed):
    olaf = make_guest(casa_alba, "Olaf Vik")

    as_alba.post(url, typed | {"booker_search": "olaf"})

    assert nora.visits.get().booker == olaf


def test_when_several_fit_the_booker_is_chosen_among_them(
    as_alba, casa_alba, nora, url, typed
):
    make_guest(casa_alba, "Olaf Vik")
    other = make_guest(casa_alba, "Olaf Berg", city="Stryn")
    asked = as_alba.post(url, typed | {"booker_search": "olaf"})
    assert errors_at(asked, "booker_search") == [
        "Several guests fit. Choose one of them below."
    ]
    assert "Olaf Berg, Stryn" in asked.content.decode()

    as_alba.post(url, typed | {"booker_search": "olaf", "booker": other.uuid})

    assert nora.visits.get().booker == other


def test_the_same_as_last_time_is_suggested(as_alba, casa_alba, nora, url):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    make_visit(nora, arrival_date=date(2026, 3, 1), venue=inn, kind="table", nights=0)

    form = as_alba.get(url).context["form"]

    assert (form.initial["venue"], form.initial["kind"]) == (inn.pk, "table")


def test_without_a_venue_the_page_says_what_to_do(as_alba, casa_alba, url):
    casa_alba.venues.update(is_active=False)

    page = as_alba.get(url).content.decode()

    assert "There is no venue to visit yet." in page
    assert '<form method="post" class="form' not in page


def test_a_visit_is_put_right_and_keeps_its_state(as_alba, nora, hotel, typed):
    visit = make_visit(nora, label="Room 1", external_id="pms-7")
    changes = {"label": "Room 2", "spend": "99"}

    as_alba.post(f"/casa-alba/visits/{visit.uuid}/edit/", typed | changes)

    visit.refresh_from_db()
    assert (visit.label, visit.spend, visit.state, visit.external_id) == (
        "Room 2", 9900, State.COMPLETED, "pms-7",
    )  # fmt: skip


def test_the_visit_comes_filled_in_booker_and_all(as_alba, casa_alba, nora):
    olaf = make_guest(casa_alba, "Olaf Vik")
    visit = make_visit(nora, booker=olaf, spend=234_050, arrival_time=time(16))
    url = f"/casa-alba/visits/{visit.uuid}/edit/"

    page = as_alba.get(url).content.decode()

    assert "Olaf Vik" in page
    assert 'value="16:00"' in page
    form = as_alba.get(url).context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value()}
    as_alba.post(url, again | {"is_employer_paid": ""})
    unchanged = Visit.objects.get(pk=visit.pk)
    assert (unchanged.booker, unchanged.spend) == (olaf, 234_050)
    assert unchanged.updated_at == visit.updated_at


def test_the_booker_can_be_taken_away_and_exchanged(as_alba, casa_alba, nora, typed):
    olaf, kari = make_guest(casa_alba, "Olaf Vik"), make_guest(casa_alba, "Kari Vik")
    visit = make_visit(nora, booker=olaf)
    url = f"/casa-alba/visits/{visit.uuid}/edit/"

    as_alba.post(url, typed | {"booker": olaf.uuid, "booker_search": "kari"})
    visit.refresh_from_db()
    exchanged = visit.booker
    as_alba.post(url, typed | {"booker": ""})
    visit.refresh_from_db()

    assert (exchanged, visit.booker) == (kari, None)


def test_staff_of_one_venue_see_and_choose_only_its_visits(
    client, casa_alba, nora, url, typed, hotel
):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    user = make_user()
    staff = make_staff(casa_alba, user, Staff.Role.STAFF)
    staff.venues.add(inn)
    client.force_login(user)
    elsewhere = make_visit(nora, venue=hotel)

    seen = client.get(f"/casa-alba/visits/{elsewhere.uuid}/edit/").status_code
    refused = client.post(url, typed | {"venue": hotel.pk})

    assert seen == 404
    assert errors_at(refused, "venue") == [NOT_A_VENUE]


@pytest.mark.parametrize(
    "path", ["edit", "arrive", "depart", "cancel", "no-show", "undo"]
)
def test_a_visit_of_another_house_is_not_there(as_alba, bar_carla, path, typed):
    hers = make_visit(make_guest(bar_carla, "Olaf Vik"), state=State.BOOKED)

    url = f"/casa-alba/visits/{hers.uuid}/{path}/?to=in_house"
    response = as_alba.post(url, typed)

    hers.refresh_from_db()
    assert (response.status_code, hers.state) == (404, State.BOOKED)


def test_a_visit_over_the_night_when_clocks_change_has_its_nights(
    as_alba, nora, url, typed
):
    days = {"arrival_date": "2027-03-27", "departure_date": "2027-03-29"}

    as_alba.post(url, typed | days)

    visit = nora.visits.get()
    assert (visit.nights, visit.departure_date - visit.arrival_date) == (
        2,
        timedelta(days=2),
    )
