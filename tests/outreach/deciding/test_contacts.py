import threading
import uuid
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Purpose, Segment
from outreach.deciding.budget import Budget
from outreach.deciding.contacts import budgets_of
from outreach.deciding.decision import Block, Go, Hold, Reason, decide
from outreach.deciding.facts import facts_about, load_facts
from outreach.models import (
    Attempt,
    Automation,
    Campaign,
    ContactBudget,
    Exposure,
    Message,
    MessageTemplate,
)
from outreach.sending import intents
from outreach.sending.claiming import Lane, claim_due
from outreach.sending.due import send_due
from outreach.sending.handing_over import hand_over, load_due
from outreach.sending.kept_routes import close_routes
from tests.factories import NOW, allow, make_guest, make_visit
from tests.outreach.builders import make_automation, make_message

MARKETING, SURVEY = Message.Kind.MARKETING, Message.Kind.SURVEY
Status = Message.Status
DAY = timedelta(days=1)


@pytest.fixture
def nora(casa_alba):
    nora = make_guest(casa_alba, emails=("nora@post.no",), language="en")
    allow(nora)
    allow(nora, Purpose.MARKETING)
    return nora


def make_offer(guest, **fields):
    return make_message(guest, kind=MARKETING, **fields)


def told(guest, at, kind=MARKETING, **fields):
    values = {"status": Status.ACCEPTED, "accepted_at": at, "now": at}
    return make_message(guest, kind=kind, **(values | fields))


def make_template(business, purpose=Purpose.MARKETING):
    return MessageTemplate.objects.create(
        business=business, name="News", purpose=purpose, created_at=NOW
    )


def make_news(business, **fields) -> Automation:
    values = {
        "name": "News",
        "template": make_template(business),
        "local_time": time(10),
        "is_active": True,
        "activated_at": NOW - DAY,
        "created_at": NOW - DAY,
    }
    return Automation.objects.create(business=business, **(values | fields))


def make_campaign(business, **fields) -> Campaign:
    values = {
        "name": "Autumn",
        "template": make_template(business),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Campaign.objects.create(business=business, **(values | fields))


def budget_of(message):
    return load_facts([message])[message.pk].budget


def verdict_on(message, now=NOW):
    return decide(load_facts([message])[message.pk], now)


@pytest.mark.django_db
def test_a_house_that_chose_nothing_has_two_a_week_and_a_survey_a_quarter(nora):
    assert budget_of(make_offer(nora)) == Budget(most=2, within=7 * DAY)
    assert budget_of(make_message(nora, kind=SURVEY)) == Budget(most=1, within=90 * DAY)


@pytest.mark.django_db
def test_a_house_chooses_its_own(casa_alba, nora):
    ContactBudget.objects.create(
        business=casa_alba, marketing_contacts=4, marketing_days=30, survey_days=10
    )

    assert budget_of(make_offer(nora)) == Budget(most=4, within=30 * DAY)
    assert budget_of(make_message(nora, kind=SURVEY)) == Budget(most=1, within=10 * DAY)


@pytest.mark.django_db
def test_only_what_reached_the_same_guest_and_is_of_the_kind_counts(casa_alba, nora):
    other = make_guest(casa_alba, "Otto Vik", emails=("otto@post.no",))
    told(nora, NOW - DAY)
    told(nora, NOW - 2 * DAY, status=Status.UNCONFIRMED)
    told(other, NOW - DAY)
    told(nora, NOW - DAY, kind=SURVEY)
    told(nora, NOW - DAY, kind=Message.Kind.SERVICE)
    told(nora, NOW - DAY, is_letter=True)
    told(nora, NOW - DAY, status=Status.FAILED, accepted_at=None)

    heard = budget_of(make_offer(nora)).heard

    assert sorted(heard) == [NOW - 2 * DAY, NOW - DAY]


@pytest.mark.django_db
def test_letters_service_and_what_is_sent_once_more_have_no_budget(nora):
    first = told(nora, NOW - DAY, status=Status.FAILED, accepted_at=None)
    rows = [
        make_offer(nora, is_letter=True),
        make_message(nora, kind=Message.Kind.SERVICE),
        make_message(nora, kind=Message.Kind.CRITICAL),
        make_offer(nora, resend_of=first),
    ]

    assert budgets_of(rows) == {}


@pytest.mark.django_db
def test_the_better_rank_goes_first_then_the_earlier(casa_alba, nora):
    birthday = make_offer(nora, automation=make_news(casa_alba, rank=10))
    earlier = make_offer(nora, automation=make_news(casa_alba), now=NOW - DAY / 24)
    later = make_offer(nora, automation=make_news(casa_alba))
    campaign = make_offer(
        nora,
        campaign=make_campaign(casa_alba),
        now=NOW - DAY / 12,
    )

    counts = [len(budget_of(one).ahead) for one in (birthday, earlier, later, campaign)]

    assert counts == [0, 1, 2, 3]


@pytest.mark.django_db
def test_the_lower_ranked_waits_and_goes_when_there_is_room(casa_alba, nora):
    told(nora, NOW - 6 * DAY)
    first = make_offer(nora, automation=make_news(casa_alba, control_percent=0))
    campaign = make_offer(nora, campaign=make_campaign(casa_alba))

    waits = verdict_on(campaign)
    Message.objects.filter(pk=first.pk).update(status=Status.ACCEPTED, accepted_at=NOW)

    assert waits == Hold(NOW + timedelta(hours=1), Reason.BUDGET)
    assert verdict_on(campaign) == Hold(NOW + DAY, Reason.BUDGET)
    assert budget_of(campaign).heard == (NOW - 6 * DAY, NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", [Reason.NO_ACCOUNT, Reason.PAUSED])
def test_what_waits_for_people_keeps_nothing_waiting(casa_alba, nora, reason):
    make_offer(nora, automation=make_news(casa_alba), reason=reason)

    assert budget_of(make_offer(nora, campaign=make_campaign(casa_alba))).ahead == ()


@pytest.mark.django_db
def test_the_lot_that_was_drawn_stays_drawn(casa_alba, nora):
    news = make_news(casa_alba, control_percent=0)
    message = make_offer(nora, automation=news)
    Exposure.objects.create(
        business=casa_alba, automation=news, guest=nora, is_control=True, at=NOW
    )

    assert verdict_on(message) == Block(Reason.CONTROL)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("cancelled", Block(Reason.CALLED_OFF)),
        ("draft", None),
    ],
)
def test_what_belongs_to_a_campaign_does_as_it_does(casa_alba, nora, state, verdict):
    campaign = make_campaign(casa_alba, state=state)
    message = make_offer(nora, campaign=campaign)

    decided = verdict_on(message)

    assert (decided if isinstance(decided, Block) else None) == verdict


@pytest.mark.django_db
def test_nothing_goes_of_a_campaign_that_is_gone(nora):
    message = make_offer(nora, occasion=f"campaign:{uuid.uuid4()}:guest:2")

    assert verdict_on(message) == Block(Reason.CALLED_OFF)


SWEDES = {"all": [{"field": "guest.country", "is": "one_of", "value": ["SE"]}]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rules", "country", "is_meant"),
    [
        ({}, "NO", True),
        (SWEDES, "SE", True),
        (SWEDES, "NO", False),
        ({"all": [{"field": "guest.shoe_size"}]}, "SE", False),
    ],
    ids=["everybody", "in it", "not in it", "no sense"],
)
def test_only_who_is_meant_when_it_goes_gets_it(casa_alba, rules, country, is_meant):
    nora = make_guest(casa_alba, emails=("nora@post.no",), country=country)
    allow(nora, Purpose.MARKETING)
    segment = Segment.objects.create(
        business=casa_alba,
        name="Swedes",
        rules=rules,
        created_at=NOW,
        updated_at=NOW,
    )
    news = make_news(casa_alba, segment=segment, control_percent=0)

    verdict = verdict_on(make_offer(nora, automation=news))

    assert verdict == (Go() if is_meant else Block(Reason.SEGMENT))


@pytest.mark.django_db
def test_many_are_asked_about_in_as_few_questions_as_one(casa_alba, nora):
    guests = [nora] + [
        make_guest(casa_alba, f"G{number} Lie", emails=(f"g{number}@post.no",))
        for number in range(9)
    ]
    offers = [make_offer(guest) for guest in guests]

    counts = []
    for chosen in (offers[:1], offers):
        with CaptureQueriesContext(connection) as asked:
            load_facts(chosen)
        counts.append(len(asked))

    with CaptureQueriesContext(connection) as asked:
        facts_about(casa_alba, guests, kind=MARKETING)
    assert counts == [5, 5]
    assert len(asked) == 6


@pytest.mark.django_db
def test_what_she_heard_after_it_was_read_is_heard_before_it_goes(
    casa_alba, nora, smtp_server
):
    make_automation(casa_alba)
    make_visit(nora, now=timezone.now())
    [due] = load_due(claim_due(lane=Lane.BULK, owner="test", limit=1), lane=Lane.BULK)
    told(nora, timezone.now(), kind=SURVEY)

    outcome = hand_over(due)
    close_routes()

    due.message.refresh_from_db()
    assert outcome is None
    assert (due.message.status, due.message.reason) == (Status.EXPIRED, Reason.BUDGET)
    assert smtp_server.messages == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_never_tell_more_than_the_budget(casa_alba, smtp_server):
    guests = []
    for number in range(6):
        guest = make_guest(
            casa_alba, f"G{number} Lie", emails=(f"g{number}@post.no",), language="en"
        )
        allow(guest, Purpose.MARKETING)
        guests.append(guest)
        for _ in range(4):
            make_offer(guest, now=timezone.now() - DAY * 2)
    dues = [
        load_due(claim_due(lane=Lane.BULK, owner="test", limit=8), lane=Lane.BULK)
        for _ in range(3)
    ]
    attempts = []

    def work(batch):
        try:
            for due in batch:
                attempts.append(
                    intents.commit_intent(
                        due.message, due.known, due.token, now=timezone.now()
                    )
                )
        finally:
            connection.close()

    # Each takes every third message, so that all meet at the same guests.
    everything = [due for batch in dues for due in batch]
    threads = [
        threading.Thread(target=work, args=(everything[number::3],))
        for number in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    by_guest = [
        Attempt.objects.filter(message__guest=guest).count() for guest in guests
    ]
    assert len(attempts) == 24
    assert by_guest == [2] * 6


@pytest.mark.django_db
def test_a_sender_tells_the_best_two_and_keeps_the_rest(casa_alba, nora, smtp_server):
    now = timezone.now()
    offers = {
        rank: make_offer(
            nora,
            now=now,
            automation=make_news(casa_alba, rank=rank, control_percent=0),
        )
        for rank in (70, 20, 50)
    }

    send_due(lane=Lane.BULK, owner="test")

    waiting = Message.objects.filter(reason=Reason.BUDGET, status=Status.QUEUED)
    assert waiting.get() == offers[70]
