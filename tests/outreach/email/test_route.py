import threading

import pytest
from django.core.mail import EmailMessage

from outreach.accounts.credentials import sealed
from outreach.email.route import EmailRoute
from outreach.models import Attempt, ProviderAccount
from outreach.outcomes import Outcome
from tests.factories import make_guest
from tests.outreach.builders import make_message

Kind = Attempt.Outcome
LOGIN = ProviderAccount.Pause.LOGIN


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, emails=("nora@post.no",))


def a_mail(to="nora@post.no"):
    mail = EmailMessage("Hello", "Text", "house@solvik.example", [to])
    mail.extra_headers["Message-ID"] = "<1@solvik.example>"
    return mail


def account(business, provider="installation", *, credentials=None, **fields):
    found = business.provider_accounts.get(channel="email")
    found.provider = provider
    found.credentials = sealed(credentials) if credentials else None
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    return found


def deliver(route):
    try:
        return route.deliver(a_mail(), before_end=lambda: None)
    finally:
        route.close()


def test_mail_goes_by_the_server_of_the_installation(casa_alba, smtp_server):
    outcome = deliver(EmailRoute(account(casa_alba)))

    assert outcome == Outcome(Kind.ACCEPTED, "250", "<1@solvik.example>")
    assert len(smtp_server.messages) == 1


def test_mail_goes_by_the_server_of_the_business(casa_alba, smtp_server, settings):
    settings.EMAIL_PORT = 1
    settings.INNER_HOSTS = frozenset({"127.0.0.1"})
    credentials = {
        "host": "127.0.0.1",
        "port": str(smtp_server.port),
        "security": "plain",
    }

    outcome = deliver(EmailRoute(account(casa_alba, "smtp", credentials=credentials)))

    assert outcome.kind == Kind.ACCEPTED
    assert len(smtp_server.messages) == 1


def test_a_server_inside_is_not_called_for_a_business(casa_alba, smtp_server, settings):
    settings.INNER_HOSTS = frozenset()
    credentials = {"host": "localhost", "port": str(smtp_server.port)}

    outcome = deliver(EmailRoute(account(casa_alba, "smtp", credentials=credentials)))

    assert outcome == Outcome(Kind.NOT_SENT, "HostIsNotPublic")
    assert smtp_server.messages == []


@pytest.mark.parametrize(
    ("provider", "credentials"),
    [
        ("smtp", None),
        ("smtp", {"host": "mail.example", "port": "smtp"}),
        ("brevo", None),
        ("brevo", {"api_key": ""}),
        ("postal", {"api_key": "x"}),
        ("amazon_ses", {"aws_access_key_id": "a"}),
        ("nobody", {"api_key": "x"}),
    ],
    ids=str,
)
def test_an_account_that_lacks_something_waits_until_somebody_sees_to_it(
    casa_alba, provider, credentials
):
    outcome = deliver(EmailRoute(account(casa_alba, provider, credentials=credentials)))

    assert (outcome.kind, outcome.pause) == (Kind.NOT_SENT, LOGIN)


def test_lost_credentials_are_not_those_of_the_installation(casa_alba, settings):
    settings.ANYMAIL = {"BREVO_API_KEY": "of the installation"}
    damaged = account(casa_alba, "brevo")
    damaged.credentials = b"nothing that was sealed"

    outcome = deliver(EmailRoute(damaged))

    assert outcome == Outcome(Kind.NOT_SENT, "CredentialsLost", pause=LOGIN)


def test_a_kept_route_keeps_its_connection(casa_alba, smtp_server):
    route = EmailRoute(account(casa_alba))

    for _ in range(3):
        route.deliver(a_mail(), before_end=lambda: None)
    route.close()

    assert len(smtp_server.messages) == 3
    assert smtp_server.conversations == 1


def test_a_closed_route_leaves_nothing_open_and_can_be_used_again(
    casa_alba, smtp_server
):
    route = EmailRoute(account(casa_alba))

    kinds = [deliver(route).kind for _ in range(2)]

    assert kinds == [Kind.ACCEPTED, Kind.ACCEPTED]
    assert smtp_server.conversations == 2


def test_only_a_provider_with_keys_takes_a_repeat_once(casa_alba, settings):
    hours = {
        name: EmailRoute(account(casa_alba, name)).replays_for
        for name in ("brevo", "resend", "postmark", "smtp", "installation")
    }
    settings.EMAIL_BACKEND = "anymail.backends.resend.EmailBackend"
    installed = EmailRoute(account(casa_alba)).replays_for

    assert {name: time and time.total_seconds() for name, time in hours.items()} == {
        "brevo": 600, "resend": 86_400,
        "postmark": None, "smtp": None, "installation": None,
    }  # fmt: skip
    assert installed.total_seconds() == 86_400


def test_another_backend_of_the_installation_is_believed(
    casa_alba, settings, mailoutbox
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    outcome = deliver(EmailRoute(account(casa_alba)))

    assert outcome == Outcome(Kind.ACCEPTED, provider_id="<1@solvik.example>")
    assert [mail.subject for mail in mailoutbox] == ["Hello"]


def test_a_message_is_prepared_the_same_however_often(nora):
    message = make_message(
        nora, subject="Hello", body_text="Text", body_html="<p>T</p>"
    )
    route = EmailRoute(account(nora.business, inbound_domain="svar.solvik.example"))

    first, second = (route.prepare(message).message().as_bytes() for _ in range(2))

    # Django dates a mail, and parts it, anew each time.
    def fixed(raw):
        return [
            line
            for line in raw.splitlines()
            if not line.startswith(
                (b"Date:", b"--=", b" boundary", b"Content-Type: mu")
            )
        ]

    assert fixed(first) == fixed(second)


def test_routes_of_two_threads_do_not_share_a_connection(casa_alba, smtp_server):
    routes = [EmailRoute(account(casa_alba)) for _ in range(2)]
    threads = [threading.Thread(target=deliver, args=[route]) for route in routes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(smtp_server.messages) == 2
    assert smtp_server.conversations == 2
