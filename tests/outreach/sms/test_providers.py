"""What each provider is asked, to the letter, and what its webhooks are taken for."""

import hashlib
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from outreach.models import Attempt
from outreach.outcomes import Found, NotFound, Outcome
from outreach.sms.backends import EventKind, SmsEvent, Trouble
from outreach.sms.callbacks import (
    Webhook,
    WebhookRefused,
    WebhookUnreadable,
    sealed_url,
)
from outreach.sms.senders import Sender, SenderKind
from outreach.sms.stopping import Asks
from tests.outreach.sms.providers import (
    ACCOUNT,
    DOOR,
    MADE_AT,
    REFERENCE,
    SECRET,
    TEXT,
    TO,
    FakeElks,
    FakeLink,
    FakeSinch,
    FakeTwilio,
    an_sms,
    called,
    posted,
    posted_json,
)
from tests.outreach.sms.stand_in import Says

Kind = Attempt.Outcome
REPORTED_AT = datetime(2026, 11, 22, 10, 0, 10, tzinfo=UTC)
ANSWERED_AT = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)
elks = pytest.mark.parametrize("provider", [FakeElks()], ids=["46elks"])
link = pytest.mark.parametrize("provider", [FakeLink()], ids=["LINK"])
twilio = pytest.mark.parametrize("provider", [FakeTwilio()], ids=["Twilio"])
sinch = pytest.mark.parametrize("provider", [FakeSinch()], ids=["Sinch"])


def soon():
    return time.monotonic() + 5


def sent(server, backend, **given):
    outcome = backend.send(an_sms(**given), deadline=soon())
    return outcome, server.asked[-1]


def told(backend, webhook):
    backend.verify_webhook(webhook)
    return backend.parse_webhook(webhook)


# Every provider


def test_a_delivery_is_told_of_the_right_message(provider, server, backend):
    _outcome, asked = sent(server, backend)

    (event,) = told(backend, provider.report(asked))

    assert (event.kind, event.reference) == (EventKind.DELIVERED, REFERENCE)
    assert event.provider_id
    assert event.trouble is None


def test_the_same_report_twice_is_the_same_event(provider, server, backend):
    _outcome, asked = sent(server, backend)

    first = told(backend, provider.report(asked))
    second = told(backend, provider.report(asked))

    assert first == second


def test_an_answer_of_a_guest_is_read(provider, backend):
    (event,) = told(backend, provider.inbound(backend, "Stopp!"))

    assert (event.kind, event.sender) == (EventKind.INBOUND, TO)
    assert (event.text, event.asks) == ("Stopp!", Asks.STOP)
    assert event.provider_id


def test_an_answer_may_hold_any_letters(provider, backend):
    text = "Čáhppe & Åse: 100 % = «bra» 😀"

    (event,) = told(backend, provider.inbound(backend, text))

    assert (event.text, event.asks) == (text, None)


def test_an_event_does_not_show_who_wrote_what(provider, backend):
    webhook = provider.inbound(backend, "My number is 1234")
    (event,) = told(backend, webhook)

    for hidden in (TO, "1234", webhook.url, "Authorization"):
        assert hidden not in f"{event!r} {webhook!r}"


def unsealed(webhook, query=""):
    parts = urlsplit(webhook.url)
    url = parts._replace(query=query).geturl()
    return Webhook(url, webhook.headers, webhook.body, webhook.remote)


@pytest.mark.parametrize(
    "query",
    ["", "t=", "t=nonsense", f"t={'A' * 35}", "t=%ff", "x=1"],
)
def test_a_call_without_our_seal_is_refused(provider, backend, query):
    webhook = unsealed(provider.inbound(backend, "STOP"), query)

    with pytest.raises(WebhookRefused):
        backend.verify_webhook(webhook)


def test_a_seal_of_another_account_is_refused(provider, backend):
    other = sealed_url(DOOR, account=UUID(int=7), reference=REFERENCE)
    webhook = unsealed(provider.inbound(backend, "STOP"), urlsplit(other).query)

    with pytest.raises(WebhookRefused):
        backend.verify_webhook(webhook)


def test_a_refusal_says_nothing_of_what_came(provider, backend):
    webhook = unsealed(provider.inbound(backend, "My number is 1234"))

    with pytest.raises(WebhookRefused) as refused:
        backend.verify_webhook(webhook)

    assert str(refused.value) == "seal"


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"[]", b"null", b"{}", b"[" * 100_000, b"a=b", b"&" * 1000],
    ids=lambda body: repr(body[:10]),
)
def test_nonsense_is_unreadable_and_never_a_surprise(provider, backend, body):
    webhook = Webhook(backend.door(DOOR), {}, body)

    with pytest.raises(WebhookUnreadable):
        backend.parse_webhook(webhook)


def test_the_answer_to_a_call_holds_no_words(backend):
    answer = backend.answer()

    assert answer.status_code in {200, 204}
    assert answer.content in {
        b"",
        b'<?xml version="1.0" encoding="UTF-8"?><Response/>',
    }


# 46elks


@elks
def test_46elks_is_asked_as_it_wants_to_be(provider, server, backend):
    outcome, asked = sent(server, backend)

    assert (asked.method, asked.path) == ("POST", "/a1/sms")
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.form == {
        "from": "Solvik",
        "to": TO,
        "message": TEXT,
        "whendelivered": backend.door(DOOR, REFERENCE),
    }
    assert outcome == Outcome(
        Kind.ACCEPTED,
        provider_id="s70df59406a1b4643b96f3f91e0bfb7b0",
        parts=1,
        cost=3500,
    )


@pytest.fixture(autouse=True)
def _forget(provider):
    provider.taken.clear()


@elks
def test_46elks_failing_at_once_is_a_refusal(server, backend):
    server.behave(Says.json(200, {"id": "s1", "status": "failed"}))

    outcome, _asked = sent(server, backend)

    assert outcome == Outcome(Kind.REJECTED, "failed", "s1")


@elks
@pytest.mark.parametrize(
    ("status", "kind", "at"),
    [
        ("sent", EventKind.SENT, None),
        ("delivered", EventKind.DELIVERED, REPORTED_AT),
        ("failed", EventKind.FAILED, None),
    ],
)
def test_46elks_reports(provider, server, backend, status, kind, at):
    _outcome, asked = sent(server, backend)

    assert told(backend, provider.report(asked, status)) == [
        SmsEvent(kind, "s70df59406a1b4643b96f3f91e0bfb7b0", reference=REFERENCE, at=at)
    ]


@elks
def test_46elks_states_we_do_not_know_are_left_alone(provider, server, backend):
    _outcome, asked = sent(server, backend)

    assert told(backend, provider.report(asked, "pondered")) == []


@elks
def test_46elks_must_never_be_answered_with_words(backend):
    assert (backend.answer().status_code, backend.answer().content) == (204, b"")


@elks
def test_46elks_may_be_made_to_log_in(provider, server):
    backend = provider.backend(server.url, callback_password="p:å/?")
    _outcome, asked = sent(server, backend)
    good = provider.report(asked)
    bad = Webhook(good.url, good.headers | {"authorization": "Basic c21zOng="}, b"")
    without = Webhook(good.url, {}, b"")

    backend.verify_webhook(good)
    for webhook in (bad, without):
        with pytest.raises(WebhookRefused, match="password"):
            backend.verify_webhook(webhook)


@elks
@pytest.mark.parametrize(
    ("change", "is_found"),
    [
        ({}, True),
        ({"text": "Another text"}, False),
        ({"to": "+4740612346"}, False),
    ],
    ids=["same", "other text", "other number"],
)
def test_46elks_finds_by_number_text_and_time(server, backend, change, is_found):
    sent(server, backend)

    found = backend.lookup(an_sms(**change), around=MADE_AT, deadline=soon())

    expected = Found("s70df59406a1b4643b96f3f91e0bfb7b0", parts=1, cost=3500)
    assert found == (expected if is_found else NotFound(is_proof=False))


@pytest.mark.parametrize("provider", [FakeElks(), FakeTwilio()], ids=["elks", "twilio"])
def test_a_message_that_is_anothers_is_not_found_again(provider, server, backend):
    first, _asked = sent(server, backend)
    second, _asked = sent(server, backend)

    found = backend.lookup(
        an_sms(), around=MADE_AT, deadline=soon(), known={first.provider_id}
    )

    assert found.provider_id == second.provider_id


@pytest.mark.parametrize("provider", [FakeElks(), FakeTwilio()], ids=["elks", "twilio"])
def test_a_message_of_another_hour_is_not_this_one(server, backend):
    sent(server, backend)

    later = MADE_AT.replace(hour=12)
    found = backend.lookup(an_sms(), around=later, deadline=soon())

    assert found == NotFound(is_proof=False)


# LINK Mobility


@link
def test_link_is_asked_as_it_wants_to_be(server, backend):
    outcome, asked = sent(server, backend)

    assert asked.headers["content-type"] == "application/json"
    assert asked.json == {
        "source": "Solvik",
        "sourceTON": "ALPHANUMERIC",
        "destination": TO,
        "destinationTON": "MSISDN",
        "dcs": "TEXT",
        "userData": TEXT,
        "platformId": "COMMON_API",
        "platformPartnerId": "1234",
        "refId": str(REFERENCE),
        "useDeliveryReport": True,
        "deliveryReportGates": ["BVldZyQt"],
        "ignoreResponse": False,
        "customParameters": {"replySmsCount": "true"},
    }
    assert outcome == Outcome(
        Kind.ACCEPTED, provider_id="Dcshuhod0PMAAAFQ+/PbnR31", parts=1
    )


@link
@pytest.mark.parametrize(
    ("sender", "ton"),
    [
        (Sender("2333", SenderKind.SHORT), "SHORTNUMBER"),
        (Sender("+4759440000", SenderKind.NUMBER), "MSISDN"),
    ],
    ids=["short", "number"],
)
def test_link_is_told_what_kind_of_sender_it_is(server, backend, sender, ton):
    _outcome, asked = sent(server, backend, sender=sender)

    assert asked.json["sourceTON"] == ton


@link
def test_link_without_a_gate_is_asked_for_no_reports(provider, server):
    _outcome, asked = sent(server, provider.backend(server.url, gate=""))

    assert asked.json["useDeliveryReport"] is False
    assert "deliveryReportGates" not in asked.json


@link
def test_link_is_not_asked_to_send_emoji(server, backend):
    outcome = backend.send(an_sms(text="Hei 😀"), deadline=soon())

    assert outcome == Outcome(Kind.REJECTED, "emoji")
    assert server.asked == []


@link
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Says(204), Outcome(Kind.ACCEPTED, "204")),
        (Says.json(200, {"resultCode": 1005}), Outcome(Kind.UNKNOWN, "200 1005")),
        (Says.json(200, {"resultCode": 3}), Outcome(Kind.THROTTLED, "200 3")),
        (Says.json(200, {"resultCode": 2106}), Outcome(Kind.REJECTED, "200 2106")),
        (Says.json(200, {"resultCode": 4}), Outcome(Kind.UNKNOWN, "200 4")),
        (Says.json(400, {"resultCode": 106201}), Outcome(Kind.NOT_SENT, "400 106201")),
        (Says.json(400, {"resultCode": 106301}), Outcome(Kind.NOT_SENT, "400 106301")),
        (Says.json(400, {"resultCode": 106000}), Outcome(Kind.UNKNOWN, "400 106000")),
        (Says.json(400, {"resultCode": 4003}), Outcome(Kind.REJECTED, "400 4003")),
    ],
    ids=lambda value: value.detail if isinstance(value, Outcome) else "",
)
def test_link_says_by_number_what_is_wrong(server, backend, said, expected):
    server.behave(said)

    assert sent(server, backend)[0] == expected


@link
@pytest.mark.parametrize(
    ("code", "kind", "trouble"),
    [
        (1000, EventKind.SENT, None),
        (1001, EventKind.DELIVERED, None),
        (1002, EventKind.FAILED, None),
        (1012, EventKind.SENT, None),
        (2104, EventKind.FAILED, Trouble.DEAD_NUMBER),
        (2106, EventKind.FAILED, Trouble.DEAD_NUMBER),
        (2107, EventKind.FAILED, None),
        (2205, EventKind.FAILED, Trouble.OPTED_OUT),
        (0, EventKind.FAILED, None),
        (1010, None, None),
    ],
)
def test_link_reports(provider, server, backend, code, kind, trouble):
    _outcome, asked = sent(server, backend)

    events = told(backend, provider.report(asked, code))

    expected = SmsEvent(
        kind,
        "Dcshuhod0PMAAAFQ+/PbnR31",
        reference=REFERENCE,
        at=REPORTED_AT,
        code=str(code),
        trouble=trouble,
        parts=1,
    )
    assert events == ([expected] if kind else [])


@link
def test_link_brings_an_answer_to_a_short_number(provider, backend):
    assert told(backend, provider.inbound(backend, "Bra")) == [
        SmsEvent(
            EventKind.INBOUND, "mo-1", at=ANSWERED_AT, sender=TO, to="2333", text="Bra"
        )
    ]


@link
@pytest.mark.parametrize(
    ("networks", "is_let_in"),
    [
        ("", True),
        ("127.0.0.1", True),
        ("195.84.162.0/24, 127.0.0.0/8", True),
        ("195.84.162.34, 2001:db8::/32", False),
        ("nonsense", False),
    ],
)
def test_link_may_be_held_to_its_addresses(provider, server, networks, is_let_in):
    backend = provider.backend(server.url, callback_networks=networks)
    webhook = provider.inbound(backend, "Bra")

    if is_let_in:
        backend.verify_webhook(webhook)
        return
    with pytest.raises(WebhookRefused, match="network"):
        backend.verify_webhook(webhook)


@link
def test_behind_a_proxy_it_counts_what_the_proxy_saw(provider, server, settings):
    settings.TRUST_PROXY = True
    backend = provider.backend(server.url, callback_networks="195.84.162.0/24")
    door = backend.door(DOOR)

    backend.verify_webhook(
        called(
            door, b"", "text/plain", **{"X-Forwarded-For": "10.0.0.1, 195.84.162.34"}
        )
    )
    with pytest.raises(WebhookRefused, match="network"):
        backend.verify_webhook(
            called(
                door,
                b"",
                "text/plain",
                **{"X-Forwarded-For": "195.84.162.34, 10.0.0.1"},
            )
        )


@link
def test_link_is_only_called_where_link_lives(provider):
    backend = provider.backend("", host="inner.solvik.example")

    assert backend._url == "https://wsx.sp247.net/sms/send"


# Twilio


@twilio
def test_twilio_is_asked_as_it_wants_to_be(provider, server, backend):
    outcome, asked = sent(server, backend)

    assert asked.form == {
        "To": TO,
        "From": "Solvik",
        "Body": TEXT,
        "StatusCallback": backend.door(DOOR, REFERENCE),
    }
    assert outcome == Outcome(Kind.ACCEPTED, provider_id=f"SM{0:032}", parts=1)


@twilio
def test_twilio_may_choose_the_sender_of_a_service(provider, server):
    backend = provider.backend(server.url, service="MG1")

    _outcome, asked = sent(server, backend)

    assert asked.form["MessagingServiceSid"] == "MG1"


@twilio
@pytest.mark.parametrize(
    ("status", "code", "kind", "trouble"),
    [
        (400, 21211, Kind.REJECTED, Trouble.DEAD_NUMBER),
        (400, 21610, Kind.REJECTED, Trouble.OPTED_OUT),
        (400, 21606, Kind.NOT_SENT, None),
        (400, 21611, Kind.THROTTLED, None),
        (429, 20429, Kind.THROTTLED, None),
        (401, 20003, Kind.NOT_SENT, None),
        (500, 20500, Kind.UNKNOWN, None),
        (503, 20429, Kind.UNKNOWN, None),
    ],
)
def test_twilio_says_by_number_what_is_wrong(
    server, backend, status, code, kind, trouble
):
    server.behave(Says.json(status, {"code": code, "message": TO, "status": status}))

    outcome, _asked = sent(server, backend)

    assert outcome == Outcome(kind, f"{status} {code}")
    assert backend.trouble_of(outcome.detail) == trouble


@twilio
def test_twilio_failing_at_once_is_a_refusal(server, backend):
    server.behave(
        Says.json(201, {"sid": "SM1", "status": "failed", "error_code": 30006})
    )

    outcome, _asked = sent(server, backend)

    assert outcome == Outcome(Kind.REJECTED, "30006", "SM1")


@twilio
@pytest.mark.parametrize(
    ("status", "more", "kind", "trouble"),
    [
        ("sent", {}, EventKind.SENT, None),
        ("delivered", {}, EventKind.DELIVERED, None),
        ("undelivered", {"ErrorCode": "30003"}, EventKind.FAILED, None),
        ("failed", {"ErrorCode": "30005"}, EventKind.FAILED, Trouble.DEAD_NUMBER),
        ("failed", {"ErrorCode": "21610"}, EventKind.FAILED, Trouble.OPTED_OUT),
        ("queued", {}, None, None),
        ("sending", {}, None, None),
    ],
)
def test_twilio_reports(provider, server, backend, status, more, kind, trouble):
    _outcome, asked = sent(server, backend)

    events = told(backend, provider.report(asked, status, **more))

    expected = SmsEvent(
        kind,
        f"SM{0:032}",
        reference=REFERENCE,
        code=more.get("ErrorCode", ""),
        trouble=trouble,
    )
    assert events == ([expected] if kind else [])


@twilio
def test_twilio_may_know_other_words_for_stop(provider, backend):
    webhook = provider.inbound(backend, "No more", OptOutType="STOP")

    (event,) = told(backend, webhook)

    assert event.asks == Asks.STOP


@twilio
def test_the_price_of_twilio_is_read_when_looked_up(provider, server, backend):
    sent(server, backend)
    provider.taken[0] |= {"status": "delivered", "price": "-0.00790"}

    found = backend.lookup(an_sms(), around=MADE_AT, deadline=soon())

    assert found == Found(f"SM{0:032}", EventKind.DELIVERED, parts=1, cost=79)


@twilio
def test_the_example_in_twilios_documentation_is_signed(provider, settings):
    # twilio.com/docs/usage/security, with the seal of ours left out.
    from outreach.sms.twilio_signature import check_signature

    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    settings.SITE_URL = "https://mycompany.com"
    webhook = posted(
        "https://mycompany.com/myapp.php?foo=1&bar=2",
        fields,
        **{"X-Twilio-Signature": "GvWf1cFY/Q7PnoempGyD5oXAezc="},
    )

    check_signature(webhook, token="12345")


@twilio
@pytest.mark.parametrize("port", ["", ":443"], ids=["without port", "with port"])
def test_twilio_signs_with_or_without_the_port(provider, backend, port):
    door = backend.door(DOOR)
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    signed = provider.signed(
        door.replace("solvik.example", f"solvik.example{port}"), fields
    )

    backend.verify_webhook(signed)


@twilio
def test_twilio_may_sign_with_a_shared_key(provider, server):
    backend = provider.backend(server.url, webhook_key="shared")
    settings_header = {
        "X-Twilio-Webhooks-Signature-Settings": "key=sk1,algorithm=HMAC_SHA256"
    }
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    door = backend.door(DOOR)
    good = provider.signed(door, fields, "shared", hashlib.sha256, **settings_header)
    with_token = provider.signed(
        door, fields, SECRET, hashlib.sha256, **settings_header
    )

    backend.verify_webhook(good)
    with pytest.raises(WebhookRefused, match="signature"):
        backend.verify_webhook(with_token)


@twilio
@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"X-Twilio-Signature": ""}, "signature"),
        ({"X-Twilio-Signature": "AAAA"}, "signature"),
        ({"X-Twilio-Signature": "å"}, "signature"),
        (
            {"X-Twilio-Webhooks-Signature-Settings": "key=a,algorithm=NONE"},
            "algorithm",
        ),
        (
            {"X-Twilio-Webhooks-Signature-Settings": "key=a,algorithm=HMAC_SHA1"},
            "signature",
        ),
    ],
)
def test_what_twilio_did_not_sign_is_refused(provider, backend, headers, reason):
    good = provider.inbound(backend, "STOP")
    changed = {name.lower(): value for name, value in headers.items()}
    webhook = Webhook(good.url, {**good.headers, **changed}, good.body)

    with pytest.raises(WebhookRefused, match=reason):
        backend.verify_webhook(webhook)


@twilio
def test_what_was_changed_on_the_way_from_twilio_is_refused(provider, backend):
    good = provider.inbound(backend, "STOP")
    body = good.body.replace(b"STOP", b"START")

    with pytest.raises(WebhookRefused, match="signature"):
        backend.verify_webhook(Webhook(good.url, good.headers, body))


@twilio
def test_an_account_without_a_token_lets_nobody_in(provider, server):
    backend = provider.backend(server.url, auth_token="")
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}

    with pytest.raises(WebhookRefused, match="signature"):
        backend.verify_webhook(provider.signed(backend.door(DOOR), fields, key=""))


# Sinch


@sinch
def test_sinch_is_asked_as_it_wants_to_be(server, backend):
    outcome, asked = sent(server, backend)

    assert asked.path == "/xms/v1/plan1/batches"
    assert asked.json == {
        "to": [TO],
        "from": "Solvik",
        "body": TEXT,
        "type": "mt_text",
        "client_reference": str(REFERENCE),
        "delivery_report": "per_recipient",
        "callback_url": backend.door(DOOR, REFERENCE),
    }
    assert outcome == Outcome(Kind.ACCEPTED, provider_id="01FC66621XXXXX119Z8PMV1QP0")


@sinch
@pytest.mark.parametrize(
    ("region", "host"),
    [("us", "us.sms.api.sinch.com"), ("evil.example/", "eu.sms.api.sinch.com")],
)
def test_sinch_is_only_called_where_sinch_lives(provider, region, host):
    backend = provider.backend("", region=region, plan="../plan")

    assert backend._url == f"https://{host}/xms/v1/..%2Fplan/batches"


@sinch
def test_sinch_proves_that_it_has_nothing_of_ours(server, backend):
    sent(server, backend, reference=UUID(int=9))

    found = backend.lookup(an_sms(), around=MADE_AT, deadline=soon())

    assert found == NotFound(is_proof=True)
    assert server.asked[-1].query == {
        "client_reference": str(REFERENCE),
        "start_date": "2026-11-22T09:50:05.000Z",
        "page_size": "10",
    }


@sinch
def test_a_list_of_others_proves_nothing(server, backend):
    server.behave(Says.json(200, {"batches": [{"id": "a", "client_reference": "b"}]}))

    found = backend.lookup(an_sms(), around=MADE_AT, deadline=soon())

    assert found == NotFound(is_proof=False)


@sinch
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("Queued", None),
        ("Dispatched", EventKind.SENT),
        ("Delivered", EventKind.DELIVERED),
        ("Failed", EventKind.FAILED),
        ("Expired", EventKind.FAILED),
        ("Rejected", EventKind.FAILED),
        ("Aborted", EventKind.FAILED),
        ("Unknown", None),
    ],
)
def test_sinch_reports(provider, server, backend, status, kind):
    _outcome, asked = sent(server, backend)

    events = told(backend, provider.report(asked, status, code=402))

    expected = SmsEvent(
        kind,
        "01FC66621XXXXX119Z8PMV1QP0",
        reference=REFERENCE,
        at=REPORTED_AT,
        code="402",
        parts=1,
    )
    assert events == ([expected] if kind else [])


@sinch
def test_what_sinch_did_not_sign_is_refused_once_it_signs(provider, server):
    backend = provider.backend(server.url, webhook_secret="foo_secret1234")
    good = provider.inbound(backend, "STOP")
    changed = good.body.replace(b"STOP", b"START")
    old = good.headers | {"x-sinch-webhook-signature-timestamp": "1634579354"}

    backend.verify_webhook(good)
    for webhook in (
        Webhook(good.url, good.headers, changed),
        Webhook(good.url, old, good.body),
        Webhook(good.url, {}, good.body),
        Webhook(good.url, {"x-sinch-webhook-signature": "å"}, good.body),
    ):
        with pytest.raises(WebhookRefused, match="signature"):
            backend.verify_webhook(webhook)


@sinch
def test_sinch_types_we_do_not_know_are_left_alone(backend):
    webhook = posted_json(backend.door(DOOR), {"type": "mo_binary", "id": "1"})

    assert told(backend, webhook) == []


# The address we hand out


def test_an_address_names_no_message_to_whoever_reads_it(backend):
    door = backend.door(DOOR, REFERENCE)

    assert set(parse_qs(urlsplit(door).query)) == {"t"}
    assert str(REFERENCE) not in door
    assert str(ACCOUNT) not in door


def test_old_addresses_hold_after_a_change_of_keys(provider, backend, settings):
    webhook = provider.inbound(backend, "Bra")
    settings.LINK_KEYS = ["a new key", *settings.LINK_KEYS]

    backend.verify_webhook(webhook)


def test_a_call_remembers_the_address_under_which_we_are_known(backend):
    webhook = called(backend.door(DOOR), b"", "text/plain")

    assert webhook.url == backend.door(DOOR)
    assert webhook.remote == "127.0.0.1"
