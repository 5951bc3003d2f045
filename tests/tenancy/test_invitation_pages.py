import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from crm.accounts.models import User
from crm.tenancy.invitations import invite_staff
from crm.tenancy.models import Staff
from tests.factories import make_user

PEOPLE = "/casa-alba/settings/staff/"
SIV = {"email": "siv@example.org", "role": "staff", "language": "nb"}
NEW_PERSON = {"name": "Siv Lie", "password": "fire-glade-maar"}


@pytest.fixture
def link(as_alba, mailoutbox):
    as_alba.post(PEOPLE, SIV)
    as_alba.logout()
    return re.search(r"http://localhost:8000(/invitation/\S+/)", mail.outbox[0].body)[1]


def test_the_invitation_is_mailed_in_its_language_with_a_link(as_alba, mailoutbox):
    answer = as_alba.post(PEOPLE, SIV, follow=True)

    [letter] = mailoutbox
    assert letter.to == ["siv@example.org"]
    assert "/invitation/" in letter.body
    assert "/invitation/" in letter.alternatives[0][0]
    assert "An invitation is on its way to siv@example.org." in answer.text


def test_a_name_is_written_in_the_mail_as_it_is(as_alba, casa_alba, mailoutbox):
    casa_alba.name = "Fish & <Chips>"
    casa_alba.save(update_fields=["name"])

    as_alba.post(PEOPLE, SIV | {"language": "en"})

    [letter] = mailoutbox
    assert letter.subject == "You are invited to Fish & <Chips>"
    assert "the guests of Fish & <Chips> in Gjensyn." in letter.body
    assert "<Chips>" not in letter.alternatives[0][0]


def test_with_no_mail_server_nothing_is_lost_and_it_can_be_sent_again(
    as_alba, casa_alba, settings, mailoutbox
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answer = as_alba.post(PEOPLE, SIV, follow=True)

    assert "the mail could not be sent" in answer.text
    invitation = casa_alba.staff_invitations.get()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    as_alba.post(f"/casa-alba/settings/invitations/{invitation.uuid}/send/")
    assert [letter.to for letter in mailoutbox] == [["siv@example.org"]]


def test_a_new_person_sets_a_name_and_a_password_and_is_in(client, link, casa_alba):
    answer = client.post(link, NEW_PERSON)

    assert (answer.status_code, answer.url) == (302, "/casa-alba/")
    siv = User.objects.get(email="siv@example.org")
    assert int(client.session["_auth_user_id"]) == siv.pk
    assert casa_alba.staff.get(user=siv).role == Staff.Role.STAFF


def test_opening_the_link_changes_nothing(client, link, casa_alba):
    answer = client.get(link)

    assert "Welcome to Casa Alba" in answer.text
    assert casa_alba.staff_invitations.get().accepted_at is None


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "This password is too short"),
        ("siv@example.org", "too similar to the Email"),
        ("1234567890", "too common"),
    ],
)
def test_a_weak_password_is_refused_at_its_field(client, link, password, sentence):
    answer = client.post(link, {"name": "Siv Lie", "password": password})

    assert sentence in answer.text
    assert 'value="Siv Lie"' in answer.text
    assert not User.objects.filter(email="siv@example.org").exists()


def test_somebody_with_a_sign_in_is_led_through_it_and_back(client, link, casa_alba):
    make_user("siv@example.org", name="Siv Lie", password="fire-glade-maar")

    page = client.get(link)
    sign_in = f"/accounts/login/?next={link}"
    signed_in = client.post(
        sign_in, {"login": "siv@example.org", "password": "fire-glade-maar"}
    )
    accepted = client.post(signed_in.url)

    assert f'href="{sign_in}"' in page.text
    assert signed_in.url == link
    assert accepted.url == "/casa-alba/"
    assert casa_alba.staff.filter(user__email="siv@example.org").count() == 1


@pytest.mark.parametrize("path", ["/invitation/nonsense/", "/invitation/ø/"])
@pytest.mark.django_db
def test_a_link_that_is_not_ours_gets_a_kind_page(client, path):
    answer = client.get(path)

    assert answer.status_code == 410
    assert "This link is closed" in answer.text


def test_a_link_that_is_too_old_gets_a_kind_page(client, casa_alba, alba):
    _invitation, token = invite_staff(
        business=casa_alba,
        email="siv@example.org",
        role=Staff.Role.STAFF,
        language="en",
        invited_by=alba,
        now=timezone.now() - timedelta(days=8),
    )

    answer = client.post(f"/invitation/{token}/", NEW_PERSON)

    assert answer.status_code == 410
    assert "This invitation is too old." in answer.text
    assert not User.objects.filter(email="siv@example.org").exists()


def test_inviting_a_colleague_again_is_a_sentence_at_the_field(as_alba, alba):
    answer = as_alba.post(PEOPLE, SIV | {"email": alba.email})

    assert "This person works here already." in answer.text


def test_a_malformed_address_is_a_sentence_at_the_field(as_alba, casa_alba):
    answer = as_alba.post(PEOPLE, SIV | {"email": "siv at example"})

    assert "This does not look like an email address." in answer.text
    assert casa_alba.staff_invitations.count() == 0


def test_an_invitation_can_be_taken_back(client, as_alba, casa_alba, mailoutbox):
    as_alba.post(PEOPLE, SIV)
    invitation = casa_alba.staff_invitations.get()

    as_alba.post(f"/casa-alba/settings/invitations/{invitation.uuid}/revoke/")

    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    assert as_alba.get(PEOPLE).context["invitations"] == []
