import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from tests.factories import make_user

PASSWORD = "fire-glade-maar"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _fresh_counters(db):
    cache.clear()


@pytest.fixture
def siv(db):
    return make_user("siv@example.org", name="Siv Lie", password=PASSWORD)


def test_many_guessers_do_not_push_out_each_others_counting():
    counted = {f"guesser-{number}": number for number in range(1000)}

    cache.set_many(counted)

    assert cache.get_many(counted) == counted


@pytest.fixture
def as_siv(client, siv):
    client.post(LOGIN, {"login": siv.email, "password": PASSWORD})
    return client


@pytest.fixture
def as_certain_siv(as_siv):
    as_siv.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return as_siv


def code_of(page_text):
    secret = re.search(r'value="([A-Z2-7]{32})"', page_text)[1]
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.parametrize("typed", ["siv@example.org", "Siv@Example.ORG"])
def test_email_and_password_let_a_person_in(client, siv, typed):
    answer = client.post(LOGIN, {"login": typed, "password": PASSWORD})

    assert (answer.status_code, answer.url) == (302, "/")
    assert int(client.session["_auth_user_id"]) == siv.pk


@pytest.mark.parametrize("login", ["siv@example.org", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_get_the_same_sentence(
    client, siv, login
):
    answer = client.post(LOGIN, {"login": login, "password": "wrong"})

    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors() == [
        "The email address and/or password you specified are not correct."
    ]


def test_guessing_is_stopped_with_a_sentence_and_the_right_password_waits_too(
    client, siv
):
    for _try in range(5):
        client.post(LOGIN, {"login": siv.email, "password": "wrong"})

    answer = client.post(LOGIN, {"login": siv.email, "password": PASSWORD})

    assert "Too many failed login attempts. Try again later." in answer.text
    assert "_auth_user_id" not in client.session


def test_a_flood_of_sign_ins_gets_the_plain_429_page(client, db):
    for number in range(30):
        client.post(LOGIN, {"login": f"p{number}@example.org", "password": "x"})

    answer = client.post(LOGIN, {"login": "q@example.org", "password": "x"})

    assert answer.status_code == 429
    assert "One moment, please" in answer.text


def test_counting_tries_survives_an_empty_redis(settings):
    assert settings.CACHES["default"]["BACKEND"].endswith("db.DatabaseCache")


def test_nobody_signs_up_by_themselves(client, db):
    answer = client.post(
        "/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD}
    )

    assert answer.status_code == 200
    assert "account/signup_closed.html" in [page.name for page in answer.templates]


def test_signing_out_asks_and_then_does(as_siv):
    assert as_siv.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in as_siv.session

    answer = as_siv.post("/accounts/logout/")

    assert (answer.status_code, answer.url) == (302, LOGIN)
    assert "_auth_user_id" not in as_siv.session


def test_a_forgotten_password_is_replaced_by_a_link_in_a_mail(client, siv, mailoutbox):
    client.post("/accounts/password/reset/", {"email": siv.email})
    [letter] = mailoutbox
    link = re.search(r"http://testserver(\S+)", letter.body)[1]
    form = client.get(link, follow=True)
    client.post(
        form.request["PATH_INFO"],
        {"password1": "new-glade-maar", "password2": "new-glade-maar"},
    )

    siv.refresh_from_db()
    assert letter.subject == "Choose a new password"
    assert siv.check_password("new-glade-maar")


def test_asking_for_an_unknown_address_looks_the_same_and_writes_nobody(
    client, db, mailoutbox
):
    answer = client.post("/accounts/password/reset/", {"email": "no@example.org"})

    assert (answer.status_code, answer.url) == (302, "/accounts/password/reset/done/")
    assert mailoutbox == []


def test_a_used_reset_link_gets_a_page_that_says_so(client, siv):
    answer = client.get("/accounts/password/reset/key/1-abc-def/", follow=True)

    assert answer.status_code == 200
    assert "This link is used up" in answer.text


def test_without_a_mail_server_asking_for_a_password_says_so(
    client, siv, settings, mailoutbox
):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answer = client.post("/accounts/password/reset/", {"email": siv.email}, follow=True)

    assert answer.status_code == 200
    assert "the mail server did not answer" in answer.text


def test_a_password_is_changed_with_the_old_one(as_siv, siv, mailoutbox):
    as_siv.post(
        "/accounts/password/change/",
        {
            "oldpassword": PASSWORD,
            "password1": "new-glade-maar",
            "password2": "new-glade-maar",
        },
    )

    siv.refresh_from_db()
    assert siv.check_password("new-glade-maar")
    assert [letter.to for letter in mailoutbox] == [[siv.email]]


def test_an_app_with_codes_becomes_the_second_step(as_certain_siv, siv):
    page = as_certain_siv.get("/accounts/2fa/totp/activate/")
    as_certain_siv.post("/accounts/2fa/totp/activate/", {"code": code_of(page.text)})
    recovery = as_certain_siv.get("/accounts/2fa/recovery-codes/")
    one_code = re.search(r"\b[0-9a-f]{8}\b", recovery.text)[0]
    as_certain_siv.post("/accounts/logout/")

    first_step = as_certain_siv.post(LOGIN, {"login": siv.email, "password": PASSWORD})
    was_in = "_auth_user_id" in as_certain_siv.session
    as_certain_siv.post("/accounts/2fa/authenticate/", {"code": "000000"})
    still_out = "_auth_user_id" not in as_certain_siv.session
    as_certain_siv.post("/accounts/2fa/authenticate/", {"code": one_code})

    assert first_step.url == "/accounts/2fa/authenticate/"
    assert (was_in, still_out) == (False, True)
    assert int(as_certain_siv.session["_auth_user_id"]) == siv.pk


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/profile/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/sessions/",
        "/accounts/reauthenticate/",
    ],
)
def test_every_page_about_ones_account_opens(as_certain_siv, path):
    answer = as_certain_siv.get(path)

    assert answer.status_code == 200
    assert "entry_base.html" in [page.name for page in answer.templates]


def test_other_devices_are_listed_and_can_be_signed_out(as_siv, siv):
    phone = Client()
    phone.post(LOGIN, {"login": siv.email, "password": PASSWORD})
    page = as_siv.get("/accounts/sessions/")

    as_siv.post("/accounts/sessions/", {})

    assert len(page.context["sessions"]) == 2
    assert phone.get("/accounts/profile/").status_code == 302
    assert as_siv.get("/accounts/profile/").status_code == 200


def test_sensitive_changes_ask_for_the_password_again(client, siv):
    client.force_login(siv)

    answer = client.get("/accounts/2fa/totp/activate/")

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/reauthenticate/")
