"""Twilio.

Sources: twilio.com/docs/messaging/api/message-resource and /docs/api/errors. A form is
posted with the account's SID and token; 201 answers with ``sid``. The price comes
later, and is read when looked up. Every webhook is signed, see twilio_signature.py.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from outreach.accounts.asking import Credential
from outreach.outcomes import Found, LookUp, NoAnswer, NotFound, Outcome
from outreach.sms.backends import (
    Capabilities,
    EventKind,
    SmsEvent,
    SmsOut,
    Trouble,
)
from outreach.sms.callbacks import Webhook, WebhookUnreadable, sealed_reference
from outreach.sms.calls import (
    Answer,
    Kind,
    Sign,
    outcome_of_refusal,
    retry_after,
    with_password,
)
from outreach.sms.http_backend import (
    HttpSmsBackend,
    Listed,
    earliest,
    oldest_alike,
)
from outreach.sms.prices import InvalidPrice, read_price
from outreach.sms.readings import (
    code_in,
    count_in,
    id_in,
    json_object,
    phone_in,
    text_in,
)
from outreach.sms.stopping import Asks, asked_for
from outreach.sms.twilio_signature import check_signature

_STATES = {
    "sent": EventKind.SENT,
    "delivered": EventKind.DELIVERED,
    "read": EventKind.DELIVERED,
    "undelivered": EventKind.FAILED,
    "failed": EventKind.FAILED,
    "canceled": EventKind.FAILED,
}
_GONE_WRONG = frozenset({"failed", "undelivered", "canceled"})
# Too many requests; the sender's queue is full; the day's number of messages is sent.
_TOO_FAST = frozenset({"20429", "14107", "21611", "63038"})
# The sender is not the account's own; and not let in, or suspended.
_ABOUT_THE_SENDER = frozenset({"21212", "21603", "21606", "21659", "21660"})
_ABOUT_THE_ACCOUNT = _ABOUT_THE_SENDER | {"20003", "20005", "30002"}
_OPT_OUT_TYPES = {"STOP": Asks.STOP, "START": Asks.START, "HELP": Asks.HELP}
_LISTED = Listed(provider_id="sid", text="body", made="date_created")


class Twilio(HttpSmsBackend):
    name = "twilio"
    title = "Twilio"
    capabilities = Capabilities(
        looks_up=True,
        lookup_proves_absence=False,
        receives=True,
        names_as_sender=True,
        signs_webhooks=True,
    )
    asks_for = (
        Credential("account_sid", _("Account SID")),
        Credential("auth_token", _("Auth token"), is_secret=True),
        Credential("service", _("Messaging service SID"), is_required=False),
        Credential(
            "webhook_key",
            _("Shared key for webhooks"),
            is_secret=True,
            is_required=False,
        ),
    )
    # Not a number, not a mobile, a landline, unknown to its network.
    dead_number_codes = frozenset({"21211", "21614", "21635", "30005", "30006"})
    opted_out_codes = frozenset({"21610"})
    # Suspended or closed.
    empty_codes = frozenset({"402", "20005", "30002"})
    sender_codes = _ABOUT_THE_SENDER

    def _server(self) -> str:
        return "https://api.twilio.com"

    def _path(self) -> str:
        sid = quote(self._own("account_sid"), safe="")
        return f"/2010-04-01/Accounts/{sid}/Messages.json"

    def _sign(self) -> Sign:
        return with_password(self._own("account_sid"), self._own("auth_token"))

    def _request(self, out: SmsOut) -> dict[str, Any]:
        form = {"To": out.to, "Body": out.text, "From": out.sender.text}
        if self._own("service"):
            form["MessagingServiceSid"] = self._own("service")
        if out.callback_url:
            form["StatusCallback"] = self.door(out.callback_url, out.reference)
        return {"data": form}

    def _outcome(self, answer: Answer) -> Outcome:
        return _outcome(answer)

    def _question(self, out: SmsOut, around: datetime) -> dict[str, str]:
        day = earliest(around).astimezone(UTC).date()
        return {"To": out.to, "DateSent>": str(day), "PageSize": "100"}

    def _looked_up(
        self, answer: Answer, out: SmsOut, around: datetime, known: Collection[str]
    ) -> LookUp:
        """The list knows no reference of ours, so what it lacks proves nothing."""
        rows = json_object(answer.body).get("messages")
        if not answer.is_taken or not isinstance(rows, list):
            return NoAnswer(str(answer.status))
        ours = [row for row in rows if _is_from_here(row)]
        row = oldest_alike(ours, out, _LISTED, around=around, known=known)
        return NotFound(is_proof=False) if row is None else _found(row)

    def verify_webhook(self, webhook: Webhook) -> None:
        sealed_reference(webhook, account=self.account)
        check_signature(
            webhook,
            token=self._own("auth_token"),
            shared_key=self._own("webhook_key"),
        )

    def parse_webhook(self, webhook: Webhook) -> list[SmsEvent]:
        fields = webhook.fields()
        if not id_in(fields, "MessageSid"):
            raise WebhookUnreadable
        kind = _STATES.get(text_in(fields, "MessageStatus"))
        if kind is None:
            return _inbound(fields)
        code = code_in(fields, "ErrorCode")
        return [
            SmsEvent(
                kind=kind,
                provider_id=id_in(fields, "MessageSid"),
                reference=sealed_reference(webhook, account=self.account),
                code=code,
                trouble=self.trouble_of(code),
            )
        ]

    def answer(self) -> HttpResponse:
        """Twilio sends what it finds in the answer, so there is nothing in it."""
        return HttpResponse(
            '<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type="text/xml"
        )

    def trouble_of(self, code: str) -> Trouble | None:
        return super().trouble_of(code.rpartition(" ")[2])


def _outcome(answer: Answer) -> Outcome:
    fields = json_object(answer.body)
    if not answer.is_taken:
        return _refusal(answer, code_in(fields, "code"))
    provider_id = id_in(fields, "sid")
    if not provider_id:
        return Outcome(Kind.UNKNOWN, str(answer.status))
    if text_in(fields, "status") in _GONE_WRONG:
        return Outcome(Kind.REJECTED, code_in(fields, "error_code"), provider_id)
    return Outcome(
        Kind.ACCEPTED,
        provider_id=provider_id,
        parts=count_in(fields, "num_segments") or None,
        cost=_price_in(fields),
    )


def _refusal(answer: Answer, code: str) -> Outcome:
    detail = f"{answer.status} {code}".strip()
    if answer.status >= 500:
        return Outcome(Kind.UNKNOWN, detail)
    if code in _TOO_FAST:
        return Outcome(Kind.THROTTLED, detail, retry_after=retry_after(answer))
    if code in _ABOUT_THE_ACCOUNT:
        return Outcome(Kind.NOT_SENT, detail)
    return outcome_of_refusal(answer, code)


def _price_in(fields: Mapping[str, Any]) -> int | None:
    try:
        return read_price(text_in(fields, "price"))
    except InvalidPrice:
        return None


def _is_from_here(row: Any) -> bool:
    return isinstance(row, dict) and text_in(row, "direction") == "outbound-api"


def _found(row: dict[str, Any]) -> Found:
    return Found(
        provider_id=id_in(row, "sid"),
        delivery=_STATES.get(text_in(row, "status")) or "",
        parts=count_in(row, "num_segments") or None,
        cost=_price_in(row),
    )


def _inbound(fields: Mapping[str, Any]) -> list[SmsEvent]:
    if text_in(fields, "SmsStatus") != "received" or "Body" not in fields:
        return []
    text = text_in(fields, "Body")
    named = _OPT_OUT_TYPES.get(text_in(fields, "OptOutType"))
    return [
        SmsEvent(
            kind=EventKind.INBOUND,
            provider_id=id_in(fields, "MessageSid"),
            parts=count_in(fields, "NumSegments"),
            sender=phone_in(fields, "From"),
            to=phone_in(fields, "To"),
            text=text,
            asks=named or asked_for(text),
        )
    ]
