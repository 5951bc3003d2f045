from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from crm.core.signing import public_token
from surveys.invitations import invite
from surveys.models import Answer, Response
from surveys.ready import create_ready_survey
from tests.factories import NOW, make_guest, make_visit

DONE = {"recommend": "9", "satisfaction": "8", "comment": "Lovely breakfast."}


@pytest.fixture
def invitation(casa_alba, time_machine):
    time_machine.move_to(NOW, tick=False)
    return invite(
        create_ready_survey(casa_alba, now=NOW),
        make_visit(make_guest(casa_alba)),
        language="en",
        now=NOW,
        expires_at=NOW + timedelta(days=30),
    )


def page_of(invitation, query=""):
    token = public_token("survey", invitation.uuid)
    return reverse("survey:answer", args=[token]) + query


def stored(invitation):
    answers = Answer.objects.filter(response__invitation=invitation)
    return list(
        answers.order_by("question__position").values_list(
            "question__code", "number", "text"
        )
    )


def test_a_guest_answers_without_cookies_or_login(invitation):
    visitor = Client(enforce_csrf_checks=True)

    reply = visitor.post(page_of(invitation), DONE)

    assert (reply.status_code, reply["Location"]) == (
        302,
        page_of(invitation, "?lang=en"),
    )
    assert stored(invitation) == [
        ("recommend", 9, ""),
        ("satisfaction", 8, ""),
        ("comment", None, "Lovely breakfast."),
    ]


def test_the_page_after_answering_says_thank_you(invitation, client):
    client.post(page_of(invitation), DONE)

    reply = client.get(page_of(invitation))

    assert reply.status_code == 200
    assert "Thank you. We read every answer." in reply.text


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_stores_nothing_even_with_a_number_in_the_link(
    invitation, client, method
):
    getattr(client, method)(page_of(invitation, "?recommend=9"))

    assert Response.objects.count() == 0


def test_a_number_in_the_link_is_chosen_already(invitation, client):
    form = client.get(page_of(invitation, "?recommend=9")).context["form"]

    assert [r.data["value"] for r in form["recommend"] if r.data["selected"]] == [9]


@pytest.mark.parametrize("number", ["11", "-1", "nine", "%00", "9" * 400])
def test_a_strange_number_in_the_link_chooses_nothing(invitation, client, number):
    reply = client.get(page_of(invitation, f"?recommend={number}"))

    form = reply.context["form"]
    assert [r for r in form["recommend"] if r.data["selected"]] == []


def test_a_mistake_is_explained_and_nothing_typed_is_lost(invitation, client):
    reply = client.post(
        page_of(invitation), {"satisfaction": "8", "comment": "Cold <soup>"}
    )

    assert reply.status_code == 200
    assert reply.context["form"].errors == {
        "recommend": ["Choose a number from 0 to 10."]
    }
    assert "Cold &lt;soup&gt;" in reply.text
    assert 'value="8" aria' in reply.text or 'value="8" id' in reply.text
    assert Response.objects.count() == 0


@pytest.mark.parametrize(
    "answers",
    [
        {"recommend": "11"},
        {"recommend": "nine"},
        {"recommend": "9", "satisfaction": "0"},
        {"recommend": "9", "comment": "x" * 4001},
        {"recommend": "9", "comment": "nul \0 byte"},
    ],
)
def test_impossible_answers_are_sent_back(invitation, client, answers):
    reply = client.post(page_of(invitation), answers)

    assert (reply.status_code, Response.objects.count()) == (200, 0)
    assert len(reply.context["form"].errors) == 1


def test_a_second_answer_is_refused_kindly_and_changes_nothing(invitation, client):
    client.post(page_of(invitation), DONE)

    reply = client.post(page_of(invitation), {"recommend": "0"})

    assert reply.status_code == 409
    assert "We have your answer already." in reply.text
    assert stored(invitation)[0] == ("recommend", 9, "")


def test_an_expired_link_says_so(invitation, client, time_machine):
    time_machine.move_to(NOW + timedelta(days=31))

    shown = client.get(page_of(invitation))
    sent = client.post(page_of(invitation), DONE)

    assert (shown.status_code, sent.status_code) == (410, 410)
    assert "These questions are no longer open." in sent.text
    assert Response.objects.count() == 0


def test_a_forgotten_guest_is_not_asked_any_more(invitation, client):
    invitation.guest = invitation.visit = None
    invitation.save(update_fields=["guest", "visit"])

    assert client.get(page_of(invitation)).status_code == 410


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_tampered_link_is_a_kind_page(invitation, client, method):
    token = public_token("unsubscribe", invitation.uuid)

    reply = getattr(client, method)(reverse("survey:answer", args=[token]))

    assert reply.status_code == 404
    assert "This link does not work." in reply.text


def test_the_page_speaks_the_language_asked_for(invitation, client):
    reply = client.get(page_of(invitation, "?lang=de"))

    assert reply["Content-Language"] == "de"
    assert '<html lang="de">' in reply.text


def test_an_unknown_language_falls_back_to_the_invitation(invitation, client):
    assert client.get(page_of(invitation, "?lang=xx"))["Content-Language"] == "en"


def test_changing_language_half_way_keeps_what_is_typed_and_stores_nothing(
    invitation, client
):
    reply = client.post(page_of(invitation), {**DONE, "switch": "sv"})

    form = reply.context["form"]
    assert reply["Content-Language"] == "sv"
    assert (form["recommend"].value(), form["comment"].value()) == (
        "9",
        "Lovely breakfast.",
    )
    assert Response.objects.count() == 0


def test_the_page_leads_to_the_guests_preferences(invitation, client):
    token = public_token("preferences", invitation.guest.uuid)

    reply = client.get(page_of(invitation))

    assert reverse("preferences:preferences", args=[token]) in reply.text


def test_the_page_is_light_and_needs_no_script(invitation, client):
    reply = client.get(page_of(invitation))

    assert "<script" not in reply.text
    assert len(reply.content) < 12_000


def test_the_page_takes_few_queries(invitation, client, django_assert_num_queries):
    with django_assert_num_queries(3):
        client.get(page_of(invitation))
