"""A provider that sends nothing: for the demo and for tests of everything that can go
wrong.

What happens is written in the message: by a word in brackets in its text, [lost], or by
the last four digits of its number. The same message always has the same fate, so
nothing is remembered, and any process can be asked about it.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from outreach.outcomes import Found, LookUp, NotFound, Outcome
from outreach.sms.backends import Capabilities, EventKind, SmsBackend, SmsEvent, SmsOut
from outreach.sms.callbacks import Webhook, WebhookUnreadable, sealed_reference
from outreach.sms.calls import Kind
from outreach.sms.encoding import prepare
from outreach.sms.readings import (
    code_in,
    count_in,
    id_in,
    instant_in,
    json_object,
    text_in,
    uuid_in,
)
from outreach.sms.stopping import asked_for

COST_OF_A_PART = 3_500
DEAD_NUMBER = "2104"


@dataclass(frozen=True, slots=True)
class _Step:
    """A receipt: when it comes, in seconds after the sending, and what it says."""

    after: int
    kind: EventKind
    code: str = ""


_SENT = _Step(1, EventKind.SENT)
_DELIVERED = _Step(3, EventKind.DELIVERED)


@dataclass(frozen=True, slots=True)
class Fate:
    """What we are told, whether it was really taken, and what comes of it later."""

    told: str = Kind.ACCEPTED
    detail: str = ""
    is_taken: bool = True
    retry_after: int | None = None
    steps: tuple[_Step, ...] = (_SENT, _DELIVERED)
    reply: str = ""


FATES: dict[str, Fate] = {
    "delivered": Fate(),
    "rejected": Fate(Kind.REJECTED, "400 invalid_number", is_taken=False),
    "busy": Fate(Kind.THROTTLED, "429", is_taken=False, retry_after=30),
    "away": Fate(Kind.NOT_SENT, "NewConnectionError", is_taken=False),
    "locked": Fate(Kind.NOT_SENT, "401", is_taken=False),
    "taken": Fate(Kind.UNKNOWN, "ReadTimeoutError"),
    "lost": Fate(Kind.UNKNOWN, "ReadTimeoutError", is_taken=False),
    "broken": Fate(Kind.UNKNOWN, "502", is_taken=False),
    "dead": Fate(steps=(_SENT, _Step(5, EventKind.FAILED, DEAD_NUMBER))),
    "late": Fate(steps=(_SENT, _Step(6 * 3600, EventKind.DELIVERED))),
    "double": Fate(steps=(_SENT, _SENT, _DELIVERED, _DELIVERED)),
    "backwards": Fate(steps=(_DELIVERED, _Step(60, EventKind.SENT))),
    "silent": Fate(steps=()),
    "stop": Fate(reply="Stopp!"),
    "reply": Fate(reply="Takk, vi gleder oss!"),
}
NUMBERS = {f"99{index:02}": word for index, word in enumerate(FATES) if index}
_WORD = re.compile(r"\[(\w+)\]")


@dataclass(frozen=True, slots=True)
class Receipt:
    """An event, and when the provider would tell it."""

    at: datetime
    event: SmsEvent


def fate_of(out: SmsOut) -> Fate:
    for word in _WORD.findall(out.text):
        if word in FATES:
            return FATES[word]
    return FATES[NUMBERS.get(out.to[-4:], "delivered")]


def receipts(out: SmsOut, *, sent_at: datetime) -> list[Receipt]:
    """Return all that comes of ``out`` later, in the order in which it is told."""
    fate = fate_of(out)
    if not fate.is_taken:
        return []
    told = [
        Receipt(sent_at + _in(step.after), _event(out, step)) for step in fate.steps
    ]
    if fate.reply:
        told.append(Receipt(sent_at + _in(30), _reply(out, fate.reply)))
    return told


def _in(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)


def _event(out: SmsOut, step: _Step) -> SmsEvent:
    return SmsEvent(
        kind=step.kind,
        provider_id=provider_id_of(out),
        reference=out.reference,
        code=step.code,
        parts=prepare(out.text).parts,
        cost=_cost_of(out),
    )


def _reply(out: SmsOut, text: str) -> SmsEvent:
    return SmsEvent(
        kind=EventKind.INBOUND,
        provider_id=f"reply-{out.reference}",
        sender=out.to,
        to=out.sender.text,
        text=text,
        asks=asked_for(text),
    )


def provider_id_of(out: SmsOut) -> str:
    return f"simulated-{out.reference}"


def _cost_of(out: SmsOut) -> int:
    return prepare(out.text).parts * COST_OF_A_PART


class Simulator(SmsBackend):
    name = "simulator"
    title = "Simulator"
    capabilities = Capabilities(
        looks_up=True,
        lookup_proves_absence=True,
        receives=True,
        names_as_sender=True,
        signs_webhooks=False,
    )
    asks_for = ()
    dead_number_codes = frozenset({DEAD_NUMBER})

    def send(self, out: SmsOut, *, deadline: float) -> Outcome:
        fate = fate_of(out)
        if fate.told != Kind.ACCEPTED:
            return Outcome(fate.told, fate.detail, retry_after=fate.retry_after)
        return Outcome(
            Kind.ACCEPTED,
            provider_id=provider_id_of(out),
            parts=prepare(out.text).parts,
            cost=_cost_of(out),
        )

    def lookup(
        self,
        out: SmsOut,
        *,
        around: datetime,
        deadline: float,
        known: Collection[str] = (),
    ) -> LookUp:
        if not fate_of(out).is_taken:
            return NotFound(is_proof=True)
        parts, cost = prepare(out.text).parts, _cost_of(out)
        return Found(provider_id_of(out), parts=parts, cost=cost)

    def verify_webhook(self, webhook: Webhook) -> None:
        sealed_reference(webhook, account=self.account)

    def parse_webhook(self, webhook: Webhook) -> list[SmsEvent]:
        fields = json_object(webhook.body)
        if text_in(fields, "kind") not in set(EventKind):
            raise WebhookUnreadable
        return [self._told(fields)]

    def _told(self, fields: Mapping[str, Any]) -> SmsEvent:
        text, code = text_in(fields, "text"), code_in(fields, "code")
        return SmsEvent(
            kind=EventKind(text_in(fields, "kind")),
            provider_id=id_in(fields, "id"),
            reference=uuid_in(fields, "reference"),
            at=instant_in(fields, "at"),
            code=code,
            trouble=self.trouble_of(code),
            parts=count_in(fields, "parts"),
            cost=count_in(fields, "cost"),
            sender=text_in(fields, "from"),
            to=text_in(fields, "to"),
            text=text,
            asks=asked_for(text),
        )

    def as_webhook(self, receipt: Receipt, url: str) -> Webhook:
        """Return the call by which ``receipt`` would reach the account's door ``url``."""
        event = receipt.event
        fields = {
            "kind": event.kind,
            "id": event.provider_id,
            "reference": str(event.reference or ""),
            "at": receipt.at.isoformat(),
            "code": event.code,
            "parts": event.parts,
            "cost": event.cost,
            "from": event.sender,
            "to": event.to,
            "text": event.text,
        }
        return Webhook(
            url=self.door(url, event.reference),
            headers={"content-type": "application/json"},
            body=json.dumps(fields).encode(),
        )
