import json
from datetime import timedelta

import pytest

from crm.tenancy.models import Staff, Venue
from customers.guests import contact_points_of
from customers.models import AskingRules, Fact, FactCheck, Visit
from customers.privacy.erasure import erase_guest
from customers.suppressions import suppress
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_preference,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)

pytestmark = pytest.mark.usefixtures("morning")

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def rules(casa_alba):
    return AskingRules.objects.create(
        business=casa_alba, asked=list(Fact.values), most_per_visit=5
    )


@pytest.fixture
def olaf(casa_alba):
    return make_guest(casa_alba, "Olaf Vik", language="nb")


@pytest.fixture
def visit(olaf):
    return make_visit(olaf, state=Visit.State.BOOKED, arrival_date=TODAY)


def page_of(visit, fact):
    return f"/casa-alba/visits/{visit.uuid}/ask/?fact={fact}"


def tell(client, visit, fact, **typed):
    return client.post(page_of(visit, fact), typed)


def test_an_email_is_written_down_at_the_desk(as_alba, alba, visit, olaf):
    response = tell(as_alba, visit, "email", email=" Olaf@Post.example ")

    check = olaf.fact_checks.get()
    assert response.url == f"/casa-alba/guests/{olaf.uuid}/"
    assert [p.normalized for p in contact_points_of(olaf, "email")] == [
        "olaf@post.example"
    ]
    assert (check.fact, check.outcome, check.checked_by, check.is_by_guest) == (
        "email", "told", alba, False,
    )  # fmt: skip


def test_an_email_that_bounced_makes_room_for_the_new_one(as_alba, casa_alba, olaf):
    both = ("olaf@gone.example", "vik@post.example")
    guest = make_guest(casa_alba, emails=both)
    visit = make_visit(guest, state=Visit.State.BOOKED, arrival_date=TODAY)
    suppress(
        business=casa_alba,
        channel="email",
        fingerprint=contact_points_of(guest, "email")[0].fingerprint,
        scope="all",
        reason="bounced",
        now=NOW,
    )

    tell(as_alba, visit, "email", email="olaf@post.example")

    assert [p.normalized for p in contact_points_of(guest, "email")] == [
        "olaf@post.example",
        "vik@post.example",
    ]


@pytest.mark.parametrize(
    ("fact", "typed", "field", "held"),
    [
        (
            "name",
            {"given_name": "Olav", "family_name": "Vik"},
            "display_name",
            "Olav Vik",
        ),
        ("birthday", {"birthday_day": "29", "birthday_month": "2"}, "birthday_day", 29),
        ("language", {"language": "sv"}, "language", "sv"),
        ("address", {"street": "Nygata 2", "city": "Bergen"}, "street", "Nygata 2"),
    ],
)
def test_each_fact_is_written_down(as_alba, casa_alba, visit, fact, typed, field, held):
    visit.guest.given_name = "Olaf"

    tell(as_alba, visit, fact, **typed)

    visit.guest.refresh_from_db()
    assert getattr(visit.guest, field) == held


def test_a_phone_number_is_read_as_one_of_the_country(as_alba, casa_alba, visit, olaf):
    casa_alba.country = "NO"
    casa_alba.save(update_fields=["country"])

    tell(as_alba, visit, "phone", phone="406 12 345")

    assert [p.normalized for p in contact_points_of(olaf, "phone")] == ["+4740612345"]


@pytest.mark.parametrize(
    ("fact", "typed", "said"),
    [
        ("email", {"email": "nobody"}, "This does not look like an email address."),
        ("email", {"email": "x@guest.booking.com"}, "a booking site lends out"),
        ("phone", {"phone": "one two"}, "This does not look like a phone number."),
        ("birthday", {"birthday_day": "31", "birthday_month": "2"}, "no day 31"),
        ("birthday", {"birthday_day": "99", "birthday_month": "2"}, "from 1 to 31"),
        ("address", {"street": "4111 1111 1111 1111", "city": "Bergen"}, "card number"),
        ("language", {"language": "tlh"}, "Select a valid choice"),
        ("name", {}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    as_alba, visit, olaf, fact, typed, said
):
    before = olaf.updated_at

    response = tell(as_alba, visit, fact, **typed)

    olaf.refresh_from_db()
    assert response.status_code == 200
    assert said in response.content.decode()
    assert olaf.updated_at == before
    assert FactCheck.objects.count() == 0


def test_who_does_not_want_to_say_is_not_asked_again_unless_it_is_taken_back(
    as_alba, visit, olaf
):
    tell(as_alba, visit, "birthday", act="declined")
    after = as_alba.get(f"/casa-alba/visits/{visit.uuid}/ask/", headers=HTMX)
    assert "Ask when their birthday is." not in after.content.decode()

    as_alba.post(f"{page_of(visit, 'birthday')}&act=again")

    again = as_alba.get(f"/casa-alba/visits/{visit.uuid}/ask/", headers=HTMX)
    assert "Ask when their birthday is." in again.content.decode()
    assert [
        event.action for event in olaf.business.audit_events.order_by("pk")[2:]
    ] == ["declined", "resumed"]


def test_an_address_that_is_still_so_is_not_asked_about_again(as_alba, casa_alba):
    guest = make_guest(
        casa_alba, street="Nygata 2", city="Bergen", now=NOW - timedelta(days=2000)
    )
    visit = make_visit(guest, state=Visit.State.BOOKED, arrival_date=TODAY)

    response = as_alba.post(page_of(visit, "address"), {"act": "same"}, headers=HTMX)

    assert "Nygata 2" not in response.content.decode()
    assert guest.fact_checks.get().outcome == "same"


@pytest.mark.parametrize(
    ("act", "is_ended", "confirmed_on"),
    [("same", False, TODAY), ("ended", True, TODAY - timedelta(days=500))],
)
def test_a_wish_is_made_sure_of_or_ended(
    as_alba, visit, olaf, act, is_ended, confirmed_on
):
    wish = make_preference(olaf, confirmed_on=TODAY - timedelta(days=500))

    as_alba.post(f"{page_of(visit, 'wishes')}&wish={wish.uuid}", {"act": act})

    wish.refresh_from_db()
    assert (wish.ended_at is not None) is is_ended
    assert wish.confirmed_on == confirmed_on


def test_a_wish_that_somebody_else_answered_is_left_as_it_is(as_alba, visit, olaf):
    wish = make_preference(olaf, confirmed_on=TODAY - timedelta(days=500))
    other = make_preference(olaf, "Table", "Window", confirmed_on=TODAY)

    as_alba.post(f"{page_of(visit, 'wishes')}&wish={other.uuid}", {"act": "ended"})

    assert olaf.preferences.filter(ended_at=None).count() == 2
    assert wish.ended_at is None


def test_the_card_of_today_asks_and_a_visit_that_is_over_does_not(
    as_alba, visit, casa_alba
):
    make_visit(make_guest(casa_alba, "Per Hol"), arrival_date=TODAY, nights=0)

    page = as_alba.get("/casa-alba/today/").content.decode()

    # Once to be read, and once more to be said of the link.
    assert page.count("Ask for an email address.") == 2


def test_without_scripts_the_answer_has_a_page_of_its_own(as_alba, visit):
    page = as_alba.get(page_of(visit, "email"))

    assert page.status_code == 200
    assert "What did they say?" in page.content.decode()


def test_htmx_gets_the_form_on_the_card_and_then_what_is_left_to_ask(
    as_alba, visit, olaf
):
    form = as_alba.get(page_of(visit, "email"), headers=HTMX)
    assert form["HX-Retarget"] == f"#ask-form-{visit.uuid}"

    left = as_alba.post(
        page_of(visit, "email"), {"email": "olaf@post.example"}, headers=HTMX
    )

    assert "Ask for an email address." not in left.content.decode()
    assert "Ask for a phone number." in left.content.decode()
    assert json.loads(left["HX-Trigger"]) == {"guest-changed": {}}


def test_a_wish_is_not_typed_here(as_alba, visit):
    assert as_alba.get(page_of(visit, "wishes")).status_code == 404


def test_what_nobody_asks_leads_back_to_the_guest(as_alba, visit, olaf):
    response = tell(as_alba, visit, "shoe-size", shoes="43")

    assert response.url == f"/casa-alba/guests/{olaf.uuid}/"


def test_a_forgotten_guest_answers_nothing_any_more(as_alba, casa_alba, olaf):
    visit = make_visit(olaf)
    erase_guest(olaf, actor=None, now=NOW)

    assert tell(as_alba, visit, "email", email="a@post.example").status_code == 404


def test_a_visit_at_a_venue_of_others_is_not_there(client, casa_alba, visit):
    inn = make_venue(casa_alba, "Kroa", kind=Venue.Kind.RESTAURANT)
    user = make_user()
    make_staff(casa_alba, user, Staff.Role.STAFF).venues.add(inn)
    client.force_login(user)

    assert client.get(page_of(visit, "email")).status_code == 404
