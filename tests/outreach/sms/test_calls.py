"""What is true of every provider: one request for a try, and the truth about it."""

import dataclasses
import logging
import socket
import ssl
import threading
import time

import pytest

from crm.devtools.processes import wait_until
from outreach.models import Attempt
from outreach.outcomes import Found, NoAnswer, NotFound, Outcome, Unsupported
from outreach.sms.calls import Line, with_bearer
from tests.outreach.sms.providers import MADE_AT, SECRET, TEXT, TO, an_sms
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


def soon(seconds=15.0):
    return time.monotonic() + seconds


def test_a_message_is_handed_over_by_one_request(provider, server, backend):
    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome.kind == Kind.ACCEPTED
    assert outcome.provider_id
    assert len(server.asked) == len(provider.taken) == 1


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Says(500, b"oops"), Outcome(Kind.UNKNOWN, "500")),
        (Says(502), Outcome(Kind.UNKNOWN, "502")),
        (Says(503, headers={"Retry-After": "9"}), Outcome(Kind.UNKNOWN, "503")),
        (Says(408), Outcome(Kind.UNKNOWN, "408")),
        (Says(409), Outcome(Kind.UNKNOWN, "409")),
        (Says(200, b"<html>Welcome!</html>"), Outcome(Kind.UNKNOWN, "200")),
        (Says(200, b"[1, 2]"), Outcome(Kind.UNKNOWN, "200")),
        (Says(200, b'{"id": 7, "sid": [], "messageId": {}}'), Outcome(Kind.UNKNOWN, "200")),
        (Says(201), Outcome(Kind.UNKNOWN, "201")),
        (Says(200, b"[" * 200_000), Outcome(Kind.UNKNOWN, "200")),
        (Says(307, headers={"Location": "/elsewhere"}), Outcome(Kind.UNKNOWN, "307")),
        (Says(401), Outcome(Kind.NOT_SENT, "401")),
        (Says(402), Outcome(Kind.NOT_SENT, "402")),
        (Says(403), Outcome(Kind.NOT_SENT, "403")),
        (Says(400), Outcome(Kind.REJECTED, "400")),
        (Says(404), Outcome(Kind.REJECTED, "404")),
        (Says(422), Outcome(Kind.REJECTED, "422")),
        (Says(429), Outcome(Kind.THROTTLED, "429")),
        (
            Says(429, headers={"Retry-After": "90"}),
            Outcome(Kind.THROTTLED, "429", retry_after=90),
        ),
        (
            Says(429, headers={"Retry-After": "99999999999999"}),
            Outcome(Kind.THROTTLED, "429", retry_after=86_400),
        ),
        (
            Says(
                429, headers={"Retry-After": "Sun, 22 Nov 99999999999 10:00:00 GMT"}
            ),
            Outcome(Kind.THROTTLED, "429"),
        ),
        (
            Says(429, headers={"Retry-After": "soon"}),
            Outcome(Kind.THROTTLED, "429"),
        ),
        (Resets(), Outcome(Kind.UNKNOWN, "ConnectionResetError")),
        (Closes(), Outcome(Kind.UNKNOWN, "RemoteDisconnected")),
    ],
    ids=lambda value: (
        f"{value.status}-{value.body[:9]!r}" if isinstance(value, Says) else
        "" if isinstance(value, Outcome) else type(value).__name__
    ),
)  # fmt: skip
def test_a_failed_try_is_one_request_and_the_truth(
    server, backend, behaviour, expected
):
    server.behave(behaviour)

    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome == expected
    assert len(server.asked) == 1


@pytest.mark.parametrize("behaviour", [Hangs(), DripsHeaders(), DripsBody()], ids=type)
def test_a_server_that_takes_its_time_is_cut_off(server, backend, behaviour):
    server.behave(behaviour)
    begun = time.monotonic()

    outcome = backend.send(an_sms(), deadline=soon(0.7))

    assert outcome.kind == Kind.UNKNOWN
    assert 0.6 < time.monotonic() - begun < 8
    assert len(server.asked) == 1


def test_after_a_cut_the_next_message_goes_through(server, backend):
    server.behave(Hangs())
    backend.send(an_sms(), deadline=soon(0.3))

    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome.kind == Kind.ACCEPTED


def test_nothing_is_asked_when_the_time_is_up(server, backend):
    outcome = backend.send(an_sms(), deadline=soon(-1))

    assert outcome == Outcome(Kind.NOT_SENT, "deadline")
    assert server.asked == []


def test_a_server_that_is_away_was_sent_nothing(provider):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    backend = provider.backend(f"http://127.0.0.1:{port}")

    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome == Outcome(Kind.NOT_SENT, "NewConnectionError")


def test_a_name_that_nobody_knows_was_sent_nothing(provider):
    backend = provider.backend("http://nowhere.invalid")

    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome == Outcome(Kind.NOT_SENT, "NameResolutionError")


def test_a_server_that_speaks_no_tls_was_sent_nothing(provider, server):
    backend = provider.backend(server.url.replace("http:", "https:"))

    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome == Outcome(Kind.NOT_SENT, "SSLError")
    assert server.asked == []


def test_a_handshake_that_never_ends_was_sent_nothing(provider):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        backend = provider.backend(f"https://127.0.0.1:{silent.getsockname()[1]}")

        begun = time.monotonic()
        outcome = backend.send(an_sms(), deadline=soon(0.3))

    assert outcome.kind == Kind.NOT_SENT
    assert time.monotonic() - begun < 4


def test_a_wrong_password_is_not_about_the_message(provider, server):
    wrong = dict.fromkeys(provider.credentials, "wrong")
    backend = type(provider.backend(""))(
        provider.backend("").account, wrong, base_url=server.url
    )

    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome.kind == Kind.NOT_SENT
    assert provider.taken == []


def test_an_account_without_money_is_not_about_the_message(provider, server, backend):
    server.behave(provider.no_money)

    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome.kind == Kind.NOT_SENT


def test_a_refusal_names_the_code_and_never_the_number(provider, server, backend):
    server.behave(provider.refusal)

    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome.kind == Kind.REJECTED
    assert outcome.detail.startswith("400")
    assert TO not in str(outcome)


def test_a_connection_is_kept_between_messages(provider, server, backend):
    for _time in range(3):
        backend.send(an_sms(), deadline=soon())

    assert len(provider.taken) == 3
    assert server.connections == 1


def test_a_connection_that_was_closed_meanwhile_is_made_anew(provider, server, backend):
    server.behave(AnswersAndCloses())

    first = backend.send(an_sms(), deadline=soon())
    wait_until(lambda: server.closed == 1, seconds=5)
    second = backend.send(an_sms(), deadline=soon())

    assert [first.kind, second.kind] == [Kind.ACCEPTED, Kind.ACCEPTED]
    assert len(server.asked) == len(provider.taken) == 2
    assert server.connections == 2


def test_threads_may_share_an_account(provider, server, backend):
    outcomes = []

    def send():
        outcomes.append(backend.send(an_sms(), deadline=soon(10)).kind)

    threads = [threading.Thread(target=send) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes == [Kind.ACCEPTED] * 8
    assert len(provider.taken) == 8


def test_an_endless_answer_is_not_read_to_its_end(server, backend):
    server.behave(Says(201, b"a" * 3_000_000))

    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome == Outcome(Kind.UNKNOWN, "201")


def test_no_secret_and_no_guest_is_ever_told(provider, server, backend, caplog):
    caplog.set_level(logging.DEBUG)
    out = an_sms()
    server.behave(provider.refusal, Resets())

    outcomes = [backend.send(out, deadline=soon()) for _time in range(3)]
    looked_up = backend.lookup(out, around=MADE_AT, deadline=soon())

    told = " ".join(map(repr, (backend, out, outcomes, looked_up, backend.__dict__)))
    told = told.replace(repr(backend._credentials), "") + caplog.text
    for hidden in (SECRET, TO, TO.strip("+"), TEXT):
        assert hidden not in told


def test_a_machines_own_passwords_are_not_used(monkeypatch, tmp_path, server):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.answer = lambda asked: Says(200)

    Line(with_bearer("ours")).ask("POST", server.url, deadline=soon())

    assert server.asked[0].headers["authorization"] == "Bearer ours"


def test_a_proxy_of_the_machine_is_used(provider, server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.behave(Says(200, b"nonsense"), Hangs())
    backend = provider.backend("http://provider.example")

    outcomes = [backend.send(an_sms(), deadline=soon(given)) for given in (15, 0.7)]

    assert [outcome.kind for outcome in outcomes] == [Kind.UNKNOWN] * 2
    assert len(server.asked) == 2
    assert server.asked[0].path.startswith("http://provider.example/")


# Over TLS


@pytest.fixture
def tls_server(provider, certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    stand_in = HttpStandIn(provider.answer, tls=context)
    yield stand_in
    stand_in.stop()


def test_a_certificate_that_nobody_vouches_for_was_sent_nothing(provider, tls_server):
    backend = provider.backend(tls_server.url)

    outcome = backend.send(an_sms(), deadline=soon())

    assert outcome == Outcome(Kind.NOT_SENT, "SSLCertVerificationError")
    assert tls_server.asked == []


@pytest.mark.parametrize("behaviour", [Hangs(), DripsHeaders(), DripsBody()], ids=type)
def test_a_slow_server_is_cut_off_over_tls_too(
    provider, tls_server, certificate, monkeypatch, behaviour
):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    backend = provider.backend(tls_server.url)
    tls_server.behave(None, behaviour)
    begun = time.monotonic()

    outcomes = [backend.send(an_sms(), deadline=soon(given)) for given in (15, 0.7)]

    assert [outcome.kind for outcome in outcomes] == [Kind.ACCEPTED, Kind.UNKNOWN]
    assert time.monotonic() - begun < 8
    assert (len(tls_server.asked), tls_server.connections) == (2, 1)


# Looking up


def test_a_message_that_was_taken_in_silence_is_found(provider, server, backend):
    backend.send(an_sms(), deadline=soon())

    found = backend.lookup(an_sms(), around=MADE_AT, deadline=soon())

    if not backend.capabilities.looks_up:
        assert found == Unsupported()
    else:
        assert isinstance(found, Found)
        assert found.provider_id in {
            provider.taken[0].get("id"),
            provider.taken[0].get("sid"),
        }


def test_what_is_not_found_proves_something_only_by_our_reference(backend):
    found = backend.lookup(an_sms(), around=MADE_AT, deadline=soon())

    if backend.capabilities.looks_up:
        is_proof = backend.capabilities.lookup_proves_absence
        assert found == NotFound(is_proof=is_proof)


@pytest.mark.parametrize(
    ("behaviour", "detail"),
    [
        (Says(500), "500"),
        (Says(200, b"nonsense"), "200"),
        (Says(401), "401"),
        (Closes(), "RemoteDisconnected"),
    ],
    ids=["500", "nonsense", "401", "closes"],
)
def test_a_question_that_fails_proves_nothing(server, backend, behaviour, detail):
    server.behave(behaviour)

    found = backend.lookup(an_sms(), around=MADE_AT, deadline=soon())

    if backend.capabilities.looks_up:
        assert found == NoAnswer(detail)


def test_an_outcome_can_be_compared_and_kept():
    outcome = Outcome(Kind.ACCEPTED, provider_id="a", parts=2, cost=7000)

    assert dataclasses.asdict(outcome) == {
        "kind": "accepted",
        "detail": "",
        "provider_id": "a",
        "retry_after": None,
        "parts": 2,
        "cost": 7000,
        "pause": "",
    }
