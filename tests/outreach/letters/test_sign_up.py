import re

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Guest
from customers.sign_up.pages import open_page, wordings_of
from customers.sign_up.patience import Stamp
from customers.sign_up.signing_up import SignUpFacts, ask_to_join
from outreach.models import Message
from outreach.sending.claiming import Lane
from outreach.sending.due import send_due

LANGUAGES = ("en", "nb", "nn", "sv", "da", "fi", "de")


@pytest.fixture
def page(casa_alba, alba):
    return open_page(casa_alba.venues.get(), actor=alba, now=timezone.now())


def sign_up(page, language="en"):
    wordings = {purpose: one.pk for purpose, one in wordings_of(page).items()}
    now = timezone.now()
    facts = SignUpFacts(
        given_name="Nora",
        family_name="Østby",
        email="nora@post.no",
        language=language,
        purposes=["marketing"],
    )
    return ask_to_join(page, facts, Stamp(shown_at=now, wordings=wordings), now=now)


def link_in(mail):
    text = mail.parsed.get_body(("plain",)).get_content()
    return re.search(r"https?://[^/\s]+(/join/yes/[\w-]+/)", text)[1]


def test_the_link_in_the_mail_makes_the_guest(page, smtp_server):
    sign_up(page)
    send_due(lane=Lane.CRITICAL, owner="test")
    (mail,) = smtp_server.messages
    visitor = Client(enforce_csrf_checks=True)

    looked = visitor.get(link_in(mail))
    guests_after_looking = Guest.objects.count()
    visitor.post(link_in(mail), {"yes": "1"})

    assert mail.recipients == ["nora@post.no"]
    assert (looked.status_code, guests_after_looking) == (200, 0)
    assert Guest.objects.get().display_name == "Nora Østby"


def test_no_row_holds_the_link(page, smtp_server):
    sign_up(page)
    send_due(lane=Lane.CRITICAL, owner="test")

    message = Message.objects.get()
    kept = message.body_text + message.body_html + str(message.letter_links)
    (mail,) = smtp_server.messages
    assert link_in(mail).split("/")[3] not in kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_is_written_in_every_language(page, language):
    sign_up(page, language)

    message = Message.objects.get()
    assert message.language == language
    assert f'lang="{language}"' in message.body_html
    assert "%(venue)s" not in message.subject + message.body_text
    assert "Hotellet" in message.subject


def test_a_guest_reads_of_it_in_their_own_story(page, smtp_server):
    asked = sign_up(page)
    send_due(lane=Lane.CRITICAL, owner="test")
    (mail,) = smtp_server.messages

    Client().post(link_in(mail), {"yes": "1"})

    asked.refresh_from_db()
    assert list(asked.guest.messages.all()) == [Message.objects.get()]
