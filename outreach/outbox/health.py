"""How sending goes in one house: what waits and why, what nobody knows, who is paused."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet

from crm.tenancy.models import Business
from customers.models import Channel
from outreach.accounts.standing import Standing, standing_of
from outreach.models import Alert, Message, WebhookEvent
from outreach.sending.heartbeats import Pulse, pulses

Status = Message.Status

# What happened before it is looked up in the list of messages.
LATELY = timedelta(days=7)
# Between a claim and the intent there is no time to speak of, nor before the claim.
SOON = timedelta(minutes=2)
_INCIDENTS = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages that wait for one reason on one way; ``words`` are empty without one."""

    reason: str
    way: str
    words: str
    count: int
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """How sending goes at one moment. Counts of what went wrong are of the last days."""

    due: int
    oldest_due_at: datetime | None
    waiting: list[Waiting]
    unknown: int
    oldest_unknown_at: datetime | None
    unconfirmed: int
    failed: int
    calls: int
    oldest_call_at: datetime | None
    unread_calls: int
    accounts: list[Standing]
    incidents: list[Alert]
    loops: list[Pulse]
    now: datetime

    @property
    def is_late(self) -> bool:
        """Return whether something has been due for longer than it should."""
        patience = timedelta(minutes=settings.ALERT_AFTER_MINUTES)
        return bool(self.oldest_due_at and self.now - self.oldest_due_at > patience)

    @property
    def paused(self) -> list[Standing]:
        return [each for each in self.accounts if each.account.is_paused]

    @property
    def silent(self) -> list[Pulse]:
        return [loop for loop in self.loops if loop.is_silent]

    @property
    def is_well(self) -> bool:
        return not (self.is_late or self.paused or self.silent)


def health_of(business: Business, *, now: datetime) -> Health:
    """Return how sending goes for ``business``, in a fixed number of queries."""
    lately = Q(business=business, send_at__gt=now - LATELY)
    due = due_messages(now).filter(business=business)
    unknown = Message.objects.filter(business=business, status=Status.UNKNOWN)
    calls = waiting_calls().filter(business=business)
    found = due.aggregate(count=Count("pk"), oldest=Min("send_at"))
    unsure = unknown.aggregate(count=Count("pk"), oldest=Min("unknown_since"))
    backlog = calls.aggregate(count=Count("pk"), oldest=Min("received_at"))
    return Health(
        due=found["count"],
        oldest_due_at=found["oldest"],
        waiting=_waiting(business),
        unknown=unsure["count"],
        oldest_unknown_at=unsure["oldest"],
        unconfirmed=Message.objects.filter(lately, status=Status.UNCONFIRMED).count(),
        failed=Message.objects.filter(lately, status=Status.FAILED).count(),
        calls=backlog["count"],
        oldest_call_at=backlog["oldest"],
        unread_calls=unread_calls().filter(business=business).count(),
        accounts=_accounts(business, now),
        incidents=_incidents(business),
        loops=pulses(now=now),
        now=now,
    )


def due_messages(now: datetime) -> QuerySet[Message]:
    """Return messages that could be under way by now."""
    return Message.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        status=Status.QUEUED,
        send_at__lte=now - SOON,
    )


def waiting_calls() -> QuerySet[WebhookEvent]:
    """Return calls of providers that are not applied yet."""
    return WebhookEvent.objects.filter(applied_at=None, next_try_at__isnull=False)


def unread_calls() -> QuerySet[WebhookEvent]:
    """Return calls of providers that nobody understood, kept for a look."""
    return WebhookEvent.objects.filter(applied_at=None, next_try_at=None).exclude(
        trouble=""
    )


def _waiting(business: Business) -> list[Waiting]:
    rows = (
        business.messages.filter(status=Status.QUEUED)
        .values_list("channel", "reason")
        .annotate(count=Count("pk"), next_at=Min("send_at"))
        .order_by("-count", "reason", "channel")
    )
    return [
        Waiting(
            reason=reason,
            way=str(Channel(channel).label),
            # As on a message of its own.
            words=Message(channel=channel, reason=reason).explanation,
            count=count,
            next_at=next_at,
        )
        for channel, reason, count, next_at in rows
    ]


def _accounts(business: Business, now: datetime) -> list[Standing]:
    used = business.provider_accounts.filter(is_in_use=True)
    ordered = used.select_related("business").order_by("channel", "pk")
    return [standing_of(account, now=now) for account in ordered]


def _incidents(business: Business) -> list[Alert]:
    alerts = business.alerts.select_related("account").order_by("-began_at", "-pk")
    return list(alerts[:_INCIDENTS])
