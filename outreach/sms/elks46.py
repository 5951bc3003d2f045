"""46elks, Sweden.

Sources, read 2026: 46elks.se/docs/send-sms, /sms-delivery-reports, /receive-sms and
/sms-history. A form is posted with a password; the answer is JSON with ``id``,
``parts`` and ``cost`` in ten-thousandths of the account's currency. Reports and inbound
SMS are posted as forms without a signature, so our own seal must be in their address.
They must be answered 200 to 204, or come again for hours; and *the body of the answer
is sent to the guest as an SMS*, so there must not be one.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from outreach.accounts.asking import Credential
from outreach.outcomes import Found, LookUp, NoAnswer, NotFound, Outcome
from outreach.sms.backends import (
    Capabilities,
    EventKind,
    SmsBackend,
    SmsEvent,
    SmsOut,
)
from outreach.sms.callbacks import (
    Webhook,
    WebhookUnreadable,
    check_password,
    sealed_reference,
    sealed_url,
)
from outreach.sms.calls import (
    Answer,
    Kind,
    Line,
    outcome_of_refusal,
    with_password,
)
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
_BEFORE, _AFTER = timedelta(minutes=2), timedelta(minutes=30)


class Elks46(SmsBackend):
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

    def __init__(
        self,
        account: UUID,
        credentials: Mapping[str, str],
        *,
        base_url: str = "https://api.46elks.com",
    ) -> None:
        super().__init__(account, credentials)
        self._url = f"{base_url}/a1/sms"
        self._line = Line(with_password(self._own("user"), self._own("password")))

    def send(self, out: SmsOut, *, deadline: float) -> Outcome:
        form = {"from": out.sender.text, "to": out.to, "message": out.text}
        if out.callback_url:
            form["whendelivered"] = self.door(out.callback_url, out.reference)
        answer = self._line.ask("POST", self._url, deadline=deadline, data=form)
        return answer if isinstance(answer, Outcome) else _outcome(answer)

    def lookup(
        self,
        out: SmsOut,
        *,
        around: datetime,
        deadline: float,
        known: Collection[str] = (),
    ) -> LookUp:
        """The history knows no reference of ours, so what it lacks proves nothing."""
        answer = self._line.ask(
            "GET", self._url, deadline=deadline, params={"to": out.to, "limit": "100"}
        )
        if isinstance(answer, Outcome):
            return NoAnswer(answer.detail)
        rows = json_object(answer.body).get("data")
        if not answer.is_taken or not isinstance(rows, list):
            return NoAnswer(str(answer.status))
        for row in reversed(rows):
            if _is_the_one(row, out, around) and id_in(row, "id") not in known:
                return _found(row)
        return NotFound(is_proof=False)

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

    def door(self, url: str, reference: UUID | None = None) -> str:
        return sealed_url(
            url,
            account=self.account,
            reference=reference,
            password=self._own("callback_password"),
        )


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


def _is_the_one(row: Any, out: SmsOut, around: datetime) -> bool:
    if not isinstance(row, dict) or not id_in(row, "id"):
        return False
    created = instant_in(row, "created")
    return (
        text_in(row, "direction") != "incoming"
        and (text_in(row, "to"), text_in(row, "message")) == (out.to, out.text)
        and created is not None
        and around - _BEFORE <= created <= around + _AFTER
    )


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
