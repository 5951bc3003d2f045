"""Where a message stands, why, and what comes next: a sentence or two for the house."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.core.dates import say_moment
from crm.core.locales import active_locale
from customers.models import Channel
from outreach.deciding.decision import Block, Hold, Verdict
from outreach.deciding.forecast import verdicts_of
from outreach.models import Message

Status = Message.Status
Delivery = Message.Delivery


@dataclass(frozen=True, slots=True)
class Told:
    """``tone`` as of a notice: brick, brass, leaf or nothing."""

    tone: str
    text: str


def tell(message: Message, *, now: datetime) -> Told:
    """Return what a person needs to know of ``message`` first. At most five queries."""
    if message.status == Status.QUEUED:
        return _of_waiting(message, now)
    if message.status == Status.ACCEPTED:
        return _of_sent(message)
    if message.status == Status.UNKNOWN:
        return _of_unknown(message)
    if message.status == Status.UNCONFIRMED:
        return Told(
            "brass",
            _(
                "May have been sent: it was handed over, and nobody ever said whether "
                "it was taken. We do not send it again by ourselves, so that nobody "
                "gets it twice. You can."
            ),
        )
    if message.status == Status.FAILED:
        return Told("brick", message.explanation or _("It could not be sent."))
    if message.is_final:
        return Told("", message.explanation or _("It does not go."))
    return Told("", _("It is under way at this moment."))


def _of_waiting(message: Message, now: datetime) -> Told:
    verdict = verdicts_of([message], now=now)[message.pk]
    if isinstance(verdict, Block):
        text = _("As things stand it will not go. %(reason)s")
        return Told("brass", text % {"reason": verdict.reason.label})
    obstacle = _obstacle(message)
    if obstacle:
        return Told("brass", obstacle)
    return Told("", _next_try(message, verdict, now))


def _obstacle(message: Message) -> str:
    """Return what keeps back everything of its way; empty when nothing does."""
    account = message.business.provider_accounts.filter(
        channel=message.channel, is_in_use=True
    ).first()
    if account is None:
        return _("No provider is set up for it: it waits for one.")
    is_asked_for = message.kind in (Message.Kind.SURVEY, Message.Kind.MARKETING)
    if account.is_paused and (account.pauses_all or is_asked_for):
        text = _("It waits, because sending is paused. %(reason)s")
        return text % {"reason": account.get_pause_reason_display()}
    return ""


def _next_try(message: Message, verdict: Verdict, now: datetime) -> str:
    when = max(message.send_at, now)
    why = message.explanation
    if isinstance(verdict, Hold):
        when, why = verdict.until, str(verdict.reason.label)
    if when <= now:
        goes = _("It is due, and goes as soon as it is its turn.")
    else:
        goes = _("It goes %(when)s.") % {"when": _moment(when)}
    return f"{why} {goes}".strip()


def _of_sent(message: Message) -> Told:
    if message.complained_at:
        text = _("It was called spam. Nothing more goes to this address.")
        return Told("brick", text)
    when = {"when": _moment(message.delivery_at) if message.delivery_at else ""}
    if message.delivery == Delivery.DELIVERED:
        return Told("leaf", _("It arrived %(when)s.") % when)
    if message.delivery == Delivery.BOUNCED:
        return Told(
            "brick",
            _(
                "It came back: nothing arrives at this address. We do not write there "
                "any more. Ask for another one when there is a chance."
            ),
        )
    if message.delivery == Delivery.FAILED:
        return Told("brick", _("It was sent, but could not be delivered."))
    if message.delivery == Delivery.DEFERRED:
        return Told("brass", _("It is delayed. The provider keeps trying."))
    return _of_handed_over(message)


def _of_handed_over(message: Message) -> Told:
    if message.channel == Channel.SMS:
        return Told("", _("It was handed over. Word of its arrival may still come."))
    return Told(
        "",
        _("It was handed over. Not every mail server tells whether it arrived."),
    )


def _of_unknown(message: Message) -> Told:
    seconds = (
        settings.SMS_UNKNOWN_GRACE_SECONDS
        if message.channel == Channel.SMS
        else settings.UNKNOWN_GRACE_SECONDS
    )
    when = {
        "when": _moment(
            (message.unknown_since or message.send_at) + timedelta(seconds=seconds)
        )
    }
    waits = _(
        "It was handed over, and no clear answer came. We ask the provider and wait for "
        "its report."
    )
    if _goes_once_more(message):
        then = _("Without one it goes once more %(when)s, because it is important.")
    else:
        then = _("Without one we call it “may have been sent” %(when)s.")
    return Told("brass", f"{waits} {then % when}")


def _goes_once_more(message: Message) -> bool:
    """Return what ``outreach/sending/recovery.py`` will do in the end."""
    if message.account and not message.account.resends_critical:
        return False
    return message.kind == Message.Kind.CRITICAL and not message.may_be_double


def _moment(instant: datetime) -> str:
    local = timezone.localtime(instant)
    return say_moment(local.date(), local.time(), timezone.localdate(), active_locale())
