"""Understand what providers have told, as often and in whatever order it came.

Can run anywhere at any time, many at once: each call is held by one and written down
in one transaction, so whoever dies in the middle has done nothing. What is about a
message that we do not know yet waits, longer each time, for a week.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes

from anymail.signals import AnymailInboundEvent
from django.db import transaction

from outreach.accounts.credentials import CredentialsLost, credentials_of
from outreach.events.deliveries import note_happening
from outreach.events.happenings import Happening, mail_happenings, sms_happening
from outreach.events.inbound import take_mail
from outreach.events.mail_calls import events_in
from outreach.events.sms_answers import take_sms
from outreach.models import ProviderAccount, WebhookEvent
from outreach.sms.backends import EventKind
from outreach.sms.callbacks import Webhook, WebhookRefused, WebhookUnreadable
from outreach.sms.registry import UnknownProvider, backend_for

logger = logging.getLogger(__name__)
Kind = WebhookEvent.Kind

UNREADABLE = "unreadable"
NO_MESSAGE = "no_message"
NO_ACCOUNT = "no_account"
GIVEN_UP_AFTER = timedelta(days=7)
_PAUSES = (10, 60, 600, 3_600, 6 * 3_600, 24 * 3_600, 3 * 24 * 3_600)
_SECONDS_PER_TURN = 50.0


@dataclass(slots=True)
class _Told:
    """What one call was about: messages by id, and how many that nobody knows."""

    message_ids: set[int] = field(default_factory=set)
    unknown: int = 0


def apply_waiting(*, now: datetime, limit: int = 10_000) -> int:
    """Apply what waits and is due at ``now``; return how many calls were looked at.

    One call that cannot be understood does not stop the others.
    """
    ends_at = time.monotonic() + _SECONDS_PER_TURN
    looked_at = 0
    while looked_at < limit and time.monotonic() < ends_at:
        if not _apply_next(now):
            break
        looked_at += 1
    return looked_at


def _apply_next(now: datetime) -> bool:
    event = None
    try:
        with transaction.atomic():
            event = _held(now)
            if event is not None:
                _settle(event, _apply(event, now=now), now=now)
    except Exception as error:
        if event is None:
            raise
        # Only its kind: the words of an error may quote what came in.
        logger.warning("A call of a provider failed: %s", type(error).__name__)
        _put_off(event, type(error).__name__, now=now)
    return event is not None


def _held(now: datetime) -> WebhookEvent | None:
    rows = WebhookEvent.objects.select_related("account__business")
    return (
        rows.filter(applied_at=None, next_try_at__lte=now)
        .order_by("next_try_at", "id")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )


def _apply(event: WebhookEvent, *, now: datetime) -> _Told | str:
    """Return what the call was about, or why it cannot be understood, ever."""
    try:
        happenings = _happenings_in(event, now=now)
    except (WebhookUnreadable, WebhookRefused):
        return UNREADABLE
    except (UnknownProvider, CredentialsLost):
        return NO_ACCOUNT
    told = _Told()
    for happening in happenings:
        message = note_happening(event.account, happening, source=event, now=now)
        if message is None:
            told.unknown += 1
        else:
            told.message_ids.add(message.pk)
    return told


def _happenings_in(event: WebhookEvent, *, now: datetime) -> list[Happening]:
    webhook = Webhook(
        url=event.url,
        headers=event.headers,
        body=bytes(event.body),
        remote=event.remote,
    )
    if event.kind == Kind.SMS:
        return _told_by_sms(event, webhook, now=now)
    if event.kind == Kind.BOUNCE:
        return take_mail(message_from_bytes(webhook.body), source=event, now=now)
    found: list[Happening] = []
    for told in events_in(event.account, event.kind, webhook):
        if not isinstance(told, AnymailInboundEvent):
            found.extend(mail_happenings(told))
        elif told.message is not None:
            words = told.message.stripped_text or ""
            found.extend(take_mail(told.message, source=event, words=words, now=now))
    return found


def _told_by_sms(
    event: WebhookEvent, webhook: Webhook, *, now: datetime
) -> list[Happening]:
    account: ProviderAccount = event.account
    backend = backend_for(
        account.provider, account=account.uuid, credentials=credentials_of(account)
    )
    found = []
    for told in backend.parse_webhook(webhook):
        if told.kind == EventKind.INBOUND:
            take_sms(told, source=event, now=now)
        else:
            found.append(sms_happening(told))
    return found


def _settle(event: WebhookEvent, told: _Told | str, *, now: datetime) -> None:
    if isinstance(told, str):
        _write(event, trouble=told, next_try_at=None)
        return
    is_about_one = len(told.message_ids) == 1
    if told.unknown:
        _put_off(event, NO_MESSAGE, now=now)
        return
    _write(
        event,
        applied_at=now,
        next_try_at=None,
        trouble="",
        message_id=next(iter(told.message_ids)) if is_about_one else None,
        # What cannot be forgotten together with one guest is not kept at all.
        **({} if is_about_one else {"body": b"", "headers": {}}),
    )


def _put_off(event: WebhookEvent, trouble: str, *, now: datetime) -> None:
    """Let the call wait, or leave it for a look when it has waited long enough."""
    pause = timedelta(seconds=_PAUSES[min(event.tries, len(_PAUSES) - 1)])
    is_over = now + pause >= event.received_at + GIVEN_UP_AFTER
    _write(
        event,
        tries=event.tries + 1,
        next_try_at=None if is_over else now + pause,
        trouble=trouble[:60],
    )


def _write(event: WebhookEvent, **values: object) -> None:
    WebhookEvent.objects.filter(pk=event.pk, applied_at=None).update(**values)
