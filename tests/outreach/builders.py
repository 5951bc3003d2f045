"""Builders for messages and what sets them off."""

import uuid
from datetime import timedelta

from django.utils import timezone

from customers.models import Channel
from outreach.automations.ready import create_ready_automation
from outreach.models import Automation, Message
from outreach.sending.claiming import Lane
from outreach.sending.handing_over import hand_over, load_due
from outreach.sending.kept_routes import close_routes
from surveys.ready import create_ready_survey
from tests.factories import NOW


def make_automation(business, *, now=None, **fields) -> Automation:
    """Make the ready automation, switched on, sending as soon as a visit is completed."""
    now = now or timezone.now() - timedelta(days=1)
    if not business.surveys.exists():
        create_ready_survey(business, now=now)
    automation = create_ready_automation(business, now=now)
    values = {
        "delay_days": 0,
        "local_time": None,
        "is_active": True,
        "activated_at": now,
    }
    for name, value in (values | fields).items():
        setattr(automation, name, value)
    automation.save(update_fields=[*(values | fields)])
    return automation


def make_message(guest, *, kind=Message.Kind.SURVEY, now=NOW, **fields) -> Message:
    """Make a message that belongs to no visit and no automation."""
    point = guest.contact_points.filter(kind="email").first()
    values = {
        "business": guest.business,
        "occasion": f"test:{uuid.uuid4()}",
        "channel": Channel.EMAIL,
        "kind": kind,
        "guest": guest,
        "to_address": point.raw if point else "",
        "to_hash": point.fingerprint if point else None,
        "language": guest.language or guest.business.language,
        "schedule_zone": guest.business.time_zone,
        "send_at": now,
        "created_at": now,
        "updated_at": now,
    }
    return Message.objects.create(**(values | fields))


def hand_over_all(claim, *, lane=Lane.BULK, now=None):
    """Hand over what was claimed, one after the other; return what came of each."""
    clock = (lambda: now) if now else timezone.now
    try:
        return [hand_over(due, clock=clock) for due in load_due(claim, lane=lane)]
    finally:
        close_routes()
