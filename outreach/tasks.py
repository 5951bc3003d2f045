"""Ticks and rings for Celery: each asks PostgreSQL what there is to do."""

import os
import socket

from celery import shared_task
from django.utils import timezone

from outreach.accounts import alerts, watching
from outreach.accounts.choosing import give_installation_accounts
from outreach.automations import planning, rescheduling
from outreach.campaigns import starting
from outreach.events import applying, expiry, mailboxes
from outreach.letters import queueing
from outreach.outbox import purging
from outreach.sending import heartbeats, recovery, resolving
from outreach.sending.claiming import Lane
from outreach.sending.due import send_due
from outreach.sending.heartbeats import note_heartbeat


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


@shared_task
def send_critical(**_: object) -> None:
    note_heartbeat(heartbeats.CRITICAL, now=timezone.now())
    send_due(lane=Lane.CRITICAL, owner=worker_name())


@shared_task
def send_bulk(*, seconds: float = 60, **_: object) -> None:
    note_heartbeat(heartbeats.SENDING, now=timezone.now())
    # A whole round is long enough to wait for the pace of an account.
    is_patient = seconds >= 60
    send_due(
        lane=Lane.BULK, owner=worker_name(), seconds=seconds, is_patient=is_patient
    )


@shared_task
def reap_leases(**_: object) -> None:
    note_heartbeat(heartbeats.RECOVERING, now=timezone.now())
    recovery.recover()


@shared_task
def resolve_unknown(**_: object) -> None:
    resolving.resolve_unknown(now=timezone.now())


@shared_task
def plan_missing(**_: object) -> None:
    now = timezone.now()
    note_heartbeat(heartbeats.PLANNING, now=now)
    give_installation_accounts(now=now)
    planning.plan_missing(now=now)
    planning.plan_due(now=now)


@shared_task
def start_campaigns(**_: object) -> None:
    now = timezone.now()
    note_heartbeat(heartbeats.CAMPAIGNS, now=now)
    starting.start_due(now=now)
    starting.finish_sent(now=now)


@shared_task
def reschedule(**_: object) -> None:
    rescheduling.reschedule()


@shared_task
def let_go_of_letters(**_: object) -> None:
    queueing.let_go_of_letters(now=timezone.now())


@shared_task
def apply_calls(**_: object) -> None:
    now = timezone.now()
    note_heartbeat(heartbeats.APPLYING, now=now)
    applying.apply_waiting(now=now)


@shared_task
def poll_mailboxes(**_: object) -> None:
    mailboxes.poll_mailboxes(now=timezone.now())


@shared_task
def expire_calls(**_: object) -> None:
    expiry.expire_calls(now=timezone.now())


@shared_task
def watch_accounts(**_: object) -> None:
    now = timezone.now()
    note_heartbeat(heartbeats.WATCHING, now=now)
    watching.watch_accounts(now=now)
    alerts.tell_owners(now=now)


@shared_task
def purge_words(**_: object) -> None:
    purging.purge_words(now=timezone.now())
