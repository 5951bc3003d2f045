"""The four providers as they speak, with a log of what they really took.

Each checks who asks, as the real one does, and calls back as the real one does.
"""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import unquote, urlencode, urlsplit
from uuid import UUID

from django.test import RequestFactory

from outreach.sms.backends import SmsOut
from outreach.sms.callbacks import Webhook
from outreach.sms.elks46 import Elks46
from outreach.sms.link_mobility import LinkMobility
from outreach.sms.senders import Sender, SenderKind
from outreach.sms.sinch import Sinch
from outreach.sms.twilio import Twilio
from tests.outreach.sms.stand_in import Says

ACCOUNT = UUID("018f0000-0000-7000-8000-00000000000a")
REFERENCE = UUID("018f0000-0000-7000-8000-000000000001")
DOOR = "https://solvik.example/hooks/sms/1/"
SECRET = "s3cret-not-to-be-seen"
TO = "+4740612345"
TEXT = "Velkommen tilbake, Nora"
SOLVIK = Sender("Solvik", SenderKind.NAME)
MADE_AT = datetime(2026, 11, 22, 10, 0, 5, tzinfo=UTC)


def an_sms(**given):
    defaults = {
        "to": TO,
        "sender": SOLVIK,
        "text": TEXT,
        "reference": REFERENCE,
        "callback_url": DOOR,
    }
    return SmsOut(**(defaults | given))


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def called(url, body, content_type, **headers):
    """Return what our door makes of a call to ``url``, log-in in the address included."""
    parts = urlsplit(url)
    if parts.username:
        headers["authorization"] = basic(parts.username, unquote(parts.password))
    request = RequestFactory().generic(
        "POST",
        f"{parts.path}?{parts.query}",
        body,
        content_type=content_type,
        headers=headers,
    )
    return Webhook.of(request)


def posted(url, fields, **headers):
    body = urlencode(fields)
    return called(url, body, "application/x-www-form-urlencoded", **headers)


def posted_json(url, content, **headers):
    return called(url, json.dumps(content), "application/json", **headers)


class FakeElks:
    refusal = Says(400, b'"Invalid to number"')
    no_money = Says(403, b'"Not enough credits"')
    credentials = {"user": "u1", "password": SECRET}

    def __init__(self):
        self.taken = []

    def backend(self, url, **more):
        return Elks46(ACCOUNT, self.credentials | more, base_url=url)

    def answer(self, asked):
        if asked.headers.get("authorization") != basic("u1", SECRET):
            return Says(401, b'"API access requires Basic HTTP authentication"')
        if urlsplit(asked.path).path != "/a1/sms":
            return Says(404, b"Not found")
        if asked.method == "GET":
            rows = [row for row in self.taken if row["to"] == asked.query["to"]]
            return Says.json(200, {"data": rows[::-1]})
        form = asked.form
        row = {
            "id": f"s70df59406a1b4643b96f3f91e0bfb7b{len(self.taken)}",
            "status": "created",
            "direction": "outgoing",
            "from": form["from"],
            "to": form["to"],
            "message": form["message"],
            "created": "2026-11-22T10:00:05.302000",
            "parts": 1,
            "cost": 3500,
        }
        self.taken.append(row)
        return Says.json(200, row)

    def report(self, asked, status="delivered"):
        fields = {"id": self.taken[0]["id"], "status": status}
        if status == "delivered":
            fields["delivered"] = "2026-11-22T10:00:10Z"
        return posted(asked.form["whendelivered"], fields)

    def inbound(self, backend, text):
        fields = {
            "direction": "incoming",
            "id": "sf8425555e5d8db61dda7a7b3f1b91bdb",
            "from": TO,
            "to": "+46766861004",
            "created": "2026-11-22T10:05:00.741000",
            "message": text,
        }
        return posted(backend.door(DOOR), fields)


class FakeLink:
    refusal = Says.json(400, {"resultCode": 2106, "description": "Number error"})
    no_money = Says.json(403, {"resultCode": 106101, "description": "Access denied."})
    credentials = {
        "host": "no.linkmobility.io",
        "user": "solvik",
        "password": SECRET,
        "platform": "COMMON_API",
        "partner": "1234",
        "gate": "BVldZyQt",
    }

    def __init__(self):
        self.taken = []

    def backend(self, url, **more):
        return LinkMobility(ACCOUNT, self.credentials | more, base_url=url)

    def answer(self, asked):
        if asked.headers.get("authorization") != basic("solvik", SECRET):
            return Says.json(401, {"resultCode": 106100, "description": "Invalid"})
        if (asked.method, asked.path) != ("POST", "/sms/send"):
            return Says(404)
        request = asked.json
        if request["platformPartnerId"] != "1234":
            return Says.json(400, {"resultCode": 106201, "description": "Invalid"})
        self.taken.append(request)
        if request.get("ignoreResponse", True):
            return Says(204)
        return Says.json(
            200,
            {
                "messageId": f"Dcshuhod0PMAAAFQ+/PbnR3{len(self.taken)}",
                "resultCode": 1005,
                "description": "Queued",
                "smsCount": 1,
            },
        )

    def report(self, asked, status=1001, backend=None):
        """A report goes to the gate's address, and says which message in its body."""
        content = {
            "refId": asked.json["refId"],
            "id": "Dcshuhod0PMAAAFQ+/PbnR31",
            "operator": "no.telenor",
            "sentTimestamp": "2026-11-22T10:00:06Z",
            "timestamp": "2026-11-22T10:00:10Z",
            "resultCode": status,
            "operatorResultCode": "2",
            "segments": 1,
            "gateCustomParameters": {},
            "customParameters": {"received": "2026-11-22 10:00:11"},
        }
        return posted_json((backend or self.backend("")).door(DOOR), content)

    def inbound(self, backend, text):
        content = {
            "destination": "NO-2333",
            "subNumber": None,
            "source": TO,
            "content": {"type": "SMS", "userData": text, "encoding": "TEXT"},
            "operator": "no.telenor",
            "timestamp": "2026-11-22T10:05:00Z",
            "messageId": "mo-1",
            "route": {"type": "KEYWORD_ROUTE", "id": "0"},
            "customParameters": {},
        }
        return posted_json(backend.door(DOOR), content)


class FakeTwilio:
    refusal = Says.json(
        400, {"code": 21211, "message": f"The 'To' number {TO} is bad", "status": 400}
    )
    no_money = Says.json(401, {"code": 20003, "message": "Authenticate", "status": 401})
    sid = "AC00000000000000000000000000000000"
    credentials = {"account_sid": sid, "auth_token": SECRET}

    def __init__(self):
        self.taken = []

    def backend(self, url, **more):
        return Twilio(ACCOUNT, self.credentials | more, base_url=url)

    def answer(self, asked):
        if asked.headers.get("authorization") != basic(self.sid, SECRET):
            return self.no_money
        path = urlsplit(asked.path).path
        if path != f"/2010-04-01/Accounts/{self.sid}/Messages.json":
            return Says.json(404, {"code": 20404, "status": 404})
        if asked.method == "GET":
            assert asked.query["DateSent>"] == "2026-11-22"
            rows = [row for row in self.taken if row["to"] == asked.query["To"]]
            return Says.json(200, {"messages": rows[::-1], "page": 0})
        form = asked.form
        row = {
            "sid": f"SM{len(self.taken):032}",
            "status": "queued",
            "direction": "outbound-api",
            "from": form.get("From"),
            "to": form["To"],
            "body": form["Body"],
            "num_segments": "1",
            "date_created": "Sun, 22 Nov 2026 10:00:05 +0000",
            "price": None,
            "price_unit": "USD",
            "error_code": None,
        }
        self.taken.append(row)
        return Says.json(201, row)

    def signed(self, url, fields, key=SECRET, digest=hashlib.sha1, **headers):
        text = url + "".join(name + fields[name] for name in sorted(fields))
        signature = base64.b64encode(
            hmac.new(key.encode(), text.encode(), digest).digest()
        ).decode()
        return posted(url, fields, **({"X-Twilio-Signature": signature} | headers))

    def report(self, asked, status="delivered", **more):
        fields = {
            "MessageSid": self.taken[0]["sid"],
            "SmsSid": self.taken[0]["sid"],
            "MessageStatus": status,
            "SmsStatus": status,
            "AccountSid": self.sid,
            "From": "Solvik",
            "To": TO,
            "ApiVersion": "2010-04-01",
        }
        return self.signed(asked.form["StatusCallback"], fields | more)

    def inbound(self, backend, text, **more):
        fields = {
            "MessageSid": "SM1",
            "SmsStatus": "received",
            "AccountSid": self.sid,
            "From": TO,
            "To": "+4759440000",
            "Body": text,
            "NumMedia": "0",
            "NumSegments": "1",
            "FromCity": "",
        }
        return self.signed(backend.door(DOOR), fields | more)


class FakeSinch:
    refusal = Says.json(
        400, {"code": "syntax_invalid_parameter_format", "text": f"{TO} is bad"}
    )
    no_money = Says.json(403, {"code": "unauthorized", "text": "The request is not"})
    credentials = {"region": "eu", "plan": "plan1", "token": SECRET}
    webhook_secret = "foo_secret1234"

    def __init__(self):
        self.taken = []

    def backend(self, url, **more):
        return Sinch(ACCOUNT, self.credentials | more, base_url=url)

    def answer(self, asked):
        if asked.headers.get("authorization") != f"Bearer {SECRET}":
            return Says(401)
        if urlsplit(asked.path).path != "/xms/v1/plan1/batches":
            return Says(404)
        if asked.method == "GET":
            wanted = asked.query["client_reference"]
            rows = [row for row in self.taken if row["client_reference"] == wanted]
            return Says.json(
                200, {"count": len(rows), "page": 0, "page_size": 10, "batches": rows}
            )
        row = asked.json | {
            "id": f"01FC66621XXXXX119Z8PMV1QP{len(self.taken)}",
            "created_at": "2026-11-22T10:00:05.000Z",
            "modified_at": "2026-11-22T10:00:05.000Z",
            "canceled": False,
        }
        self.taken.append(row)
        return Says.json(201, row)

    def signed(self, url, content, secret=webhook_secret):
        body = json.dumps(content)
        nonce, timestamp = "01FJA8B4A7BM43YGWSG9GBV067", "1634579353"
        digest = hmac.new(
            secret.encode(), f"{body}.{nonce}.{timestamp}".encode(), hashlib.sha256
        ).digest()
        headers = {
            "x-sinch-webhook-signature": base64.b64encode(digest).decode(),
            "x-sinch-webhook-signature-nonce": nonce,
            "x-sinch-webhook-signature-timestamp": timestamp,
            "x-sinch-webhook-signature-algorithm": "HmacSHA256",
        }
        return called(url, body, "application/json", **headers)

    def report(self, asked, status="Delivered", code=0):
        content = {
            "type": "recipient_delivery_report_sms",
            "batch_id": self.taken[0]["id"],
            "recipient": TO.removeprefix("+"),
            "code": code,
            "status": status,
            "at": "2026-11-22T10:00:10.000Z",
            "client_reference": asked.json["client_reference"],
            "number_of_message_parts": 1,
        }
        return self.signed(asked.json["callback_url"], content)

    def inbound(self, backend, text):
        content = {
            "type": "mo_text",
            "id": "01FC66621XXXXX119Z8PMV1QPX",
            "from": TO.removeprefix("+"),
            "to": "4759440000",
            "body": text,
            "received_at": "2026-11-22T10:05:00.000Z",
        }
        return self.signed(backend.door(DOOR), content)
