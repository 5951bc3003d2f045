"""Ticks and rings for Celery: each asks PostgreSQL what there is to do."""

import os
import socket

from celery import shared_task
from django.utils import timezone

from outreach.automations import planning
from outreach.letters import queueing
from outreach.sending import recovery
from outreach.sending.claiming import Lane
from outreach.sending.due import send_due
from outreach.sending.heartbeats import SENDING, note_heartbeat


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


@shared_task
def send_critical(**_: object) -> None:
    send_due(lane=Lane.CRITICAL, owner=worker_name())


@shared_task
def send_bulk(**_: object) -> None:
    note_heartbeat(SENDING, now=timezone.now())
    send_due(lane=Lane.BULK, owner=worker_name())


@shared_task
def reap_leases(**_: object) -> None:
    recovery.recover()


@shared_task
def plan_missing(**_: object) -> None:
    planning.plan_missing(now=timezone.now())


@shared_task
def let_go_of_letters(**_: object) -> None:
    queueing.let_go_of_letters(now=timezone.now())
