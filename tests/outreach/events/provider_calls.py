"""How each mail provider calls, in its real shape and with its real signature.

``told`` is one of delivered, hard, soft and spam. A message is known to the provider by
``name`` and, where it carries that, by our own.
"""

import base64
import hashlib
import hmac
import json
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

SECRET = "s3cret"
NAME = "provider-name-1"
TO = "nora@post.example"
TS = 1795336800
FULL = "552 5.2.2 Mailbox full"
GONE = "550 5.1.1 User unknown"
JSON = "application/json"
SES = {"delivered": "Delivery", "hard": "Bounce", "soft": "Bounce", "spam": "Complaint"}


def _hmac(key, text, digest=hashlib.sha256):
    return hmac.new(key.encode(), text.encode(), digest)


def amazon_ses(told, ours, url):
    kind = SES[told]
    detail = {
        "Delivery": {"recipients": [TO], "smtpResponse": "250 2.6.0 ok"},
        "Complaint": {"complainedRecipients": [{"emailAddress": TO}]},
        "Bounce": {
            "bounceType": "Permanent" if told == "hard" else "Transient",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": TO}],
        },
    }[kind]
    event = {
        "eventType": kind,
        kind.lower(): detail,
        "mail": {
            "messageId": NAME,
            "destination": [TO],
            "headers": [{"name": "X-Metadata", "value": json.dumps({"message": ours})}],
        },
    }
    body = {
        "Type": "Notification",
        "MessageId": "sns-1",
        "TopicArn": "arn:aws:sns:eu-north-1:1:topic",
        "Message": json.dumps(event),
        "Timestamp": "2026-11-22T08:40:00.000Z",
    }
    headers = {
        "x-amz-sns-message-type": "Notification",
        "x-amz-sns-message-id": "sns-1",
    }
    return json.dumps(body), "text/plain; charset=UTF-8", headers


def brevo(told, ours, url):
    event = {
        "delivered": {"event": "delivered"},
        "hard": {"event": "hard_bounce", "reason": "unknown"},
        "soft": {"event": "soft_bounce", "reason": "full"},
        "spam": {"event": "spam"},
    }[told]
    body = event | {
        "email": TO,
        "message-id": NAME,
        "ts_epoch": TS * 1000,
        "X-Mailin-custom": json.dumps({"message": ours}),
    }
    return json.dumps(body), JSON, {}


def mailersend(told, ours, url):
    kind = {
        "delivered": "delivered",
        "hard": "hard_bounced",
        "soft": "soft_bounced",
        "spam": "spam_complaint",
    }[told]
    data = {
        "object": "activity",
        "id": "a1",
        "type": kind,
        "created_at": "2026-11-22T08:40:00.000000Z",
        "email": {"message": {"id": NAME}, "recipient": {"email": TO}},
        "morph": {"object": "recipient_bounce", "reason": "no details"}
        if "bounced" in kind
        else None,
    }
    body = json.dumps({"type": f"activity.{kind}", "data": data})
    return body, JSON, {"Signature": _hmac(SECRET, body).hexdigest()}


def mailgun(told, ours, url):
    status = {"message": {"hard": GONE, "soft": FULL}.get(told, "OK")}
    event = {
        "delivered": {"event": "delivered"},
        "hard": {"event": "failed", "severity": "permanent", "reason": "bounce"},
        "soft": {"event": "failed", "severity": "permanent", "reason": "bounce"},
        "spam": {"event": "complained"},
    }[told]
    body = {
        "signature": {
            "token": "t",
            "timestamp": str(TS),
            "signature": _hmac(SECRET, f"{TS}t").hexdigest(),
        },
        "event-data": event
        | {
            "timestamp": TS,
            "recipient": TO,
            "delivery-status": status,
            "message": {"headers": {"message-id": NAME}},
            "user-variables": {"message": ours},
        },
    }
    return json.dumps(body), JSON, {}


def mailjet(told, ours, url):
    event = {
        "delivered": {"event": "sent"},
        "hard": {"event": "bounce", "hard_bounce": True, "error": "user unknown"},
        "soft": {"event": "bounce", "hard_bounce": False, "error": "quota exceeded"},
        "spam": {"event": "spam"},
    }[told]
    body = event | {
        "time": TS,
        "MessageID": 19421777835146490,
        "email": TO,
        "Payload": json.dumps({"message": ours}),
    }
    return json.dumps([body]), JSON, {}


def mailtrap(told, ours, url):
    event = {
        "delivered": {"event": "delivery"},
        "hard": {"event": "bounce", "response": GONE},
        "soft": {"event": "bounce", "response": FULL},
        "spam": {"event": "spam"},
    }[told]
    row = event | {
        "message_id": NAME,
        "email": TO,
        "timestamp": TS,
        "event_id": "e1",
        "custom_variables": {"message": ours},
    }
    body = json.dumps({"events": [row]})
    return body, JSON, {"Mailtrap-Signature": _hmac(SECRET, body).hexdigest()}


def mandrill(told, ours, url):
    event = {
        "delivered": "send",
        "hard": "hard_bounce",
        "soft": "soft_bounce",
        "spam": "spam",
    }[told]
    row = {
        "event": event,
        "ts": TS,
        "_id": NAME,
        "msg": {"email": TO, "metadata": {"message": ours}},
    }
    fields = {"mandrill_events": json.dumps([row])}
    signed = url + "".join(key + fields[key] for key in sorted(fields))
    signature = base64.b64encode(_hmac(SECRET, signed, hashlib.sha1).digest()).decode()
    headers = {"X-Mandrill-Signature": signature}
    return urlencode(fields), "application/x-www-form-urlencoded", headers


_RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
_EC = ec.generate_private_key(ec.SECP256R1())


def _pem(key):
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return "".join(pem.decode().strip().splitlines()[1:-1])


def postal(told, ours, url):
    status = {"delivered": "Sent", "hard": "HardFail", "soft": "SoftFail"}
    body = json.dumps(
        {
            "event": "MessageSent",
            "timestamp": TS,
            "uuid": "u1",
            "payload": {
                "message": {"id": NAME, "to": TO, "direction": "outgoing"},
                "status": status[told],
                "output": {"hard": GONE, "soft": FULL}.get(told, "250 ok"),
            },
        }
    )
    signature = _RSA.sign(body.encode(), padding.PKCS1v15(), hashes.SHA1())
    return body, JSON, {"X-Postal-Signature": base64.b64encode(signature).decode()}


def postmark(told, ours, url):
    record = {
        "delivered": {"RecordType": "Delivery", "DeliveredAt": "2026-11-22T08:40:00Z"},
        "hard": {"RecordType": "Bounce", "Type": "HardBounce", "Details": "gone"},
        "soft": {"RecordType": "Bounce", "Type": "SoftBounce", "Details": "full"},
        "spam": {"RecordType": "SpamComplaint", "Type": "SpamComplaint"},
    }[told]
    body = {"MessageID": NAME, "Email": TO, "Metadata": {"message": ours}} | record
    return json.dumps(body), JSON, {}


SVIX_KEY = base64.b64encode(b"0123456789abcdef01234567").decode()


def resend(told, ours, url):
    kind = {"delivered": "delivered", "spam": "complained"}.get(told, "bounced")
    data = {
        "email_id": NAME,
        "to": [TO],
        "headers": [{"name": "X-Metadata", "value": json.dumps({"message": ours})}],
    }
    if kind == "bounced":
        data["bounce"] = {
            "message": "The recipient's email provider sent a bounce message",
            "type": "Permanent" if told == "hard" else "Transient",
        }
    body = json.dumps(
        {"type": f"email.{kind}", "created_at": "2026-11-22T08:40:00Z", "data": data}
    )
    key = base64.b64decode(SVIX_KEY)
    digest = hmac.new(key, f"msg_1.{TS}.{body}".encode(), hashlib.sha256).digest()
    return (
        body,
        JSON,
        {
            "svix-id": "msg_1",
            "svix-timestamp": str(TS),
            "svix-signature": "v1,bm9wZQ== v1," + base64.b64encode(digest).decode(),
        },
    )


def sendgrid(told, ours, url):
    event = {
        "delivered": {"event": "delivered"},
        "hard": {"event": "bounce", "type": "bounce", "reason": GONE},
        "soft": {"event": "bounce", "type": "blocked", "reason": "try later"},
        "spam": {"event": "spamreport"},
    }[told]
    row = {"email": TO, "timestamp": TS, "anymail_id": NAME, "message": ours}
    body = json.dumps([event | row])
    signature = _EC.sign(f"{TS}{body}".encode(), ec.ECDSA(hashes.SHA256()))
    prefix = "X-Twilio-Email-Event-Webhook"
    return (
        body,
        JSON,
        {
            f"{prefix}-Signature": base64.b64encode(signature).decode(),
            f"{prefix}-Timestamp": str(TS),
        },
    )


def sparkpost(told, ours, url):
    event = {
        "delivered": {"type": "delivery"},
        "hard": {"type": "bounce", "bounce_class": "10"},
        "soft": {"type": "bounce", "bounce_class": "22"},
        "spam": {"type": "spam_complaint"},
    }[told]
    row = {
        "timestamp": str(TS),
        "transmission_id": NAME,
        "rcpt_meta": {"message": ours},
    }
    return json.dumps([{"msys": {"message_event": event | row}}]), JSON, {}


def unisender_go(told, ours, url):
    status = {
        "delivered": "delivered",
        "hard": "hard_bounced",
        "soft": "hard_bounced",
        "spam": "spam",
    }[told]
    event = {
        "event_name": "transactional_email_status",
        "event_data": {
            "job_id": NAME,
            "metadata": {"message": ours},
            "email": TO,
            "status": status,
            "event_time": "2026-11-22 08:40:00",
            "delivery_info": {
                "destination_response": {"hard": GONE, "soft": FULL}.get(told, "")
            },
        },
    }
    body = {"auth": "X" * 32, "events_by_user": [{"user_id": 1, "events": [event]}]}
    text = json.dumps(body)
    digest = hashlib.md5(text.replace("X" * 32, SECRET).encode()).hexdigest()
    return text.replace("X" * 32, digest), JSON, {}


# By provider: how it calls, what it signs with, and which header or field is signed.
PROVIDERS = {
    "amazon_ses": (amazon_ses, {}, ""),
    "brevo": (brevo, {}, ""),
    "mailersend": (mailersend, {"signing_secret": SECRET}, "Signature"),
    "mailgun": (mailgun, {"webhook_signing_key": SECRET}, "body"),
    "mailjet": (mailjet, {}, ""),
    "mailtrap": (mailtrap, {"signing_secret": SECRET}, "Mailtrap-Signature"),
    "mandrill": (mandrill, {"webhook_key": SECRET}, "X-Mandrill-Signature"),
    "postal": (postal, {"webhook_key": _pem(_RSA)}, "X-Postal-Signature"),
    "postmark": (postmark, {}, ""),
    "resend": (resend, {"signing_secret": f"whsec_{SVIX_KEY}"}, "svix-signature"),
    "sendgrid": (
        sendgrid,
        {"tracking_webhook_verification_key": _pem(_EC)},
        "X-Twilio-Email-Event-Webhook-Signature",
    ),
    "sparkpost": (sparkpost, {}, ""),
    "unisender_go": (unisender_go, {"api_key": SECRET}, "body"),
}
