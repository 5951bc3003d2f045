"""46elks, Sweden.

Sources, read 2026: 46elks.se/docs/send-sms, /sms-delivery-reports, /receive-sms and
/sms-history. A form is posted with a password; the answer is JSON with ``id``,
``parts`` and ``cost`` in ten-thousandths of the account's currency. Reports and inbound
SMS are posted as forms without a signature, so our own seal must be in their address.
They must be answered 200 to 204, or come again for hours; and *the body of the answer
is sent to the guest as an SMS*, so there must not be one.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.http import HttpResponse
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
    WebhookUnreadable,
    check_password,
    sealed_reference,
)
from outreach.sms.calls import (
    Answer,
    Kind,
    Sign,
    outcome_of_refusal,
    with_password,
)
from outreach.sms.http_backend import HttpSmsBackend, Listed, oldest_alike
from outreach.sms.readings import (
    count_in,
    id_in,
    instant_in,
    json_object,
    phone_in,
    text_in,
)
from outreach.sms.stopping import asked_for

_STATES = {
    "sent": EventKind.SENT,
    "delivered": EventKind.DELIVERED,
    "failed": EventKind.FAILED,
}
_LISTED = Listed(provider_id="id", text="message", made="created")


class Elks46(HttpSmsBackend):
    name = "elks46"
    title = "46elks"
    capabilities = Capabilities(
        looks_up=True,
        lookup_proves_absence=False,
        receives=True,
        names_as_sender=True,
        signs_webhooks=False,
    )
    asks_for = (
        Credential("user", _("API username")),
        Credential("password", _("API password"), is_secret=True),
        Credential(
            "callback_password",
            _("Password for delivery reports"),
            is_secret=True,
            is_required=False,
        ),
    )

    # It says so when there is no money left.
    login_codes = frozenset({"401"})
    empty_codes = frozenset({"402", "403"})

    def _server(self) -> str:
        return "https://api.46elks.com"

    def _path(self) -> str:
        return "/a1/sms"

    def _sign(self) -> Sign:
        return with_password(self._own("user"), self._own("password"))

    def _request(self, out: SmsOut) -> dict[str, Any]:
        form = {"from": out.sender.text, "to": out.to, "message": out.text}
        if out.callback_url:
            form["whendelivered"] = self.door(out.callback_url, out.reference)
        return {"data": form}

    def _outcome(self, answer: Answer) -> Outcome:
        return _outcome(answer)

    def _question(self, out: SmsOut, around: datetime) -> dict[str, str]:
        return {"to": out.to, "limit": "100"}

    def _looked_up(
        self, answer: Answer, out: SmsOut, around: datetime, known: Collection[str]
    ) -> LookUp:
        """The history knows no reference of ours, so what it lacks proves nothing."""
        rows = json_object(answer.body).get("data")
        if not answer.is_taken or not isinstance(rows, list):
            return NoAnswer(str(answer.status))
        ours = [row for row in rows if not _is_incoming(row)]
        row = oldest_alike(ours, out, _LISTED, around=around, known=known)
        return NotFound(is_proof=False) if row is None else _found(row)

    def verify_webhook(self, webhook: Webhook) -> None:
        sealed_reference(webhook, account=self.account)
        check_password(webhook, self._own("callback_password"))

    def parse_webhook(self, webhook: Webhook) -> list[SmsEvent]:
        fields = webhook.fields()
        if not id_in(fields, "id"):
            raise WebhookUnreadable
        if text_in(fields, "direction") == "incoming":
            return [_inbound(fields)]
        kind = _STATES.get(text_in(fields, "status"))
        if kind is None:
            return []
        return [
            SmsEvent(
                kind=kind,
                provider_id=id_in(fields, "id"),
                reference=sealed_reference(webhook, account=self.account),
                at=instant_in(fields, "delivered"),
            )
        ]

    def answer(self) -> HttpResponse:
        return HttpResponse(status=204)


def _outcome(answer: Answer) -> Outcome:
    if not answer.is_taken:
        return outcome_of_refusal(answer)
    fields = json_object(answer.body)
    provider_id = id_in(fields, "id")
    if not provider_id:
        return Outcome(Kind.UNKNOWN, str(answer.status))
    if text_in(fields, "status") == "failed":
        return Outcome(Kind.REJECTED, "failed", provider_id)
    return Outcome(
        Kind.ACCEPTED,
        provider_id=provider_id,
        parts=count_in(fields, "parts"),
        cost=count_in(fields, "cost"),
    )


def _is_incoming(row: Any) -> bool:
    return isinstance(row, dict) and text_in(row, "direction") == "incoming"


def _found(row: dict[str, Any]) -> Found:
    return Found(
        provider_id=id_in(row, "id"),
        delivery=_STATES.get(text_in(row, "status")) or "",
        parts=count_in(row, "parts"),
        cost=count_in(row, "cost"),
    )


def _inbound(fields: Mapping[str, Any]) -> SmsEvent:
    text = text_in(fields, "message")
    return SmsEvent(
        kind=EventKind.INBOUND,
        provider_id=id_in(fields, "id"),
        at=instant_in(fields, "created"),
        sender=phone_in(fields, "from"),
        to=phone_in(fields, "to"),
        text=text,
        asks=asked_for(text),
    )
