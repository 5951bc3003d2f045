from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from crm.audit import retention
from crm.audit.events import record_event
from crm.audit.models import Event
from crm.audit.retention import forget_old_events
from crm.audit.tasks import forget_old_events as tick
from tests.factories import NOW


def note(business, action, at):
    return record_event(
        business=business, actor=None, action=action, subject=business, now=at
    )


def actions():
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


def test_lines_older_than_the_setting_go_in_every_house(casa_alba, bar_carla, settings):
    settings.AUDIT_KEEP_DAYS = 100
    note(casa_alba, "viewed", NOW - timedelta(days=100, seconds=1))
    note(bar_carla, "viewed", NOW - timedelta(days=200))
    note(casa_alba, "amended", NOW - timedelta(days=100))
    note(bar_carla, "created", NOW)

    gone = forget_old_events(now=NOW)

    assert (gone, actions()) == (2, ["amended", "created"])


def test_many_lines_go_in_chunks_up_to_what_a_tick_may_do(
    casa_alba, settings, monkeypatch
):
    monkeypatch.setattr(retention, "CHUNK", 2)
    monkeypatch.setattr(retention, "MOST", 4)
    settings.AUDIT_KEEP_DAYS = 30
    for days in range(40, 45):
        note(casa_alba, "viewed", NOW - timedelta(days=days))

    assert [forget_old_events(now=NOW) for _tick in range(3)] == [4, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_afterwards_the_log_is_as_safe_as_before(casa_alba, settings):
    settings.AUDIT_KEEP_DAYS = 30
    note(casa_alba, "viewed", NOW - timedelta(days=400))
    kept = note(casa_alba, "created", NOW + timedelta(days=4000))

    tick()

    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=kept.pk).delete()
    assert actions() == ["created"]
