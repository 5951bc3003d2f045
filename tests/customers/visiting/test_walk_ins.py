from datetime import date, time

import pytest
from django.utils.translation import override

from crm.core.once import FIELD
from crm.tenancy.models import Staff, Venue
from customers.models import Guest, Visit
from customers.privacy.erasure import erase_guest
from tests.factories import (
    TODAY,
    make_guest,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)

pytestmark = pytest.mark.usefixtures("morning")

URL = "/casa-alba/visits/new/"


@pytest.fixture
def typed(as_alba):
    """The form as it comes, and what has to be typed in any case."""
    context = as_alba.get(URL).context
    form = context["form"]
    shown = {name: form[name].value() for name in form.fields}
    return {
        **{name: value for name, value in shown.items() if value is not None},
        FIELD: context["once"],
        "name": "Kari Vik",
        "contact": "40612345",
    }


def errors_of(response, form, field):
    return response.context[form].errors.get(field, [])


def test_a_name_and_a_number_are_enough_for_who_stands_at_the_desk(
    as_alba, casa_alba, typed
):
    as_alba.post(URL, typed | {"here_now": "yes"})

    kari = casa_alba.guests.get()
    visit = kari.visits.get()
    assert (kari.display_name, kari.given_name, kari.family_name) == (
        "Kari Vik", "Kari", "Vik",
    )  # fmt: skip
    assert kari.contact_points.get().normalized == "+4740612345"
    assert (visit.state, visit.kind, visit.nights, visit.arrival_date) == (
        "in_house", "stay", 1, TODAY,
    )  # fmt: skip


def test_a_booking_for_later_takes_an_email_a_day_and_a_time(as_alba, casa_alba, typed):
    as_alba.post(
        URL,
        typed
        | {
            "contact": "Kari@Vik.example",
            "kind": "table",
            "arrival_date": "24.12.",
            "arrival_time": "1930",
            "party_size": "4",
        },
    )

    kari = casa_alba.guests.get()
    visit = kari.visits.get()
    assert kari.contact_points.get().normalized == "kari@vik.example"
    assert (visit.state, visit.arrival_date, visit.arrival_time) == (
        "booked", date(2026, 12, 24), time(19, 30),
    )  # fmt: skip
    assert (visit.departure_date, visit.party_size) == (date(2026, 12, 24), 4)


def test_sent_twice_it_makes_one_guest_and_one_visit(as_alba, casa_alba, typed):
    as_alba.post(URL, typed)
    as_alba.post(URL, typed | {"same_as": "new"})

    assert (casa_alba.guests.count(), casa_alba.visits.count()) == (1, 1)


def test_a_form_of_its_own_makes_another_visit(as_alba, casa_alba, typed):
    as_alba.post(URL, typed)
    fresh = as_alba.get(URL).context["once"]

    as_alba.post(URL, typed | {FIELD: fresh, "contact": "", "name": "Kari Vik"})

    assert casa_alba.visits.count() == 2


@pytest.mark.parametrize(
    ("changes", "form", "field", "sentence"),
    [
        ({"name": " "}, "who", "name", "This field is required."),
        (
            {"contact": "nobody"},
            "who",
            "contact",
            "This does not look like a phone number. Write it like +47 406 12 345.",
        ),
        (
            {"contact": "kari@"},
            "who",
            "contact",
            "This does not look like an email address. Write it like nora@post.no.",
        ),
        ({"party_size": "0"}, "form", "party_size", "A visit needs at least one person."),
        ({"party_size": "40612345"}, "form", "party_size",
         "Is the number of people right?"),
        ({"spend": "40612345"}, "form", "spend",
         "Is the amount right? That is a great deal."),
        ({"arrival_date": "24.12.2062"}, "form", "arrival_date",
         "Is the year right? That is far away."),
        ({"departure_date": "soon"}, "form", "departure_date",
         "Write how many nights, or a day such as 22/11/2026."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_neither_guest_nor_visit_is_made(
    as_alba, casa_alba, typed, changes, form, field, sentence
):
    response = as_alba.post(URL, typed | changes)

    assert errors_of(response, form, field) == [sentence]
    assert (casa_alba.guests.count(), casa_alba.visits.count()) == (0, 0)


def test_whose_number_it_is_already_is_asked_and_can_be_chosen(
    as_alba, casa_alba, typed
):
    olaf = make_guest(casa_alba, "Olaf Vik", phones=("+47 406 12 345",), city="Stryn")

    asked = as_alba.post(URL, typed)
    as_alba.post(URL, typed | {"same_as": str(olaf.uuid)})

    assert errors_of(asked, "who", "same_as") == [
        "This phone or email is in the register already."
    ]
    assert "Olaf Vik, Stryn" in asked.content.decode()
    assert list(casa_alba.guests.all()) == [olaf]
    assert olaf.visits.count() == 1


def test_two_people_may_share_a_number(as_alba, casa_alba, typed):
    make_guest(casa_alba, "Olaf Vik", phones=("+47 406 12 345",))

    as_alba.post(URL, typed | {"same_as": "new"})

    assert casa_alba.guests.get(display_name="Kari Vik").visits.count() == 1


def test_nobody_of_another_house_can_be_chosen(as_alba, casa_alba, bar_carla, typed):
    hers = make_guest(bar_carla, "Olaf Vik", phones=("+47 406 12 345",))

    as_alba.post(URL, typed | {"same_as": str(hers.uuid)})

    assert (hers.visits.count(), casa_alba.guests.count()) == (0, 1)


def test_who_was_forgotten_is_nobody_known(as_alba, casa_alba, typed):
    olaf = make_guest(casa_alba, "Olaf Vik", phones=("+47 406 12 345",))
    erase_guest(olaf, actor=None, now=olaf.created_at)

    as_alba.post(URL, typed)

    assert casa_alba.guests.known().get().display_name == "Kari Vik"


def test_who_is_in_the_register_drops_from_the_name(as_alba, casa_alba):
    kari = make_guest(casa_alba, "Kari Vik", city="Stryn")

    answer = as_alba.get(URL, {"name": "kari"}, headers={"HX-Request": "true"})

    page = answer.content.decode()
    assert f"/casa-alba/guests/{kari.uuid}/visits/new/" in page
    assert "<html" not in page


def test_an_identity_number_is_refused_and_a_phone_number_is_not(
    as_alba, casa_alba, typed
):
    refused = as_alba.post(URL, typed | {"name": "Kari Vik 01010750160"})

    assert len(errors_of(refused, "who", "name")) == 1
    assert errors_of(refused, "who", "contact") == []
    assert Guest.objects.count() == 0


def test_a_person_of_one_venue_writes_down_visits_there(client, casa_alba):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    user = make_user()
    make_staff(casa_alba, user, Staff.Role.STAFF).venues.add(inn)
    client.force_login(user)

    form = client.get(URL).context["form"]

    assert (form["venue"].value(), form["kind"].value()) == (inn.pk, "table")
    assert form.is_one_venue


def test_what_most_come_for_today_is_suggested(as_alba, casa_alba, nora):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    for _ in range(2):
        make_visit(nora, venue=inn, kind="table", nights=0, arrival_date=TODAY)
    make_visit(nora, arrival_date=TODAY)

    form = as_alba.get(URL).context["form"]

    assert (form["venue"].value(), form["kind"].value()) == (inn.pk, "table")


def test_a_closed_venue_is_no_venue(as_alba, casa_alba, typed):
    closed = make_venue(casa_alba, "Kroa", is_active=False)

    response = as_alba.post(URL, typed | {"venue": closed.pk})

    assert errors_of(response, "form", "venue") == [
        "This is not one of your venues, or it is closed."
    ]


def test_nights_and_words_are_read_in_the_reader_s_language(
    client, casa_alba, alba, typed
):
    alba.language = "nb"
    alba.save(update_fields=["language"])
    with override("nb"):
        client.post(
            URL, typed | {"arrival_date": "i morgen", "departure_date": "3 netter"}
        )

    visit = Visit.objects.get()
    assert (visit.arrival_date, visit.nights) == (date(2026, 11, 23), 3)
