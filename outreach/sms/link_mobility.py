"""LINK Mobility's "Common" platform, Norway.

Sources: "SMS REST API, MT and Delivery Reports" (versions 1.6 and 2.4) and "MO
messages". JSON is posted with a password to the address the account was given; 200 with
``resultCode`` 1005 is queued, and 204 is an answer without a body, which we ask not to
get. Reports go to a "gate" that LINK's support sets up with our address; they carry our
``refId``, no signature, and come from addresses that LINK names. Letters beyond 16 bits,
emoji, are not supported. There is no way to ask what became of a message.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from outreach.accounts.asking import Credential
from outreach.outcomes import Outcome
from outreach.sms.backends import (
    Capabilities,
    EventKind,
    SmsEvent,
    SmsOut,
)
from outreach.sms.callbacks import (
    Webhook,
    WebhookUnreadable,
    check_network,
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
from outreach.sms.senders import SenderKind
from outreach.sms.stopping import asked_for

HOSTS = (
    "wsx.sp247.net",
    "no.linkmobility.io",
    "n-eu.linkmobility.io",
    "c-eu.linkmobility.io",
    "s-eu.linkmobility.io",
    "deb.linkmobility.io",
)
_TYPE_OF_NUMBER = {
    SenderKind.NAME: "ALPHANUMERIC",
    SenderKind.NUMBER: "MSISDN",
    SenderKind.SHORT: "SHORTNUMBER",
}
_QUEUED = "1005"
_TOO_FAST = "3"
# The account's name, password, ids or gates are wrong: no message of it would pass.
_ABOUT_THE_ACCOUNT = frozenset({"106100", "106101", "106200", "106201"}) | {
    "106300",
    "106301",
}
_UNKNOWN_ERROR = "106000"
# What a report means. A timeout and a silent operator (4, 5, 1010) say nothing.
_SENT = frozenset({"1000", "1008", "1011", "1012"})
_DELIVERED = frozenset({"1001", "1007"})
_SILENT = frozenset({"4", "5", "1010"})


class LinkMobility(HttpSmsBackend):
    name = "link_mobility"
    title = "LINK Mobility"
    capabilities = Capabilities(
        looks_up=False,
        lookup_proves_absence=False,
        receives=True,
        names_as_sender=True,
        signs_webhooks=False,
        has_wide_letters=False,
    )
    asks_for = (
        Credential("host", _("Server"), choices=HOSTS),
        Credential("user", _("Username")),
        Credential("password", _("Password"), is_secret=True),
        Credential("platform", _("Platform ID")),
        Credential("partner", _("Platform partner ID")),
        Credential("gate", _("Gate for delivery reports"), is_required=False),
        Credential(
            "callback_password",
            _("Password for delivery reports"),
            is_secret=True,
            is_required=False,
        ),
        Credential(
            "callback_networks",
            _("Addresses that delivery reports come from"),
            is_required=False,
        ),
    )
    # Unknown subscriber, permanently barred, wrong number.
    dead_number_codes = frozenset({"2104", "2105", "2106"})
    opted_out_codes = frozenset({"2205"})
    login_codes = frozenset({"401", "403"}) | _ABOUT_THE_ACCOUNT

    def _server(self) -> str:
        # Only addresses that LINK gives out: a business cannot make us call another.
        host = self._own("host") if self._own("host") in HOSTS else HOSTS[0]
        return f"https://{host}"

    def _path(self) -> str:
        return "/sms/send"

    def _sign(self) -> Sign:
        return with_password(self._own("user"), self._own("password"))

    def send(self, out: SmsOut, *, deadline: float) -> Outcome:
        if any(ord(letter) > 0xFFFF for letter in out.text):
            return Outcome(Kind.REJECTED, "emoji")
        return super().send(out, deadline=deadline)

    def _request(self, out: SmsOut) -> dict[str, Any]:
        gate = self._own("gate")
        request: dict[str, Any] = {
            "source": out.sender.text,
            "sourceTON": _TYPE_OF_NUMBER[out.sender.kind],
            "destination": out.to,
            "destinationTON": "MSISDN",
            "dcs": "TEXT",
            "userData": out.text,
            "platformId": self._own("platform"),
            "platformPartnerId": self._own("partner"),
            "refId": str(out.reference),
            "useDeliveryReport": bool(gate),
            "ignoreResponse": False,
            "customParameters": {"replySmsCount": "true"},
        }
        return {"json": request | ({"deliveryReportGates": [gate]} if gate else {})}

    def _outcome(self, answer: Answer) -> Outcome:
        return _outcome(answer)

    def verify_webhook(self, webhook: Webhook) -> None:
        sealed_reference(webhook, account=self.account)
        check_password(webhook, self._own("callback_password"))
        check_network(webhook, self._own("callback_networks"))

    def parse_webhook(self, webhook: Webhook) -> list[SmsEvent]:
        fields = json_object(webhook.body)
        if isinstance(fields.get("content"), dict):
            return [_inbound(fields, fields["content"])]
        code = code_in(fields, "resultCode")
        if not code or not (id_in(fields, "id") or uuid_in(fields, "refId")):
            raise WebhookUnreadable
        if code in _SILENT:
            return []
        return [
            SmsEvent(
                kind=_kind_of(code),
                provider_id=id_in(fields, "id"),
                reference=uuid_in(fields, "refId"),
                at=instant_in(fields, "timestamp"),
                code=code,
                trouble=self.trouble_of(code),
                parts=count_in(fields, "segments"),
            )
        ]


def _kind_of(code: str) -> EventKind:
    if code in _DELIVERED:
        return EventKind.DELIVERED
    return EventKind.SENT if code in _SENT else EventKind.FAILED


def _outcome(answer: Answer) -> Outcome:
    fields = json_object(answer.body)
    code = code_in(fields, "resultCode")
    provider_id = id_in(fields, "messageId")
    if answer.status == 204:
        return Outcome(Kind.ACCEPTED, "204")
    if answer.is_taken and code == _QUEUED and provider_id:
        parts = count_in(fields, "smsCount")
        return Outcome(Kind.ACCEPTED, provider_id=provider_id, parts=parts)
    return _refusal(answer, code)


def _refusal(answer: Answer, code: str) -> Outcome:
    detail = f"{answer.status} {code}".strip()
    if code in _ABOUT_THE_ACCOUNT:
        return Outcome(Kind.NOT_SENT, detail)
    if code == _UNKNOWN_ERROR:
        return Outcome(Kind.UNKNOWN, detail)
    if answer.is_taken and code == _TOO_FAST:
        return Outcome(Kind.THROTTLED, detail)
    # The numbers in between are those of a message that has failed for good.
    if (
        answer.is_taken
        and code
        and code not in _SILENT | _SENT | _DELIVERED | {_QUEUED}
    ):
        return Outcome(Kind.REJECTED, detail)
    return outcome_of_refusal(answer, code)


def _inbound(fields: Mapping[str, Any], content: Mapping[str, Any]) -> SmsEvent:
    if not id_in(fields, "messageId"):
        raise WebhookUnreadable
    text = text_in(content, "userData")
    return SmsEvent(
        kind=EventKind.INBOUND,
        provider_id=id_in(fields, "messageId"),
        at=instant_in(fields, "timestamp"),
        sender=phone_in(fields, "source"),
        to=_without_country(text_in(fields, "destination")),
        text=text,
        asks=asked_for(text),
    )


def _without_country(number: str) -> str:
    """Return a short number alone: LINK writes NO-2333."""
    country, dash, short = number.partition("-")
    return short if dash and len(country) == 2 else number
