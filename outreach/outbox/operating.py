"""How sending goes in the whole installation, in lines for an operator's monitor.

Accounts are named by the business's short name and the channel; nothing here is about
a person. English only, like everything that operators read in a terminal.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min

from outreach.models import Message, ProviderAccount
from outreach.outbox.health import due_messages, unread_calls, waiting_calls
from outreach.sending.heartbeats import pulses

Pause = ProviderAccount.Pause


@dataclass(slots=True)
class InstallationHealth:
    """``lines`` say how it is, ``troubles`` what somebody should look at."""

    lines: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def installation_health(*, now: datetime) -> InstallationHealth:
    health = InstallationHealth()
    _say_loops(health, now)
    _say_due(health, now)
    _say_uncertain(health, now)
    _say_calls(health, now)
    _say_accounts(health)
    return health


def _say_loops(health: InstallationHealth, now: datetime) -> None:
    for loop in pulses(now=now):
        last = f"{_age(now, loop.last_at)} ago" if loop.last_at else "never"
        health.lines.append(f"loop {loop.name}: last ran {last}")
        if loop.is_silent:
            health.troubles.append(f"loop {loop.name} is silent (last ran {last})")


def _say_due(health: InstallationHealth, now: datetime) -> None:
    found = due_messages(now).aggregate(count=Count("pk"), oldest=Min("send_at"))
    age = f", the oldest for {_age(now, found['oldest'])}" if found["oldest"] else ""
    health.lines.append(f"messages due: {found['count']}{age}")


def _say_uncertain(health: InstallationHealth, now: datetime) -> None:
    unknown = Message.objects.filter(status=Message.Status.UNKNOWN)
    found = unknown.aggregate(count=Count("pk"), oldest=Min("unknown_since"))
    age = f", the oldest for {_age(now, found['oldest'])}" if found["oldest"] else ""
    health.lines.append(f"messages without a clear answer: {found['count']}{age}")
    # Twice the time after which recovery settles them, whatever it could find out.
    longest = timedelta(seconds=2 * settings.UNKNOWN_GRACE_SECONDS)
    if found["oldest"] and now - found["oldest"] > longest:
        health.troubles.append("messages without a clear answer are not settled")


def _say_calls(health: InstallationHealth, now: datetime) -> None:
    found = waiting_calls().aggregate(count=Count("pk"), oldest=Min("received_at"))
    age = f", the oldest for {_age(now, found['oldest'])}" if found["oldest"] else ""
    health.lines.append(f"calls of providers to apply: {found['count']}{age}")
    health.lines.append(f"calls that nobody understood: {unread_calls().count()}")


def _say_accounts(health: InstallationHealth) -> None:
    accounts = ProviderAccount.objects.filter(is_in_use=True)
    health.lines.append(f"accounts in use: {accounts.count()}")
    stopped = accounts.filter(paused_at__isnull=False) | accounts.filter(
        alerts__kind="stuck", alerts__over_at=None
    )
    for account in stopped.select_related("business").distinct().order_by("pk"):
        name = f"{account.business.slug} {account.channel} ({account.provider})"
        if not account.is_paused:
            health.troubles.append(f"{name}: messages are due and none leaves")
        elif account.pause_reason == Pause.BY_HAND:
            health.lines.append(f"{name}: paused by hand")
        else:
            health.troubles.append(f"{name}: paused ({account.pause_reason})")


def _age(now: datetime, then: datetime) -> str:
    """Return how long ago as ``3 d``, ``5 h``, ``12 min`` or ``40 s``."""
    seconds = max(int((now - then).total_seconds()), 0)
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
