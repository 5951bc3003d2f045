"""Builders for messages and what sets them off."""

from datetime import timedelta

from django.utils import timezone

from outreach.models import Automation
from outreach.ready import create_ready_automation
from surveys.ready import create_ready_survey


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
