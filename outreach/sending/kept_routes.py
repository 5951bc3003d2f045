"""Keep the way to each account open from message to message, one for each thread."""

import os
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from customers.models import Channel
from outreach.email.route import EmailRoute
from outreach.models import ProviderAccount
from outreach.sending.routes import Route
from outreach.sms.route import SmsRoute

_ROUTES: dict[str, type[Route]] = {Channel.EMAIL: EmailRoute, Channel.SMS: SmsRoute}

# Servers hang up on who is silent; and nobody keeps more doors open than needed.
_IDLE_SECONDS = 30.0
_AT_MOST = 8
# Columns that say how fast and whether, not how.
_OF_PACE = frozenset(
    {
        "free_at",
        "day",
        "day_cap",
        "day_count",
        "rate_per_minute",
        "daily_cap",
        "warms_up_from",
        "paused_at",
        "pause_reason",
        "pauses_all",
        "resumed_at",
        "tested_at",
        "mailbox_cursor",
    }
)


@dataclass(slots=True)
class _Kept:
    """A route, what its account was like, and when it was last asked for."""

    route: Route
    account: dict[str, Any]
    used_at: float


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.process = os.getpid()
        self.kept: OrderedDict[int, _Kept] = OrderedDict()


_mine = _OfThread()


def route_for(account: ProviderAccount) -> Route:
    """Return this thread's route for ``account`` as it is now."""
    _forget_those_of_another_process()
    now = time.monotonic()
    _close_idle(now)
    columns = _columns(account)
    kept = _mine.kept.get(account.pk)
    if kept is None or kept.account != columns:
        _close(account.pk)
        kept = _Kept(_ROUTES[account.channel](account), columns, now)
        _mine.kept[account.pk] = kept
    kept.used_at = now
    _mine.kept.move_to_end(account.pk)
    while len(_mine.kept) > _AT_MOST:
        _close(next(iter(_mine.kept)))
    return kept.route


def close_routes() -> None:
    """Close every route of this thread."""
    _forget_those_of_another_process()
    for account_id in list(_mine.kept):
        _close(account_id)


def _columns(account: ProviderAccount) -> dict[str, Any]:
    return {
        field.attname: getattr(account, field.attname)
        for field in account._meta.concrete_fields
        if field.attname not in _OF_PACE
    }


def _close_idle(now: float) -> None:
    for account_id, kept in list(_mine.kept.items()):
        if now - kept.used_at > _IDLE_SECONDS:
            _close(account_id)


def _close(account_id: int) -> None:
    kept = _mine.kept.pop(account_id, None)
    if kept:
        # A connection that breaks while it is closed is closed.
        with suppress(Exception):
            kept.route.close()


def _forget_those_of_another_process() -> None:
    """Leave connections to the process we were forked from: they are its own."""
    if _mine.process != os.getpid():
        _mine.process = os.getpid()
        _mine.kept.clear()
