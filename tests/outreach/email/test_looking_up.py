import time

import pytest

from outreach.outcomes import Found, NoAnswer, NotFound, Unsupported
from tests.outreach.email.test_transport import a_mail, line_to
from tests.outreach.sms.stand_in import Closes, Hangs, HttpStandIn, Says

HAS = {
    "mailgun": {"items": [{"message": {"headers": {"message-id": "7@mg.example"}}}]},
    "postmark": {"TotalCount": 1, "Messages": [{"MessageID": "pm7", "Status": "Sent"}]},
}
HAS_NOT = {"mailgun": {"items": []}, "postmark": {"TotalCount": 0, "Messages": []}}
NUMBER = {"mailgun": "<7@mg.example>", "postmark": "pm7"}


@pytest.fixture(params=HAS)
def name(request):
    return request.param


@pytest.fixture
def server(name):
    stand_in = HttpStandIn(lambda asked: Says.json(200, HAS[name]))
    yield stand_in
    stand_in.stop()


@pytest.fixture
def find(name, server, settings):
    settings.SITE_URL = "https://gjensyn.example"
    line = line_to(server, name, settings)
    message, mail = a_mail(name)

    def find(seconds=10):
        return line.find(mail, deadline=time.monotonic() + seconds)

    find.uuid = str(message.uuid)
    yield find
    line.close()


def test_a_mail_that_was_taken_in_silence_is_found_by_our_number(name, server, find):
    assert find() == Found(NUMBER[name])

    (asked,) = server.asked
    assert asked.method == "GET"
    assert find.uuid in " ".join(asked.query.values())
    assert "nora" not in asked.path


def test_what_is_not_shown_proves_nothing(name, server, find):
    server.behave(Says.json(200, HAS_NOT[name]))

    assert find() == NotFound(is_proof=False)


@pytest.mark.parametrize(
    ("behaviour", "answer"),
    [
        (Says(401), NoAnswer("401")),
        (Says(500), NoAnswer("500")),
        (Says(307, headers={"Location": "/x"}), NoAnswer("307")),
        (Says(200, b"<html>"), NoAnswer("JSONDecodeError")),
        (Says(200, b"[]"), NoAnswer("TypeError")),
        (Says(200, b"{}"), NoAnswer("KeyError")),
        (Closes(), NoAnswer("RemoteDisconnected")),
    ],
    ids=lambda value: getattr(value, "detail", ""),
)
def test_a_question_that_fails_proves_nothing(server, find, behaviour, answer):
    server.behave(behaviour)

    assert find() == answer
    assert len(server.asked) == 1


def test_a_slow_answer_is_none(server, find):
    server.behave(Hangs())

    assert find(seconds=0.8) == NoAnswer("deadline")


@pytest.mark.parametrize("name", ["brevo"], indirect=False)
def test_others_cannot_be_asked(name, settings):
    stand_in = HttpStandIn(lambda asked: Says(500))
    line = line_to(stand_in, name, settings)

    found = line.find(a_mail(name)[1], deadline=time.monotonic() + 5)
    line.close()
    stand_in.stop()

    assert (found, stand_in.asked) == (Unsupported(), [])
