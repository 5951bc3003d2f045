"""Sinch, the SMS API with service plans.

Sources: developers.sinch.com/docs/sms/api-reference. A batch of one is posted as JSON
with the plan's token; 201 answers with ``id``. Batches can be listed by our own
``client_reference``, so here what is not in the list was not taken. Reports and inbound
SMS are JSON. They are signed where Sinch has switched that on for the plan: base64 of
HMAC-SHA256 over ``body.nonce.timestamp``; else our own seal in the address must do. The
time in the signature is not looked at, since what failed comes again for a day, and the
same event twice does nothing.
"""

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from outreach.accounts.asking import Credential
from outreach.outcomes import Found, LookUp, NoAnswer, NotFound, Outcome
from outreach.sms.backends import (
    Capabilities,
    EventKind,
    SmsEvent,
    SmsOut,
)
from outreach.sms.callbacks import (
    Webhook,
    WebhookRefused,
    WebhookUnreadable,
    sealed_reference,
)
from outreach.sms.calls import Answer, Kind, Sign, outcome_of_refusal, with_bearer
from outreach.sms.http_backend import HttpSmsBackend
from outreach.sms.readings import (
    code_in,
    count_in,
    id_in,
    instant_in,
    json_object,
    phone_in,
    text_in,
    uuid_in,
)
from outreach.sms.stopping import asked_for

REGIONS = ("eu", "us", "br", "au", "ca")
_STATES = {
    "Dispatched": EventKind.SENT,
    "Delivered": EventKind.DELIVERED,
    "Failed": EventKind.FAILED,
    "Expired": EventKind.FAILED,
    "Rejected": EventKind.FAILED,
    "Aborted": EventKind.FAILED,
    "Cancelled": EventKind.FAILED,
    "Deleted": EventKind.FAILED,
}
_BEFORE = timedelta(minutes=10)


class Sinch(HttpSmsBackend):
    name = "sinch"
    title = "Sinch"
    capabilities = Capabilities(
        looks_up=True,
        lookup_proves_absence=True,
        receives=True,
        names_as_sender=True,
        signs_webhooks=True,
    )
    asks_for = (
        Credential("region", _("Region"), choices=REGIONS),
        Credential("plan", _("Service plan ID")),
        Credential("token", _("API token"), is_secret=True),
        Credential(
            "webhook_secret",
            _("Secret for callbacks"),
            is_secret=True,
            is_required=False,
        ),
    )

    def _server(self) -> str:
        region = self._own("region") if self._own("region") in REGIONS else REGIONS[0]
        return f"https://{region}.sms.api.sinch.com"

    def _path(self) -> str:
        return f"/xms/v1/{quote(self._own('plan'), safe='')}/batches"

    def _sign(self) -> Sign:
        return with_bearer(self._own("token"))

    def _request(self, out: SmsOut) -> dict[str, Any]:
        batch: dict[str, Any] = {
            "to": [out.to],
            "from": out.sender.text,
            "body": out.text,
            "type": "mt_text",
            "client_reference": str(out.reference),
        }
        if out.callback_url:
            batch["delivery_report"] = "per_recipient"
            batch["callback_url"] = self.door(out.callback_url, out.reference)
        return {"json": batch}

    def _outcome(self, answer: Answer) -> Outcome:
        return _outcome(answer)

    def _question(self, out: SmsOut, around: datetime) -> dict[str, str]:
        since = (around - _BEFORE).astimezone(UTC)
        return {
            "client_reference": str(out.reference),
            "start_date": f"{since:%Y-%m-%dT%H:%M:%S}.000Z",
            "page_size": "10",
        }

    def _looked_up(
        self, answer: Answer, out: SmsOut, around: datetime, known: Collection[str]
    ) -> LookUp:
        return _looked_up(answer, out.reference)

    def verify_webhook(self, webhook: Webhook) -> None:
        sealed_reference(webhook, account=self.account)
        secret = self._own("webhook_secret").encode()
        if secret and not _is_signed(webhook, secret):
            raise WebhookRefused("signature")

    def parse_webhook(self, webhook: Webhook) -> list[SmsEvent]:
        fields = json_object(webhook.body)
        match text_in(fields, "type"):
            case "mo_text":
                return [_inbound(fields)]
            case "recipient_delivery_report_sms":
                return self._reported(fields)
            case "":
                raise WebhookUnreadable
        return []

    def _reported(self, fields: Mapping[str, Any]) -> list[SmsEvent]:
        if not id_in(fields, "batch_id"):
            raise WebhookUnreadable
        kind = _STATES.get(text_in(fields, "status"))
        # Queued is before anything happened; Unknown is that nobody knows.
        if kind is None:
            return []
        code = code_in(fields, "code")
        return [
            SmsEvent(
                kind=kind,
                provider_id=id_in(fields, "batch_id"),
                reference=uuid_in(fields, "client_reference"),
                at=instant_in(fields, "at"),
                code=code,
                trouble=self.trouble_of(code),
                parts=count_in(fields, "number_of_message_parts"),
            )
        ]


def _outcome(answer: Answer) -> Outcome:
    fields = json_object(answer.body)
    if not answer.is_taken:
        return outcome_of_refusal(answer, code_in(fields, "code"))
    provider_id = id_in(fields, "id")
    if not provider_id:
        return Outcome(Kind.UNKNOWN, str(answer.status))
    return Outcome(Kind.ACCEPTED, provider_id=provider_id)


def _looked_up(answer: Answer, reference: UUID) -> LookUp:
    batches = json_object(answer.body).get("batches")
    if not answer.is_taken or not isinstance(batches, list):
        return NoAnswer(str(answer.status))
    for batch in batches:
        if isinstance(batch, dict) and uuid_in(batch, "client_reference") == reference:
            return Found(id_in(batch, "id"))
    # A list of others would mean that the question was not understood.
    return NotFound(is_proof=not batches)


def _inbound(fields: Mapping[str, Any]) -> SmsEvent:
    if not id_in(fields, "id"):
        raise WebhookUnreadable
    text = text_in(fields, "body")
    return SmsEvent(
        kind=EventKind.INBOUND,
        provider_id=id_in(fields, "id"),
        reference=uuid_in(fields, "client_reference"),
        at=instant_in(fields, "received_at"),
        sender=phone_in(fields, "from"),
        to=phone_in(fields, "to"),
        text=text,
        asks=asked_for(text),
    )


def _is_signed(webhook: Webhook, secret: bytes) -> bool:
    prefix = "x-sinch-webhook-signature"
    nonce = webhook.headers.get(f"{prefix}-nonce", "")
    timestamp = webhook.headers.get(f"{prefix}-timestamp", "")
    signed = webhook.body + f".{nonce}.{timestamp}".encode()
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest())
    return hmac.compare_digest(
        expected, webhook.headers.get(prefix, "").encode("utf-8", "replace")
    )
