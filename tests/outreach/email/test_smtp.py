"""What is true of mail servers: one delivery for a try, and the truth about it."""

import ssl
import time

import pytest
from django.core.mail import EmailMessage

from crm.devtools.smtp_stand_in import Behaviour
from outreach.email.providers import PLAIN, STARTTLS, TLS
from outreach.email.smtp import SmtpLine
from outreach.email.smtp_client import MailServer
from outreach.models import Attempt, ProviderAccount
from outreach.outcomes import Outcome
from tests.outreach.email.mail_servers import Drips, Hangs, HangsUp, MailStandIn

Kind = Attempt.Outcome
LOGIN = ProviderAccount.Pause.LOGIN
SENDER = ProviderAccount.Pause.SENDER


def a_mail(to="nora@post.no", subject="Hello", body="Text"):
    return EmailMessage(subject, body, "house@solvik.example", [to])


def send(line, mail=None, *, seconds=10.0, before_end=lambda: None):
    deadline = time.monotonic() + seconds
    return line.send(mail or a_mail(), deadline=deadline, before_end=before_end)


@pytest.fixture
def server():
    stand_in = MailStandIn()
    yield stand_in
    stand_in.stop()


@pytest.fixture
def line(server):
    line = SmtpLine(MailServer("127.0.0.1", server.port))
    yield line
    line.close()


@pytest.fixture
def real_line(smtp_server):
    line = SmtpLine(MailServer("127.0.0.1", smtp_server.port))
    yield line
    line.close()


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        (Behaviour.ACCEPT, Outcome(Kind.ACCEPTED, "250")),
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
def test_a_real_mail_server_is_understood(smtp_server, real_line, behaviour, outcome):
    smtp_server.behave(behaviour)

    assert send(real_line) == outcome


@pytest.mark.parametrize(
    ("replies", "outcome"),
    [
        ({"greeting": ["554 5.7.1 go away"]}, Outcome(Kind.NOT_SENT, "554 5.7.1")),
        ({"greeting": ["421 busy"]}, Outcome(Kind.NOT_SENT, "421")),
        ({"greeting": ["hello there"]}, Outcome(Kind.NOT_SENT, "-1")),
        ({"greeting": [HangsUp()]}, Outcome(Kind.NOT_SENT, "SMTPServerDisconnected")),
        (
            {"MAIL": ["530 5.7.0 log in first"]},
            Outcome(Kind.NOT_SENT, "530 5.7.0", pause=LOGIN),
        ),
        (
            {"MAIL": ["553 5.7.1 not your address"]},
            Outcome(Kind.NOT_SENT, "553 5.7.1", pause=SENDER),
        ),
        ({"MAIL": ["451 4.3.2 later"]}, Outcome(Kind.NOT_SENT, "451 4.3.2")),
        ({"MAIL": ["552 5.3.4 too big"]}, Outcome(Kind.REJECTED, "552 5.3.4")),
        ({"MAIL": [HangsUp()]}, Outcome(Kind.NOT_SENT, "SMTPServerDisconnected")),
        ({"RCPT": ["550 5.1.1 nobody"]}, Outcome(Kind.REJECTED, "550 5.1.1")),
        ({"RCPT": ["450 4.2.1 later"]}, Outcome(Kind.THROTTLED, "450 4.2.1")),
        ({"RCPT": ["421 4.7.0 bye"]}, Outcome(Kind.THROTTLED, "421 4.7.0")),
        (
            {"RCPT": ["530 5.7.0 log in first"]},
            Outcome(Kind.NOT_SENT, "530 5.7.0", pause=LOGIN),
        ),
        ({"RCPT": ["what"]}, Outcome(Kind.NOT_SENT, "-1")),
        ({"DATA": ["250 2.0.0 thanks"]}, Outcome(Kind.NOT_SENT, "250 2.0.0")),
        ({"DATA": ["334 go on"]}, Outcome(Kind.NOT_SENT, "334")),
        ({"DATA": ["what"]}, Outcome(Kind.NOT_SENT, "-1")),
        ({"DATA": ["554 5.5.1 no"]}, Outcome(Kind.REJECTED, "554 5.5.1")),
        ({"DATA": ["451 4.7.1 greylisted"]}, Outcome(Kind.THROTTLED, "451 4.7.1")),
        ({"DATA": [HangsUp()]}, Outcome(Kind.NOT_SENT, "SMTPServerDisconnected")),
        ({"text": ["554 5.7.1 spam"]}, Outcome(Kind.REJECTED, "554 5.7.1")),
        ({"text": ["452 4.2.2 full"]}, Outcome(Kind.THROTTLED, "452 4.2.2")),
        ({"text": ["thank you"]}, Outcome(Kind.UNKNOWN, "-1")),
        ({"text": ["354 go on"]}, Outcome(Kind.UNKNOWN, "354")),
        ({"text": [HangsUp()]}, Outcome(Kind.UNKNOWN, "SMTPServerDisconnected")),
        ({"text": ["250-a\r\n" * 500]}, Outcome(Kind.UNKNOWN, "SMTPServerDisconnected")),
        ({"text": ["2" * 9000]}, Outcome(Kind.UNKNOWN, "SMTPServerDisconnected")),
    ],
    ids=str,
)  # fmt: skip
def test_each_reply_is_one_delivery_at_most_and_the_truth(
    server, line, replies, outcome
):
    server.says(**replies)

    assert send(line) == outcome
    assert len(server.texts) == ("text" in replies)
    assert server.connections == 1


def test_every_yes_to_the_recipient_is_a_yes(server, line):
    server.says(RCPT=["252 2.1.5 will try"])

    assert send(line) == Outcome(Kind.ACCEPTED, "250 2.0.0", provider_id="")
    assert len(server.texts) == 1


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("greeting", Kind.NOT_SENT),
        ("EHLO", Kind.NOT_SENT),
        ("MAIL", Kind.NOT_SENT),
        ("RCPT", Kind.NOT_SENT),
        ("DATA", Kind.NOT_SENT),
        ("text", Kind.UNKNOWN),
    ],
)
@pytest.mark.parametrize("behaviour", [Hangs(), Drips()], ids=["hangs", "drips"])
def test_a_slow_server_is_cut_off_wherever_it_is_slow(
    server, line, place, kind, behaviour
):
    server.says(**{place: [behaviour]})
    begun = time.monotonic()

    assert send(line, seconds=1) == Outcome(kind, "deadline")
    assert time.monotonic() - begun < 6


def test_after_the_deadline_nothing_is_begun(server, line):
    assert send(line, seconds=-1) == Outcome(Kind.NOT_SENT, "deadline")
    assert server.heard == []


def test_a_server_that_is_away_was_sent_nothing():
    outcome = send(SmtpLine(MailServer("127.0.0.1", 1)))

    assert outcome == Outcome(Kind.NOT_SENT, "ConnectionRefusedError")


# The kept connection


def test_one_connection_takes_many_messages(server, line):
    outcomes = [send(line) for _ in range(3)]

    assert {outcome.kind for outcome in outcomes} == {Kind.ACCEPTED}
    assert (server.connections, len(server.texts)) == (1, 3)


def test_a_refused_message_leaves_the_connection_clean_for_the_next(server, line):
    server.says(RCPT=["550 5.1.1 nobody"])

    outcomes = [send(line), send(line)]

    assert [outcome.kind for outcome in outcomes] == [Kind.REJECTED, Kind.ACCEPTED]
    verbs = [heard.split()[0].lower() for heard in server.heard]
    assert verbs == ["ehlo", "mail", "rcpt", "rset", "mail", "rcpt", "data"]
    assert server.connections == 1


@pytest.mark.parametrize(
    "said", [HangsUp(), "421 4.4.2 idle", "451 4.7.0 enough"], ids=str
)
def test_a_connection_that_went_stale_is_made_anew(server, line, said):
    server.says(MAIL=["250 ok", said])

    outcomes = [send(line), send(line)]

    assert [outcome.kind for outcome in outcomes] == [Kind.ACCEPTED, Kind.ACCEPTED]
    assert (server.connections, len(server.texts)) == (2, 2)


@pytest.mark.parametrize("place", ["RCPT", "DATA", "text"])
def test_what_was_begun_is_not_begun_again_in_the_same_try(server, line, place):
    usual = {"RCPT": "250 ok", "DATA": "354 go on", "text": "250 ok"}[place]
    server.says(**{place: [usual, HangsUp()]})

    first, second = send(line), send(line)

    expected = Kind.UNKNOWN if place == "text" else Kind.NOT_SENT
    assert (first.kind, second.kind) == (Kind.ACCEPTED, expected)
    assert server.connections == 1


def test_after_trouble_the_next_message_gets_a_new_connection(server, line):
    server.says(text=[HangsUp()])

    outcomes = [send(line), send(line)]

    assert [outcome.kind for outcome in outcomes] == [Kind.UNKNOWN, Kind.ACCEPTED]
    assert server.connections == 2


def test_a_slow_kept_connection_costs_no_more_than_its_time(server, line):
    server.says(MAIL=["250 ok", Hangs()])
    send(line)
    begun = time.monotonic()

    assert send(line, seconds=1) == Outcome(Kind.NOT_SENT, "deadline")
    assert time.monotonic() - begun < 6


def test_a_closed_line_can_be_used_again(server, line):
    send(line)
    line.close()

    assert send(line).kind == Kind.ACCEPTED
    assert server.connections == 2
    assert [heard for heard in server.heard if heard.lower() == "quit"] == ["quit"]


# Logging in and encryption


def test_who_is_not_let_in_pauses_the_account(server):
    server.says(
        EHLO=["250-mail.example\r\n250 AUTH PLAIN"], AUTH=["535 5.7.8 wrong", "535 no"]
    )
    line = SmtpLine(MailServer("127.0.0.1", server.port, user="house", password="x"))

    assert send(line) == Outcome(Kind.NOT_SENT, "535 5.7.8", pause=LOGIN)


def test_a_server_in_trouble_with_its_logins_is_asked_again_later(server):
    server.says(EHLO=["250-mail.example\r\n250 AUTH PLAIN"], AUTH=["454 4.7.0 not now"])
    line = SmtpLine(MailServer("127.0.0.1", server.port, user="house", password="x"))

    assert send(line) == Outcome(Kind.NOT_SENT, "454 4.7.0")


def test_a_server_without_logins_is_not_written_to_without_one(server):
    line = SmtpLine(MailServer("127.0.0.1", server.port, user="house", password="x"))

    assert send(line) == Outcome(Kind.NOT_SENT, "530", pause=LOGIN)
    assert server.texts == []


def test_a_login_that_cannot_be_written_pauses_the_account(server):
    server.says(EHLO=["250-mail.example\r\n250 AUTH PLAIN"])
    line = SmtpLine(
        MailServer("127.0.0.1", server.port, user="house", password="blåbær")
    )

    assert send(line) == Outcome(Kind.NOT_SENT, "UnicodeEncodeError", pause=LOGIN)
    assert server.texts == []


def test_who_logs_in_once_sends_many(server):
    server.says(EHLO=["250-mail.example\r\n250 AUTH PLAIN"])
    line = SmtpLine(MailServer("127.0.0.1", server.port, user="house", password="x"))

    kinds = [send(line).kind for _ in range(2)]
    line.close()

    assert kinds == [Kind.ACCEPTED, Kind.ACCEPTED]
    assert len([heard for heard in server.heard if heard.startswith("AUTH")]) == 1


@pytest.fixture
def tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture(params=[STARTTLS, TLS])
def encrypted(request, tls):
    is_tls = request.param == TLS
    stand_in = MailStandIn(tls, is_tls_from_the_start=is_tls)
    if not is_tls:
        stand_in.says(EHLO=["250-mail.example\r\n250 STARTTLS"])
    yield stand_in, MailServer("127.0.0.1", stand_in.port, request.param)
    stand_in.stop()


def test_mail_goes_over_an_encrypted_connection(encrypted, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server, address = encrypted
    line = SmtpLine(address)

    kinds = [send(line).kind for _ in range(2)]
    line.close()

    assert kinds == [Kind.ACCEPTED, Kind.ACCEPTED]
    assert server.connections == 1


def test_a_certificate_that_nobody_vouches_for_was_sent_nothing(encrypted):
    server, address = encrypted

    outcome = send(SmtpLine(address))

    assert outcome == Outcome(Kind.NOT_SENT, "SSLCertVerificationError")
    assert server.texts == []


def test_without_the_encryption_that_was_asked_for_nothing_is_said(server):
    line = SmtpLine(
        MailServer("127.0.0.1", server.port, STARTTLS, user="house", password="x")
    )

    assert send(line) == Outcome(Kind.NOT_SENT, "SMTPNotSupportedError")
    assert [heard.split()[0].lower() for heard in server.heard] == ["ehlo"]


@pytest.mark.parametrize("security", [STARTTLS, TLS])
def test_a_slow_handshake_is_cut_off(server, security):
    server.says(greeting=[Hangs()])
    begun = time.monotonic()

    outcome = send(SmtpLine(MailServer("127.0.0.1", server.port, security)), seconds=1)

    assert outcome == Outcome(Kind.NOT_SENT, "deadline")
    assert time.monotonic() - begun < 6


# Servers that a business names


@pytest.mark.parametrize("security", [STARTTLS, TLS])
def test_an_inner_server_is_not_called_for_a_business(server, settings, security):
    settings.INNER_HOSTS = frozenset()
    address = MailServer("127.0.0.1", server.port, security, must_be_public=True)

    outcome = send(SmtpLine(address))

    assert outcome == Outcome(Kind.NOT_SENT, "HostIsNotPublic")
    assert server.connections == 0


def test_without_encryption_only_servers_of_the_operator_are_called(server, settings):
    address = MailServer("127.0.0.1", server.port, PLAIN, must_be_public=True)
    settings.INNER_HOSTS = frozenset()
    refused = send(SmtpLine(address))
    settings.INNER_HOSTS = frozenset({"127.0.0.1"})
    line = SmtpLine(address)
    allowed = send(line)
    line.close()

    assert refused == Outcome(Kind.NOT_SENT, "Unencrypted")
    assert allowed.kind == Kind.ACCEPTED


# What is sent


def test_the_moment_before_the_end_comes_after_the_text_and_before_the_answer(
    smtp_server, real_line
):
    seen = []

    send(real_line, before_end=lambda: seen.append(len(smtp_server.messages)))

    assert seen == [0]
    assert len(smtp_server.messages) == 1


def test_a_mistake_before_the_end_has_sent_nothing(smtp_server, real_line):
    def mistake():
        raise RuntimeError

    outcome = send(real_line, before_end=mistake)

    assert outcome == Outcome(Kind.NOT_SENT, "RuntimeError")
    assert smtp_server.messages == []


def test_lines_that_begin_with_a_period_arrive_whole(smtp_server, real_line):
    send(real_line, a_mail(body=".one\n..two\nthree"))

    text = smtp_server.messages[0].parsed.get_content()
    assert text.splitlines() == [".one", "..two", "three"]


def test_nothing_in_a_text_ends_it_early(server, line):
    send(line, a_mail(body="one\r.\rtwo\n.\nthree\r\n.\r\nMAIL FROM:<x@evil.example>"))

    (text,) = server.texts
    assert text.endswith(b"\r\n.\r\n")
    assert b"\r\n.\r\n" not in text[:-5]
    assert text.replace(b"\r\n", b"").count(b"\r") == 0
    assert [heard.split()[0] for heard in server.heard].count("mail") == 1


@pytest.mark.parametrize(
    "mail",
    [
        a_mail(to="pål@post.no"),
        a_mail(subject="One\r\nBcc: all@post.no"),
        EmailMessage("Hello", "Text", "house@solvik.example", []),
        a_mail(to="nora@post.no\r\nRCPT TO:<all@post.no>"),
    ],
    ids=["letters", "header", "nobody", "lines"],
)
def test_what_cannot_be_a_mail_is_refused_before_anybody_is_called(server, line, mail):
    outcome = send(line, mail)

    assert outcome.kind == Kind.REJECTED
    assert server.connections == 0


def test_no_outcome_quotes_an_address_or_a_password(server):
    server.says(
        EHLO=["250-mail.example\r\n250 AUTH PLAIN"],
        AUTH=["535 house/secret@post.no is wrong", "535 nora@post.no"],
    )
    address = MailServer("127.0.0.1", server.port, user="house", password="secret")

    outcome = send(SmtpLine(address))

    assert outcome.detail == "535"
    assert "secret" not in repr(address)
