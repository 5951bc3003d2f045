"""Whose call is kept, and what it is answered."""

import hashlib
import hmac
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.core.signing import public_token
from outreach.events import receiving
from outreach.events.doors import doors_of
from outreach.models import WebhookEvent
from tests.outreach.events.builders import (
    basic,
    call,
    make_mail_account,
    make_sms_account,
    url_of,
)

DELIVERED = {
    "RecordType": "Delivery",
    "MessageID": "pm-1",
    "Recipient": "nora@a.example",
}


def kept():
    return list(WebhookEvent.objects.order_by("pk"))


def test_a_call_is_kept_as_it_came_and_answered_at_once(client, casa_alba):
    account = make_mail_account(casa_alba)

    with CaptureQueriesContext(connection) as queries:
        response = call(client, url_of(account), DELIVERED)

    (event,) = kept()
    assert (response.status_code, response.content) == (200, b"")
    assert bytes(event.body).startswith(b'{"RecordType": "Delivery"')
    assert (event.account, event.business, event.kind) == (
        account,
        casa_alba,
        WebhookEvent.Kind.TRACKING,
    )
    assert event.next_try_at == event.received_at
    assert len(queries) == 3
    assert response.cookies == {}


def test_what_is_kept_does_not_let_anybody_call_in_its_name(client, casa_alba):
    account = make_mail_account(casa_alba)

    call(client, url_of(account), DELIVERED)

    (event,) = kept()
    assert "authorization" not in event.headers
    assert event.url == "?"


def test_the_same_call_five_times_is_kept_once(client, casa_alba):
    account = make_mail_account(casa_alba)

    answers = {call(client, url_of(account), DELIVERED).status_code for _ in range(5)}

    assert answers == {200}
    assert len(kept()) == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_look_at_the_door_changes_nothing(client, casa_alba, method):
    path = urlsplit(url_of(make_mail_account(casa_alba))).path

    response = getattr(client, method)(path)

    assert (response.status_code, response.content) == (200, b"")
    assert kept() == []


def test_a_lost_slash_and_plain_http_are_not_redirected(client, casa_alba, settings):
    settings.SECURE_SSL_REDIRECT = True
    url = url_of(make_mail_account(casa_alba))

    response = call(client, url.rstrip("/"), DELIVERED)

    assert response.status_code == 200
    assert len(kept()) == 1


def test_a_door_that_is_not_ours_is_not_there(client, casa_alba):
    account = make_mail_account(casa_alba)
    token = public_token("unsubscribe", account.uuid)

    answers = [
        client.post(f"/hooks/{wrong}/", "{}", content_type="application/json")
        for wrong in ("x/tracking", f"{token}/tracking")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert kept() == []


def test_a_kind_that_the_account_does_not_have_is_not_there(client, casa_alba):
    url = url_of(make_mail_account(casa_alba))

    response = call(client, url.replace("/tracking/", "/sms/"), DELIVERED)

    assert response.status_code == 404


def test_who_does_not_log_in_is_asked_to(client, casa_alba):
    response = call(
        client, url_of(make_mail_account(casa_alba)), DELIVERED, login=False
    )

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="Gjensyn"'
    assert kept() == []


def test_the_password_of_another_house_opens_nothing(client, casa_alba, bar_carla):
    url = url_of(make_mail_account(casa_alba))
    password = urlsplit(url_of(make_mail_account(bar_carla))).password

    response = call(
        client, url, DELIVERED, login=False, authorization=basic("gjensyn", password)
    )

    assert response.status_code == 403
    assert kept() == []


def test_a_mail_that_is_too_large_is_refused(client, casa_alba, monkeypatch):
    monkeypatch.setattr(receiving, "MOST_BYTES", 10)

    response = call(client, url_of(make_mail_account(casa_alba)), DELIVERED)

    assert response.status_code == 413
    assert kept() == []


def test_a_signature_that_does_not_fit_is_refused(client, casa_alba):
    account = make_mail_account(casa_alba, "mailersend", signing_secret="s3cret")
    body = b'{"type": "activity.delivered", "data": {}}'
    good = hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    url = url_of(account)

    bad = call(client, url, body, signature="0" * 64)
    without = call(client, url, body)
    other = call(client, url, body + b" ", signature=good)
    signed = call(client, url, body, signature=good)

    assert [bad.status_code, without.status_code, other.status_code] == [401] * 3
    assert signed.status_code == 200
    assert len(kept()) == 1


def test_without_its_secret_nothing_is_believed_and_the_door_says_so(client, casa_alba):
    account = make_mail_account(casa_alba, "mailersend", api_key="k")

    response = call(client, url_of(account), b"{}", signature="0" * 64)

    assert response.status_code == 401
    assert [door.lacks for door in doors_of(account)] == [
        "signing_secret",
        "inbound_secret",
    ]


def test_an_sms_provider_is_answered_as_it_wants(client, casa_alba):
    account = make_sms_account(casa_alba, callback_password="pass word")

    response = call(
        client,
        url_of(account, "sms"),
        "id=s1&status=delivered",
        content_type="application/x-www-form-urlencoded",
    )

    assert (response.status_code, response.content) == (204, b"")
    (event,) = kept()
    assert event.url.startswith("?t=")


def test_an_sms_call_without_our_seal_is_refused(client, casa_alba):
    account = make_sms_account(casa_alba)
    url = url_of(account, "sms").partition("?")[0]

    response = call(client, url, "id=s1&status=delivered")

    assert response.status_code == 401
    assert kept() == []


@pytest.mark.parametrize(
    ("provider", "kinds"),
    [
        ("postmark", ["tracking", "inbound"]),
        ("resend", ["tracking", "bounce"]),
        ("smtp", ["bounce"]),
        ("installation", ["bounce"]),
    ],
)
def test_each_kind_of_account_has_its_doors(casa_alba, provider, kinds):
    account = make_mail_account(casa_alba, provider)

    assert [door.kind for door in doors_of(account)] == kinds


def test_the_installations_own_provider_has_its_doors(casa_alba, settings):
    settings.EMAIL_BACKEND = "anymail.backends.brevo.EmailBackend"

    doors = doors_of(make_mail_account(casa_alba, "installation"))

    assert [door.kind for door in doors] == ["tracking", "inbound"]
