from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from surveys.models import Response
from surveys.ready import create_ready_survey
from tests.factories import (
    NOW,
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
    return reverse("surveys:answers", args=[casa_alba.slug])


def sign_in(client, business, role):
    user = make_user()
    make_staff(business, user, role)
    client.force_login(user)
    return client


def make_answers(business, number, **facts):
    for _ in range(number):
        make_response(make_visit(make_guest(business)), **facts)


def text_of(reply):
    return " ".join(reply.text.split())


def test_a_new_house_is_told_how_answers_come(page, as_alba):
    assert "Guests are asked after their visit" in as_alba.get(page).text


def test_thirty_answers_make_a_sentence(page, casa_alba, as_alba):
    make_answers(casa_alba, 20, recommend=9, satisfaction=9)
    make_answers(casa_alba, 8, recommend=7, satisfaction=7)
    make_answers(casa_alba, 2, recommend=3, satisfaction=4)

    text = text_of(as_alba.get(page))

    assert "Guests give <b>an NPS of +60</b> (33–77)." in text
    assert "Their satisfaction is <b>8.1 of 10</b>" in text


def test_nine_answers_make_no_score(page, casa_alba, as_alba):
    make_answers(casa_alba, 9, comment="Lovely.")

    text = text_of(as_alba.get(page))

    assert "<b>9 guests have answered</b>, too few for a score." in text
    assert "Lovely." in text


def test_ten_to_twenty_nine_are_called_uncertain(page, casa_alba, as_alba):
    make_answers(casa_alba, 10)

    assert "With so few answers that is uncertain." in as_alba.get(page).text


@pytest.mark.parametrize(
    ("role", "sees"),
    [("viewer", False), ("staff", False), ("manager", True), ("owner", True)],
)
def test_words_and_names_are_for_managers(page, casa_alba, client, role, sees):
    make_response(make_visit(make_guest(casa_alba)), comment="The coffee was cold.")

    text = sign_in(client, casa_alba, role).get(page).text

    assert ("The coffee was cold." in text) == sees
    assert ("Nora Østby" in text) == sees


def test_comments_come_in_pages(page, casa_alba, as_alba):
    for number in range(21):
        make_response(
            make_visit(make_guest(casa_alba)),
            comment=f"Comment {number}",
            at=NOW - timedelta(minutes=number),
        )

    first, second = as_alba.get(page), as_alba.get(page, {"page": "2"})

    assert [answer.text for answer in second.context["page"].rows] == ["Comment 20"]
    assert "?page=2" in first.text


def test_the_page_costs_the_same_for_one_answer_and_for_many(
    page, casa_alba, as_alba, django_assert_num_queries
):
    make_answers(casa_alba, 1, comment="One.")
    as_alba.get(page)
    with django_assert_num_queries(11):
        as_alba.get(page)

    make_answers(casa_alba, 4, satisfaction=3, comment="Many.")

    with django_assert_num_queries(11):
        as_alba.get(page)


def test_one_venue_and_one_period(page, casa_alba, as_alba):
    cafe = make_venue(casa_alba, "Kaféen", kind="cafe")
    guest = make_guest(casa_alba)
    make_response(make_visit(guest, venue=cafe))
    make_response(make_visit(guest, venue=casa_alba.venues.get(name="Hotellet")))
    make_response(make_visit(guest, venue=cafe), at=NOW - timedelta(days=200))

    query = {"venue": cafe.uuid, "period": "3m"}

    assert as_alba.get(page, query).context["figures"].total == 1


def test_staff_see_the_questions_as_guests_do_and_store_nothing(casa_alba, as_alba):
    survey = create_ready_survey(casa_alba, now=NOW)
    url = reverse("surveys:preview", args=[casa_alba.slug, survey.uuid])

    reply = as_alba.get(url, {"lang": "en"})

    assert reply.status_code == 200
    assert "How likely are you to recommend us to a friend?" in reply.text
    assert 'method="post"' not in reply.text
    assert as_alba.post(url, {"recommend": "9"}).status_code == 405
    assert Response.objects.count() == 0


def test_a_preview_of_no_survey_is_not_there(casa_alba, as_alba):
    url = reverse("surveys:preview", args=[casa_alba.slug, uuid4()])

    assert as_alba.get(url).status_code == 404


def test_a_draft_has_no_preview_yet(casa_alba, as_alba):
    survey = create_ready_survey(casa_alba, now=NOW)
    survey.versions.update(published_at=None)
    url = reverse("surveys:preview", args=[casa_alba.slug, survey.uuid])

    assert as_alba.get(url).status_code == 404
