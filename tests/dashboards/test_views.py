from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from crm.tenancy.models import Staff
from surveys.ready import create_ready_survey
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_response,
    make_staff,
    make_user,
    make_venue,
    make_visit,
)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def page(casa_alba):
    return reverse("dashboards:return", args=[casa_alba.slug])


@pytest.fixture
def as_viewer(client, casa_alba):
    user = make_user()
    make_staff(casa_alba, user, Staff.Role.VIEWER)
    client.force_login(user)
    return client


def make_past(business, guests):
    survey = business.surveys.first() or create_ready_survey(business, now=NOW)
    for number in range(guests):
        guest = make_guest(business)
        visit = make_visit(guest, arrival_date=TODAY - timedelta(days=200), nights=1)
        if number % 2:
            make_visit(guest, arrival_date=TODAY - timedelta(days=150), kind="table")
        make_response(visit, recommend=9, satisfaction=8)
    return survey


def test_a_new_house_is_told_where_the_figures_come_from(page, as_viewer):
    reply = as_viewer.get(page)

    assert reply.status_code == 200
    assert "Nothing to count yet" in reply.text


def test_the_page_answers_its_question_in_a_sentence(page, casa_alba, as_viewer):
    make_past(casa_alba, 40)

    text = " ".join(as_viewer.get(page).text.split())

    # Wilson for 20 of 40 is 35.2 to 64.8.
    assert (
        "Of every 100 new guests, <b>50 have returned within 90 days</b> "
        "(between 35 and 65)." in text
    )
    assert "<b>an NPS of +100</b>" in text


def test_few_guests_make_no_score(page, casa_alba, as_viewer):
    make_past(casa_alba, 9)

    text = " ".join(as_viewer.get(page).text.split())

    assert "9 new guests have had 90 days to come back in, and 4 did." in text
    assert "9 answers, too few for a score" in text


def test_the_page_costs_the_same_for_one_guest_and_for_many(
    page, casa_alba, as_viewer, django_assert_num_queries
):
    make_past(casa_alba, 1)
    as_viewer.get(page)
    with django_assert_num_queries(18):
        as_viewer.get(page)

    make_past(casa_alba, 12)

    with django_assert_num_queries(18):
        as_viewer.get(page)


def test_a_venue_in_the_address_narrows_the_page(page, casa_alba, as_viewer):
    cafe = make_venue(casa_alba, "Kaféen", kind="cafe")
    make_visit(make_guest(casa_alba), venue=cafe, kind="table")
    make_past(casa_alba, 1)

    overview = as_viewer.get(page, {"venue": cafe.uuid}).context["overview"]

    assert (overview.visit_count, overview.returns.total) == (1, 0)


@pytest.mark.parametrize(
    "query",
    [
        {"period": "7m", "venue": "nonsense"},
        {"period": "\0", "venue": str(uuid4())},
        {"period": ["3m", "36m"]},
    ],
)
def test_nonsense_in_the_address_is_the_usual_page(page, as_viewer, query):
    assert as_viewer.get(page, query).status_code == 200


def test_another_house_has_its_own_venues(page, as_viewer, bar_carla):
    theirs = bar_carla.venues.get()

    assert as_viewer.get(page, {"venue": theirs.uuid}).context["scope"].venue is None
