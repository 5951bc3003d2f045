from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from crm.audit.models import Event
from customers.models import Guest, Segment
from outreach.campaigns.changing import TooLate, cancel, pause, plan, resume, take_back
from outreach.campaigns.starting import finish_sent, start, start_due
from outreach.deciding.facts import load_facts
from outreach.models import Campaign, Message, MessageTemplate
from outreach.sending.freezing import newest_versions, rendered_for
from tests.factories import NOW, make_guest

pytestmark = pytest.mark.django_db

WORDS = {
    "subject": "Autumn in the mountains",
    "blocks": [{"type": "text", "text": "Come and stay."}],
}


@pytest.fixture
def autumn(casa_alba):
    return make_campaign(casa_alba)


def make_campaign(business, *, rules=None, **fields):
    template = MessageTemplate.objects.create(
        business=business, name="Autumn", purpose="service", created_at=NOW
    )
    template.versions.create(
        business=business, number=1, contents={"en": WORDS}, created_at=NOW
    )
    segment = Segment.objects.create(
        business=business,
        name="Everybody",
        rules=rules or {},
        created_at=NOW,
        updated_at=NOW,
    )
    values = {
        "business": business,
        "name": "Autumn",
        "segment": segment,
        "template": template,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Campaign.objects.create(**(values | fields))


def begin(campaign, actor):
    plan(campaign, actor=actor, now=NOW)
    start_due(now=NOW)
    campaign.refresh_from_db()


def statuses(campaign):
    rows = campaign.messages.order_by("guest").values_list("status", flat=True)
    return list(rows)


def test_it_goes_to_each_guest_of_the_segment_once(casa_alba, alba, autumn):
    make_guest(casa_alba, "Nora Lie", emails=("nora@post.no",))
    make_guest(casa_alba, "Olaf Lie", emails=("olaf@post.no",))

    begin(autumn, alba)
    again = start_due(now=NOW)

    assert (autumn.state, autumn.started_at, again) == ("sending", NOW, 0)
    assert statuses(autumn) == ["queued", "queued"]
    assert autumn.counts["guests"] == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_click_and_a_tick_at_once_start_it_once(casa_alba, alba, autumn):
    for number in range(20):
        make_guest(casa_alba, f"Guest {number}", emails=(f"guest{number}@post.no",))
    plan(autumn, actor=alba, now=NOW)

    def one_start(_number):
        try:
            return start(autumn.pk, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        began = list(pool.map(one_start, range(4)))

    assert sorted(began) == [False, False, False, True]
    assert autumn.messages.count() == 20
    assert Event.objects.filter(action="started").count() == 1


def test_who_plans_what_was_changed_meanwhile_is_told(alba, autumn):
    Campaign.objects.update(updated_at=NOW + timedelta(minutes=1))

    with pytest.raises(TooLate):
        plan(autumn, actor=alba, now=NOW)


def test_two_guests_with_one_address_get_one_and_are_counted(casa_alba, alba, autumn):
    first = make_guest(casa_alba, "Nora Lie", emails=("home@post.no",))
    make_guest(casa_alba, "Olaf Lie", emails=("home@post.no",))

    begin(autumn, alba)

    assert (autumn.counts["go"] + sum(autumn.counts["wait"].values())) == 1
    assert autumn.counts["doubles"] == 1
    assert autumn.messages.get().guest == first


def test_who_cannot_be_reached_stands_in_the_list_with_the_reason(
    casa_alba, alba, autumn
):
    make_guest(casa_alba, "Nora Lie")

    begin(autumn, alba)

    assert autumn.counts["wont"] == {"no_address": 1}
    assert autumn.messages.count() == 1


def test_each_takes_the_first_way_on_which_they_are_reached(casa_alba, alba):
    campaign = make_campaign(casa_alba, channels=["email", "sms"])
    nora = make_guest(casa_alba, "Nora Lie", emails=("nora@post.no",))
    olaf = make_guest(casa_alba, "Olaf Lie", phones=("+4791234567",))

    begin(campaign, alba)

    ways = campaign.messages.order_by("guest").values_list("guest", "channel")
    assert list(ways) == [(nora.pk, "email"), (olaf.pk, "sms")]


def test_a_campaign_to_nobody_is_over_at_once(alba, autumn):
    begin(autumn, alba)

    assert finish_sent(now=NOW) == 1
    autumn.refresh_from_db()
    assert (autumn.state, autumn.counts["guests"]) == ("done", 0)


def test_without_its_segment_it_goes_to_nobody(casa_alba, alba, autumn):
    make_guest(casa_alba, "Nora Lie", emails=("nora@post.no",))
    autumn.segment.delete()
    autumn.refresh_from_db()

    begin(autumn, alba)

    assert autumn.messages.count() == 0


def test_rules_that_make_no_sense_send_to_nobody(casa_alba, alba):
    make_guest(casa_alba, "Nora Lie", emails=("nora@post.no",))
    rules = {"field": "guest.shoe_size", "is": "one_of", "value": ["44"]}
    campaign = make_campaign(casa_alba, rules=rules)

    begin(campaign, alba)

    assert (campaign.state, campaign.counts) == ("draft", {"stopped": "nobody"})
    assert Message.objects.count() == 0


def test_what_changes_after_the_start_changes_nothing(casa_alba, alba, autumn):
    make_guest(casa_alba, "Nora Lie", emails=("nora@post.no",), language="en")
    begin(autumn, alba)
    changed = {"en": WORDS | {"subject": "Winter"}}
    autumn.template.versions.create(
        business=casa_alba, number=2, contents=changed, created_at=NOW
    )
    Segment.objects.update(rules={"field": "guest.is_vip", "is": "yes"})
    make_guest(casa_alba, "Olaf Lie", emails=("olaf@post.no",))

    message = autumn.messages.get()
    version = newest_versions([message])[message.pk]

    assert version.number == 1
    assert rendered_for(message, version).subject == "Autumn in the mountains"
    autumn.refresh_from_db()
    assert autumn.rules == {}


def test_half_of_the_guests_get_the_second_subject(casa_alba, alba):
    campaign = make_campaign(casa_alba, subjects_b={"en": "Come up here"})
    for number in range(60):
        make_guest(
            casa_alba, f"Guest {number}", emails=(f"g{number}@post.no",), language="en"
        )

    begin(campaign, alba)

    rows = list(campaign.messages.select_related("campaign", "guest", "business"))
    subjects = {
        row.variant: rendered_for(row, row.template_version).subject for row in rows
    }
    assert subjects == {"a": "Autumn in the mountains", "b": "Come up here"}
    assert 15 <= sum(row.variant == "a" for row in rows) <= 45


def test_paused_it_waits_and_resumed_it_goes_on(casa_alba, alba, autumn):
    make_guest(casa_alba, "Nora Lie", emails=("nora@post.no",))
    begin(autumn, alba)

    pause(autumn, actor=alba, now=NOW)
    [facts] = load_facts(list(autumn.messages.all())).values()
    Message.objects.update(reason="paused", send_at=NOW + timedelta(hours=1))
    resume(autumn, actor=alba, now=NOW)

    assert facts.campaign_state == "paused"
    message = autumn.messages.get()
    assert (message.send_at, message.reason) == (NOW, "")


def test_cancelled_nothing_that_waits_goes(casa_alba, alba, autumn):
    for name in ("Nora", "Olaf"):
        make_guest(casa_alba, f"{name} Lie", emails=(f"{name}@post.no",))
    begin(autumn, alba)
    gone = autumn.messages.earliest("guest")
    Message.objects.filter(pk=gone.pk).update(status="accepted", accepted_at=NOW)

    cancel(autumn, actor=alba, now=NOW)

    assert statuses(autumn) == ["accepted", "cancelled"]
    with pytest.raises(TooLate):
        resume(autumn, actor=alba, now=NOW)


def test_a_planned_one_can_be_taken_back_until_it_begins(alba, autumn):
    plan(autumn, actor=alba, now=NOW)
    take_back(autumn, actor=alba, now=NOW)

    assert start_due(now=NOW) == 0
    begun = Campaign.objects.get()
    assert begun.state == "draft"


def test_it_is_over_when_nothing_waits_any_more(casa_alba, alba, autumn):
    make_guest(casa_alba, "Nora Lie", emails=("nora@post.no",))
    begin(autumn, alba)

    early = finish_sent(now=NOW)
    Message.objects.update(status="accepted", accepted_at=NOW)

    assert (early, finish_sent(now=NOW)) == (0, 1)
    assert Guest.objects.count() == 1
