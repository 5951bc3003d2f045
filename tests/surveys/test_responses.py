from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from surveys.invitations import invite
from surveys.models import Answer, Invitation, Response
from surveys.ready import create_ready_survey
from surveys.responses import (
    AlreadyAnswered,
    InvalidAnswer,
    InvitationClosed,
    submit_response,
)
from surveys.signals import response_received
from tests.factories import NOW, make_business, make_guest, make_visit


def make_invitation(business):
    return invite(
        create_ready_survey(business, now=NOW),
        make_visit(make_guest(business)),
        language="nb",
        now=NOW,
        expires_at=NOW + timedelta(days=30),
    )


@pytest.fixture
def invitation(casa_alba):
    return make_invitation(casa_alba)


def test_a_response_is_heard_in_its_own_transaction(invitation):
    heard = []

    def listen(response, now, **_kwargs):
        heard.append((response, now, connection.in_atomic_block))

    response_received.connect(listen)
    response = submit_response(invitation, {"recommend": 9}, language="nb", now=NOW)
    response_received.disconnect(listen)

    assert heard == [(response, NOW, True)]


def test_an_empty_text_is_not_an_answer(invitation):
    submit_response(
        invitation, {"recommend": 9, "comment": "  \n"}, language="nb", now=NOW
    )

    assert Answer.objects.values_list("question__code", flat=True).get() == "recommend"


def test_the_digits_of_a_card_are_masked_and_the_words_are_kept(invitation):
    said = "Charged twice on 4111 1111 1111 1111! Room 12 was lovely."

    submit_response(
        invitation, {"recommend": 2, "comment": said}, language="nb", now=NOW
    )

    assert Answer.objects.get(question__code="comment").text == (
        "Charged twice on •••• •••• •••• ••••! Room 12 was lovely."
    )


@pytest.mark.parametrize(
    "answers",
    [
        {"recommend": 11},
        {"recommend": "nine"},
        {"satisfaction": 0},
        {"comment": 7},
        {"shoe_size": 43},
    ],
)
def test_an_answer_off_the_scale_stores_nothing(invitation, answers):
    with pytest.raises(InvalidAnswer):
        submit_response(invitation, {"recommend": 9, **answers}, language="nb", now=NOW)

    assert Response.objects.count() == 0


def test_the_second_response_is_refused(invitation):
    submit_response(invitation, {"recommend": 9}, language="nb", now=NOW)

    with pytest.raises(AlreadyAnswered):
        submit_response(invitation, {"recommend": 1}, language="nb", now=NOW)

    assert Answer.objects.values_list("number", flat=True).get() == 9


def test_a_response_after_the_last_moment_is_refused(invitation):
    with pytest.raises(InvitationClosed):
        submit_response(
            invitation, {"recommend": 9}, language="nb", now=invitation.expires_at
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_responses_at_once_one_counts():
    invitation = make_invitation(make_business())
    start = Barrier(2)
    outcomes = []

    def answer(number):
        own = Invitation.objects.get(pk=invitation.pk)
        start.wait()
        try:
            submit_response(own, {"recommend": number}, language="nb", now=NOW)
            outcomes.append("stored")
        except AlreadyAnswered:
            outcomes.append("refused")
        finally:
            connection.close()

    guests = [Thread(target=answer, args=(number,)) for number in (3, 9)]
    for guest in guests:
        guest.start()
    for guest in guests:
        guest.join()

    assert sorted(outcomes) == ["refused", "stored"]
    assert (Response.objects.count(), Answer.objects.count()) == (1, 1)
