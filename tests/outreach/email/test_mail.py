from email.utils import parseaddr

import pytest
from anymail.utils import UNSET

from outreach.email.mail import build_mail, sender_of
from outreach.email.providers import PROVIDERS
from outreach.email.return_addresses import (
    ReturnAddress,
    ReturnKind,
    read_return_address,
)
from outreach.models import Message
from outreach.writing.links import unsubscribe_url
from tests.factories import make_guest
from tests.outreach.builders import make_message

INBOUND = "svar.solvik.example"
Kind = Message.Kind


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "https://gjensyn.example"
    settings.DEFAULT_FROM_EMAIL = "Gjensyn <mail@gjensyn.example>"


@pytest.fixture
def nora(casa_alba):
    return make_guest(casa_alba, emails=("nora@post.no",))


def account_of(guest, **fields):
    account = guest.business.provider_accounts.get(channel="email")
    for name, value in fields.items():
        setattr(account, name, value)
    return account


def a_mail(guest, *, kind=Kind.SURVEY, provider=None, **fields):
    message = make_message(
        guest,
        kind=kind,
        subject="How was it?",
        body_text="Tell us: https://links.invalid/unsubscribe",
        body_html="<p>Tell us</p>",
    )
    account = account_of(guest, **fields)
    return message, build_mail(message, account, PROVIDERS.get(provider))


def test_the_house_is_who_it_comes_from(nora):
    _message, mail = a_mail(nora)

    assert mail.from_email == f'"{nora.business.name}" <mail@gjensyn.example>'
    assert mail.to == ["nora@post.no"]
    assert mail.message()["From"].endswith("<mail@gjensyn.example>")


def test_the_account_may_have_a_sender_of_its_own(nora):
    _message, mail = a_mail(
        nora, sender="hei@solvik.example", sender_name='Bår "Solvik",\nkyst'
    )

    header = mail.message().as_bytes().decode()
    assert mail.from_email == '"Bår \\"Solvik\\", kyst" <hei@solvik.example>'
    assert "hei@solvik.example" in header
    assert "=?utf-8?" in header.split("From:")[1].split("\n")[0]


def test_without_an_account_the_installation_writes_for_the_house(casa_alba):
    sender = sender_of(casa_alba, None)

    assert (sender.name, sender.address) == (casa_alba.name, "mail@gjensyn.example")


def test_answers_go_to_the_house_where_nobody_reads_them_for_it(nora):
    _message, mail = a_mail(nora)

    assert mail.reply_to == ([nora.business.email] if nora.business.email else [])
    assert "From" not in mail.extra_headers


def test_answers_and_returned_mails_come_with_the_token_of_the_message(nora):
    message, mail = a_mail(nora, inbound_domain=INBOUND)

    (reply_to,) = mail.reply_to
    assert read_return_address(reply_to) == ReturnAddress(
        ReturnKind.REPLY, message.uuid, INBOUND
    )
    assert read_return_address(mail.from_email) == ReturnAddress(
        ReturnKind.BOUNCE, message.uuid, INBOUND
    )
    assert parseaddr(str(mail.message()["From"]))[1] == "mail@gjensyn.example"


def test_a_provider_keeps_the_returned_mails_to_itself(nora):
    _message, mail = a_mail(nora, inbound_domain=INBOUND, provider="postmark")

    assert parseaddr(mail.from_email)[1] == "mail@gjensyn.example"
    assert "From" not in mail.extra_headers


def test_a_letter_of_a_list_says_how_to_leave_it(nora):
    message, mail = a_mail(nora)

    headers = mail.extra_headers
    assert headers["List-Unsubscribe"] == f"<{unsubscribe_url(message)}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"] == f"<survey.{nora.business.slug}.gjensyn.example>"


def test_the_link_comes_before_the_address_to_leave_by(nora):
    message, mail = a_mail(nora, inbound_domain=INBOUND)

    link, address = mail.extra_headers["List-Unsubscribe"].split(", ")
    assert link == f"<{unsubscribe_url(message)}>"
    assert link.startswith("<https://")
    assert read_return_address(address.removeprefix("<mailto:").removesuffix(">")) == (
        ReturnAddress(ReturnKind.UNSUBSCRIBE, message.uuid, INBOUND)
    )


@pytest.mark.parametrize("kind", [Kind.CRITICAL, Kind.SERVICE])
def test_what_belongs_to_the_visit_is_no_list(nora, kind):
    _message, mail = a_mail(nora, kind=kind, inbound_domain=INBOUND)

    assert not [name for name in mail.extra_headers if name.startswith("List-")]


@pytest.mark.parametrize("kind", Kind)
def test_a_mail_says_that_a_machine_sent_it(nora, kind):
    message, mail = a_mail(nora, kind=kind)

    headers = mail.extra_headers
    assert headers["Message-ID"] == f"<{message.uuid}@gjensyn.example>"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Feedback-ID"] == f"single:{kind}:{nora.business.slug}:gjensyn"
    assert ("Precedence" in headers) == (kind == Kind.MARKETING)


def test_no_header_tells_who_the_guest_is(nora):
    _message, mail = a_mail(nora, inbound_domain=INBOUND)

    told = " ".join(str(value) for value in mail.extra_headers.values())
    assert str(nora.uuid) not in told
    assert "nora" not in told.lower()


def test_calls_of_a_provider_lead_back_to_the_message(nora):
    message, mail = a_mail(nora, provider="mailgun")

    assert mail.metadata == {"message": str(message.uuid)}
    assert (mail.tags, mail.track_opens, mail.track_clicks) == (
        ["survey"],
        False,
        False,
    )


def test_a_provider_without_metadata_gets_the_message_as_a_tag(nora):
    message, mail = a_mail(nora, provider="postal")

    assert mail.tags == [str(message.uuid)]
    assert mail.metadata is UNSET


def test_each_provider_gets_only_the_headers_it_takes(nora):
    _message, mail = a_mail(nora, kind=Kind.MARKETING, provider="unisender_go")

    assert set(mail.extra_headers) == {
        "X-Auto-Response-Suppress", "List-Unsubscribe", "List-Unsubscribe-Post",
    }  # fmt: skip
