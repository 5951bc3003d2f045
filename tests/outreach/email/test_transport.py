"""What is true of every mail provider: one request for a try, and the truth about it."""

import dataclasses
import json
import logging
import ssl
import time
from urllib.parse import unquote_plus

import pytest
import urllib3
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from crm.tenancy.models import Business
from outreach.email.answers import outcome_at_amazon
from outreach.email.mail import build_mail
from outreach.email.providers import PROVIDERS, SES
from outreach.email.transport import ProviderLine
from outreach.models import Attempt, Message, ProviderAccount
from outreach.outcomes import Outcome
from tests.outreach.email.provider_answers import REFUSALS, TAKEN, TO
from tests.outreach.sms.stand_in import (
    AnswersAndCloses,
    Closes,
    DripsBody,
    DripsHeaders,
    Hangs,
    HttpStandIn,
    Resets,
    Says,
)

Kind = Attempt.Outcome
Pause = ProviderAccount.Pause

pytestmark = pytest.mark.filterwarnings(
    "ignore::anymail.exceptions.AnymailNotSupportedWarning"
)

NAMES = [name for name, one in PROVIDERS.items() if one.backend and name != SES]


@pytest.fixture(autouse=True)
def _site(settings, monkeypatch):
    settings.SITE_URL = "https://gjensyn.example"
    settings.DEFAULT_FROM_EMAIL = "mail@gjensyn.example"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def server(name):
    stand_in = HttpStandIn(lambda asked: TAKEN[name][0])
    yield stand_in
    stand_in.stop()


@pytest.fixture
def line(name, server, settings):
    line = line_to(server, name, settings)
    yield line
    line.close()


def line_to(server, name, settings):
    provider = PROVIDERS[name]
    settings.ANYMAIL = {f"{name.upper()}_API_URL": server.url}
    settings.INNER_HOSTS = frozenset({"127.0.0.1"})
    credentials = {
        asked.name: server.url if asked.is_host else f"my-{asked.name}"
        for asked in provider.asks_for
        if asked.name not in {"region", "sandbox_id"}
    }
    backend = get_connection(provider.backend, **provider.options(credentials))
    return ProviderLine(backend, name, must_be_public=provider.is_named_by_business)


def a_mail(name):
    business = Business(name="Solvik", slug="solvik")
    message = Message(
        business=business, kind=Message.Kind.SURVEY, to_address=TO,
        subject="How was it?", body_text="Tell us", body_html="<p>Tell us</p>",
    )  # fmt: skip
    account = ProviderAccount(
        business=business,
        inbound_domain="svar.solvik.example",
        sender="hei@solvik.example",
    )
    return message, build_mail(message, account, PROVIDERS[name])


def send(line, name, *, seconds=10.0, mail=None):
    mail = mail or a_mail(name)[1]
    deadline = time.monotonic() + seconds
    return line.send(mail, deadline=deadline, before_end=lambda: None)


def test_a_mail_is_handed_over_by_one_request(name, server, line):
    _message, mail = a_mail(name)

    outcome = send(line, name, mail=mail)

    assert outcome.kind == Kind.ACCEPTED
    assert len(server.asked) == 1
    assert outcome.provider_id == (TAKEN[name][1] or outcome.provider_id) != ""


def test_what_is_handed_over_says_how_to_stop_and_leads_back(name, server, line):
    message, mail = a_mail(name)

    send(line, name, mail=mail)

    (asked,) = server.asked
    body = asked.body.decode()
    said = f"{body} {unquote_plus(body)} {json.dumps(asked.headers)}"
    assert "List-Unsubscribe=One-Click" in said
    assert "https://gjensyn.example/" in said
    assert "unsubscribe+" in said
    assert "reply+" in said
    assert str(message.uuid) in said
    provider = PROVIDERS[name]
    for header in provider.leaves_out:
        assert f'"{header}"' not in said.lower()
    assert "true" not in said.lower().partition("track_opens")[2][:10]


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Says(500, b"oops"), Outcome(Kind.UNKNOWN, "500")),
        (Says(502), Outcome(Kind.UNKNOWN, "502")),
        (Says(503, headers={"Retry-After": "9"}), Outcome(Kind.UNKNOWN, "503")),
        (Says(408), Outcome(Kind.UNKNOWN, "408")),
        (Says(409), Outcome(Kind.UNKNOWN, "409")),
        (Says(307, headers={"Location": "/elsewhere"}), Outcome(Kind.UNKNOWN, "307")),
        (Says(401), Outcome(Kind.NOT_SENT, "401", pause=Pause.LOGIN)),
        (Says(402), Outcome(Kind.NOT_SENT, "402", pause=Pause.EMPTY)),
        (Says(403), Outcome(Kind.NOT_SENT, "403", pause=Pause.LOGIN)),
        (Says(400), Outcome(Kind.REJECTED, "400")),
        (Says(422, b"{}"), Outcome(Kind.REJECTED, "422")),
        (Says(429), Outcome(Kind.THROTTLED, "429")),
        (
            Says(429, headers={"Retry-After": "90"}),
            Outcome(Kind.THROTTLED, "429", retry_after=90),
        ),
        (Resets(), Outcome(Kind.UNKNOWN, "ConnectionResetError")),
        (Closes(), Outcome(Kind.UNKNOWN, "RemoteDisconnected")),
    ],
    ids=lambda value: (
        f"{value.status}{value.headers}" if isinstance(value, Says)
        else "" if isinstance(value, Outcome) else type(value).__name__
    ),
)  # fmt: skip
def test_a_failed_try_is_one_request_and_the_truth(
    name, server, line, behaviour, expected
):
    server.behave(behaviour)
    if (name, expected.detail) == ("sendgrid", "403"):
        expected = dataclasses.replace(expected, pause=Pause.SENDER)

    assert send(line, name) == expected
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome!</html>", b"[]", b"{}", b"null", b'"OK"', b"7", b"[1, 2]",
        b'{"id": null, "messageId": null, "success": true, "status": "success"}',
        b'{"data": {"messages": {}}, "status": "success", "emails": [], "Messages": []}',
        b"[" * 200_000, b"",
    ],
    ids=lambda body: body[:9],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["application/json", "text/html"])
def test_nonsense_is_no_yes_and_no_no(name, server, line, body, kind):
    # The yes of SendGrid is 202 alone.
    status = 200 if name == "sendgrid" else 202
    server.behave(Says(status, body, {"Content-Type": kind}))

    assert send(line, name).kind == Kind.UNKNOWN
    assert len(server.asked) == 1


@pytest.mark.parametrize("behaviour", [Hangs(), DripsHeaders(), DripsBody()], ids=type)
def test_a_slow_provider_is_cut_off(name, server, line, behaviour):
    server.behave(behaviour)
    begun = time.monotonic()

    assert send(line, name, seconds=1) == Outcome(Kind.UNKNOWN, "deadline")
    assert time.monotonic() - begun < 8
    assert len(server.asked) == 1


def test_after_the_deadline_nothing_is_begun(name, server, line):
    assert send(line, name, seconds=-1) == Outcome(Kind.NOT_SENT, "deadline")
    assert server.asked == []


def test_a_provider_that_is_away_was_sent_nothing(name, server, line):
    server.stop()

    assert send(line, name).kind == Kind.NOT_SENT
    assert server.asked == []


def test_a_connection_is_kept_and_made_anew_when_it_is_gone(name, server, line):
    server.behave(None, AnswersAndCloses(), None)

    kinds = [send(line, name).kind for _ in range(2)]
    while server.closed < 1:
        time.sleep(0.01)
    kinds.append(send(line, name).kind)

    assert kinds == [Kind.ACCEPTED] * 3
    assert (len(server.asked), server.connections) == (3, 2)


def test_nothing_is_logged_about_the_guest(name, server, line, caplog):
    caplog.set_level(logging.DEBUG)
    server.behave(Says(400, f"{TO} is wrong".encode()))

    outcome = send(line, name)

    assert TO not in caplog.text
    assert TO not in repr(outcome)


def test_a_certificate_that_nobody_vouches_for_was_sent_nothing(certificate, settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stand_in = HttpStandIn(lambda asked: TAKEN["brevo"][0], tls=context)
    line = line_to(stand_in, "brevo", settings)

    outcome = send(line, "brevo")
    stand_in.stop()

    assert outcome == Outcome(Kind.NOT_SENT, "SSLCertVerificationError")
    assert stand_in.asked == []


@pytest.mark.parametrize(
    ("refuses", "answer", "kind", "detail", "pause"),
    REFUSALS,
    ids=[f"{case[0]}-{case[3]}" for case in REFUSALS],
)
def test_a_refusal_is_about_the_mail_or_the_account(
    settings, refuses, answer, kind, detail, pause
):
    stand_in = HttpStandIn(lambda asked: answer)
    line = line_to(stand_in, refuses, settings)

    outcome = send(line, refuses)
    line.close()
    stand_in.stop()

    assert (outcome.kind, outcome.detail, outcome.pause) == (kind, detail, pause)
    assert len(stand_in.asked) == 1


@pytest.mark.parametrize("name", ["postal"])
def test_an_inner_provider_is_not_called_for_a_business(name, server, line, settings):
    settings.INNER_HOSTS = frozenset()

    assert send(line, name) == Outcome(Kind.NOT_SENT, "HostIsNotPublic")
    assert server.connections == 0


@pytest.mark.parametrize(
    ("name", "key"), [("resend", "idempotency-key"), ("brevo", "idempotencyKey")]
)
def test_a_repeat_has_the_key_of_the_first(name, key, server, line):
    message, _mail = a_mail(name)
    account = ProviderAccount(business=message.business)
    for _ in range(2):
        send(line, name, mail=build_mail(message, account, PROVIDERS[name]))

    first, second = server.asked
    assert first.body == second.body
    keys = [
        asked.headers.get(key) or asked.json["headers"][key] for asked in server.asked
    ]
    assert keys == [str(message.uuid)] * 2


def test_a_mail_that_cannot_be_put_in_words_is_refused_without_a_call(settings):
    stand_in = HttpStandIn(lambda asked: TAKEN["brevo"][0])
    line = line_to(stand_in, "brevo", settings)
    _message, mail = a_mail("brevo")
    mail.to = ["not an address"]

    outcome = send(line, "brevo", mail=mail)
    stand_in.stop()

    assert outcome == Outcome(Kind.REJECTED, "AnymailInvalidAddress")
    assert stand_in.asked == []


class _Slow(BaseEmailBackend):
    """A way of its own, like Amazon's library: it ends when it ends."""

    def __init__(self, problem):
        super().__init__()
        self.problem = problem

    def send_messages(self, email_messages):
        time.sleep(0.3)
        if self.problem:
            raise self.problem


@pytest.mark.parametrize(
    ("problem", "kind"), [(OSError(), Kind.UNKNOWN), (None, Kind.ACCEPTED)], ids=repr
)
def test_what_is_not_cut_is_believed_after_the_deadline_too(problem, kind):
    line = ProviderLine(_Slow(problem), "")

    assert send(line, "brevo", seconds=0.1).kind == kind


class SSLError(Exception):
    """Named like the one of Amazon's library, which keeps the cause like this."""

    def __init__(self, cause):
        super().__init__("SSL validation failed")
        self.kwargs = {"error": urllib3.exceptions.SSLError(cause)}

    def __repr__(self):
        return "SSLError"


class ConnectTimeoutError(Exception):
    """Named like the one of Amazon's library."""


class ReadTimeoutError(Exception):
    """Named like the one of Amazon's library."""


@pytest.mark.parametrize(
    ("answer", "error", "outcome"),
    [
        (None, ConnectTimeoutError(), Outcome(Kind.NOT_SENT, "ConnectTimeoutError")),
        (None, ReadTimeoutError(), Outcome(Kind.UNKNOWN, "ReadTimeoutError")),
        (None, SSLError(ssl.SSLCertVerificationError()), Outcome(Kind.NOT_SENT, "SSLCertVerificationError")),
        (None, SSLError(ssl.SSLError()), Outcome(Kind.UNKNOWN, "SSLError")),
        ("TooManyRequestsException", None, Outcome(Kind.THROTTLED, "TooManyRequestsException")),
        ("MessageRejected", None, Outcome(Kind.REJECTED, "MessageRejected")),
        ("SendingPausedException", None, Outcome(Kind.NOT_SENT, "SendingPausedException", pause=Pause.EMPTY)),
        ("SignatureDoesNotMatch", None, Outcome(Kind.NOT_SENT, "SignatureDoesNotMatch", pause=Pause.LOGIN)),
        ("InternalFailure", None, Outcome(Kind.UNKNOWN, "InternalFailure")),
        (f"odd {TO}", None, Outcome(Kind.UNKNOWN, "")),
    ],
    ids=str,
)  # fmt: skip
def test_amazon_is_understood(answer, error, outcome):
    given = {"Error": {"Code": answer}} if answer else None

    assert outcome_at_amazon(given, error or Exception()) == outcome
