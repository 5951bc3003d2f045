import pytest
from anymail.exceptions import (
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.core.mail import EmailMessage
from requests import Response
from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ConnectTimeout, ReadTimeout

from crm.devtools.smtp_stand_in import Behaviour
from outreach.email.transport import _outcome_of_provider, deliver
from outreach.models import Attempt
from outreach.outcomes import Outcome

Kind = Attempt.Outcome


def a_mail(to="nora@post.no"):
    return EmailMessage("Hello", "Text", "house@solvik.example", [to])


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (Behaviour.REFUSE_RECIPIENT, Outcome(Kind.REJECTED, "550 5.1.1")),
        (Behaviour.REFUSE, Outcome(Kind.REJECTED, "554 5.7.1")),
        (Behaviour.BUSY, Outcome(Kind.THROTTLED, "451 4.3.0")),
        (
            Behaviour.DROP_BEFORE_DATA,
            Outcome(Kind.NOT_SENT, "SMTPServerDisconnected"),
        ),
        (Behaviour.DROP_AFTER_DATA, Outcome(Kind.UNKNOWN, "SMTPServerDisconnected")),
    ],
    ids=lambda value: getattr(value, "value", getattr(value, "kind", "")),
)
def test_a_mail_server_is_understood(smtp_server, behaviour, outcome):
    smtp_server.behave(behaviour)

    assert deliver(a_mail(), before_end=lambda: None) == outcome


def test_an_accepted_mail_is_accepted_and_arrives(smtp_server):
    outcome = deliver(a_mail(), before_end=lambda: None)

    assert outcome.kind == Kind.ACCEPTED
    assert [m.parsed["Subject"] for m in smtp_server.messages] == ["Hello"]


def test_a_server_that_never_answers_leaves_it_open(smtp_server, settings):
    settings.EMAIL_TIMEOUT = 0.3
    smtp_server.behave(Behaviour.HANG)

    outcome = deliver(a_mail(), before_end=lambda: None)

    assert outcome.kind == Kind.UNKNOWN
    assert len(smtp_server.messages) == 1


def test_a_server_that_is_away_was_sent_nothing(settings):
    settings.EMAIL_BACKEND = "outreach.email.smtp.EmailBackend"
    settings.EMAIL_PORT = 1

    outcome = deliver(a_mail(), before_end=lambda: None)

    assert outcome == Outcome(Kind.NOT_SENT, "ConnectionRefusedError")


def test_a_refused_login_was_sent_nothing(smtp_server, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "house", "wrong"

    outcome = deliver(a_mail(), before_end=lambda: None)

    assert outcome.kind == Kind.NOT_SENT
    assert smtp_server.messages == []


def test_the_moment_before_the_end_comes_after_the_text_and_before_the_answer(
    smtp_server,
):
    seen = []

    deliver(a_mail(), before_end=lambda: seen.append(len(smtp_server.messages)))

    assert seen == [0]
    assert len(smtp_server.messages) == 1


def test_lines_that_begin_with_a_period_arrive_whole(smtp_server):
    mail = EmailMessage("Hi", ".one\n..two\nthree", "a@solvik.example", ["b@post.no"])

    deliver(mail, before_end=lambda: None)

    text = smtp_server.messages[0].parsed.get_content()
    assert text.splitlines() == [".one", "..two", "three"]


def test_no_detail_quotes_the_address(smtp_server):
    smtp_server.behave(Behaviour.REFUSE_RECIPIENT)

    outcome = deliver(a_mail("nora@post.no"), before_end=lambda: None)

    assert "nora" not in outcome.detail


def answered(status, **headers):
    response = Response()
    response.status_code = status
    response.headers.update(headers)
    return AnymailRequestsAPIError(response=response)


def broken(cause):
    error = AnymailRequestsAPIError("no answer")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (answered(429), Outcome(Kind.THROTTLED, "429")),
        (
            answered(429, **{"Retry-After": "90"}),
            Outcome(Kind.THROTTLED, "429", retry_after=90),
        ),
        (answered(401), Outcome(Kind.NOT_SENT, "401")),
        (answered(403), Outcome(Kind.NOT_SENT, "403")),
        (answered(400), Outcome(Kind.REJECTED, "400")),
        (answered(422), Outcome(Kind.REJECTED, "422")),
        (answered(408), Outcome(Kind.UNKNOWN, "408")),
        (answered(409), Outcome(Kind.UNKNOWN, "409")),
        (answered(500), Outcome(Kind.UNKNOWN, "500")),
        (answered(503), Outcome(Kind.UNKNOWN, "503")),
        (answered(200), Outcome(Kind.UNKNOWN, "200")),
        (broken(ConnectTimeout()), Outcome(Kind.NOT_SENT, "ConnectTimeout")),
        (broken(ReadTimeout()), Outcome(Kind.UNKNOWN, "ReadTimeout")),
        (
            broken(RequestsConnectionError("NewConnectionError(refused)")),
            Outcome(Kind.NOT_SENT, "ConnectionError"),
        ),
        (
            broken(RequestsConnectionError("Connection reset by peer")),
            Outcome(Kind.UNKNOWN, "ConnectionError"),
        ),
        (
            AnymailRecipientsRefused(),
            Outcome(Kind.REJECTED, "AnymailRecipientsRefused"),
        ),
        (AnymailInvalidAddress(), Outcome(Kind.REJECTED, "AnymailInvalidAddress")),
    ],
    ids=str,
)
def test_a_provider_is_understood(error, outcome):
    assert _outcome_of_provider(error) == outcome
