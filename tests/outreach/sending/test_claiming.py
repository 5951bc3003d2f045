"""Whose turn it is, how fast an account may send, and what never waits."""

from datetime import date, timedelta
from itertools import islice

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from crm.core.clock import local_date
from outreach.accounts import pacing
from outreach.accounts.pacing import cap_on, is_warming_up, sent_on, warm_until
from outreach.models import Message, ProviderAccount
from outreach.sending.claiming import Claim, Lane, claim_due, give_back
from tests.factories import NOW, make_business, make_guest
from tests.outreach.builders import make_message

pytestmark = pytest.mark.django_db


def a_house(slug, *, due=0, kind="survey", **pace):
    business = make_business(slug.title(), slug=slug)
    guest = make_guest(business, "Nora Østby", emails=(f"nora@{slug}.example",))
    for number in range(due):
        make_message(guest, now=NOW + timedelta(seconds=number), kind=kind)
    account = business.provider_accounts.get()
    if pace:
        ProviderAccount.objects.filter(pk=account.pk).update(**pace)
    return business


def account_of(business):
    return business.provider_accounts.get()


def claims(lane=Lane.BULK, limit=20):
    """Claim in turn, as one worker does, until nothing may go."""
    after = 0
    while True:
        claim = claim_due(lane=lane, owner="test", limit=limit, after=after)
        if not claim.message_ids:
            return
        yield claim
        after = claim.account_id


def houses_of(claims):
    ids = [claim.message_ids[0] for claim in claims]
    slugs = dict(Message.objects.values_list("pk", "business__slug"))
    return [slugs[pk] for pk in ids]


def test_a_house_with_a_campaign_does_not_keep_another_waiting():
    a_house("big", due=30)
    a_house("small", due=3)

    turns = list(claims(limit=5))

    assert houses_of(turns)[:3] == ["big", "small", "big"]
    assert [len(claim.message_ids) for claim in turns] == [5, 3, 5, 5, 5, 5, 5]


def test_the_turn_goes_round():
    first, second, third = (a_house(slug, due=9) for slug in ("a", "b", "c"))

    turns = islice(claims(limit=1), 7)

    assert [claim.account_id for claim in turns] == [
        account_of(house).pk
        for house in (first, second, third, first, second, third, first)
    ]


def test_what_was_due_first_of_a_house_goes_first():
    house = a_house("a", due=3)
    ids = list(house.messages.order_by("-send_at").values_list("pk", flat=True))
    house.messages.filter(pk=ids[0]).update(send_at=NOW - timedelta(days=1))

    claim = claim_due(lane=Lane.BULK, owner="test", limit=9)

    assert claim.message_ids == (ids[0], ids[2], ids[1])


def test_nothing_due_gives_an_empty_claim():
    house = a_house("a", due=1)
    house.messages.update(send_at=timezone.now() + timedelta(hours=1))

    claim = claim_due(lane=Lane.BULK, owner="test", limit=9)

    assert claim == Claim(claim.token)


def test_lanes_do_not_take_from_each_other():
    house = a_house("a", due=2, kind="marketing")
    guest = house.guests.get()
    service = make_message(guest, kind="service")
    critical = make_message(guest, kind="critical")

    urgent = claim_due(lane=Lane.CRITICAL, owner="test", limit=9)
    rest = claim_due(lane=Lane.BULK, owner="test", limit=9)

    assert set(urgent.message_ids) == {service.pk, critical.pk}
    assert len(rest.message_ids) == 2


def test_a_message_is_claimed_for_the_account_in_use():
    house = a_house("a", due=1)

    claim = claim_due(lane=Lane.BULK, owner="test", limit=9)

    message = house.messages.get()
    assert (message.account, claim.account_id) == (
        account_of(house),
        account_of(house).pk,
    )


def test_a_channel_without_an_account_waits():
    house = a_house("a", due=1)
    house.messages.update(channel="sms")

    assert not claim_due(lane=Lane.BULK, owner="test", limit=9).message_ids
    assert house.messages.get().status == Message.Status.QUEUED


def test_the_pace_lets_a_short_burst_through_and_then_no_more():
    house = a_house("a", due=40, rate_per_minute=60)

    taken = sum(len(claim.message_ids) for claim in claims())

    # One a second, and at most five seconds ahead.
    assert taken == 6
    account = account_of(house)
    ahead = (account.free_at - timezone.now()).total_seconds()
    assert 5 <= ahead <= 6


def test_the_pace_goes_on_when_time_has_passed():
    house = a_house("a", due=40, rate_per_minute=60)
    list(claims())
    account = account_of(house)
    ProviderAccount.objects.update(free_at=account.free_at - timedelta(seconds=3))

    assert sum(len(claim.message_ids) for claim in claims()) == 3


def test_after_an_outage_nothing_is_made_up_for():
    a_house(
        "a", due=40, rate_per_minute=60, free_at=timezone.now() - timedelta(hours=3)
    )

    assert sum(len(claim.message_ids) for claim in claims()) == 6


def test_a_confirmation_goes_past_pace_and_cap():
    house = a_house("a", due=9, rate_per_minute=1, daily_cap=1)
    list(claims())
    for _number in range(3):
        make_message(house.guests.get(), kind="critical")

    claim = claim_due(lane=Lane.CRITICAL, owner="test", limit=9)

    assert len(claim.message_ids) == 3
    assert account_of(house).day_count == 4


def test_the_cap_of_the_day_holds_and_is_new_the_next_day():
    house = a_house("a", due=9, daily_cap=4)

    assert sum(len(claim.message_ids) for claim in claims()) == 4
    assert not list(claims())

    yesterday = local_date(timezone.now(), house.time_zone) - timedelta(days=1)
    ProviderAccount.objects.update(day=yesterday)
    assert sum(len(claim.message_ids) for claim in claims()) == 4
    assert account_of(house).day_count == 4


def test_a_new_account_begins_with_fifty():
    house = a_house("a", due=60, rate_per_minute=60_000)
    today = local_date(timezone.now(), house.time_zone)
    ProviderAccount.objects.update(warms_up_from=today)

    assert sum(len(claim.message_ids) for claim in claims()) == 50


def test_a_pause_holds_back_what_nobody_waits_for_or_everything():
    house = a_house("a", due=2)
    make_message(house.guests.get(), kind="critical")
    ProviderAccount.objects.update(paused_at=NOW, pause_reason="bounces")

    assert not claim_due(lane=Lane.BULK, owner="test", limit=9).message_ids
    assert claim_due(lane=Lane.CRITICAL, owner="test", limit=9).message_ids

    make_message(house.guests.get(), kind="critical")
    ProviderAccount.objects.update(pause_reason="login", pauses_all=True)
    assert not claim_due(lane=Lane.CRITICAL, owner="test", limit=9).message_ids


def test_what_was_not_handed_over_takes_no_place():
    house = a_house("a", due=5, rate_per_minute=60, daily_cap=5)
    claim = claim_due(lane=Lane.BULK, owner="test", limit=9)
    before = account_of(house)

    give_back(claim.account_id, 2, day=claim.day)

    after = account_of(house)
    assert after.day_count == 3
    assert before.free_at - after.free_at == timedelta(seconds=2)


def test_what_was_claimed_yesterday_makes_no_room_today():
    house = a_house("a", due=5, rate_per_minute=60, daily_cap=5)
    claim = claim_due(lane=Lane.BULK, owner="test", limit=9)

    give_back(claim.account_id, 2, day=claim.day - timedelta(days=1))

    assert account_of(house).day_count == 5


@given(
    days=st.integers(-3, 60),
    daily_cap=st.none() | st.integers(1, 100_000),
    warms_up=st.booleans(),
)
def test_the_database_and_the_pages_agree_on_the_cap(days, daily_cap, warms_up):
    begins = date(2026, 11, 22)
    day = begins + timedelta(days=days)
    account = ProviderAccount(
        daily_cap=daily_cap, warms_up_from=begins if warms_up else None
    )

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {pacing.DAY_CAP_SQL} FROM (SELECT %s::int AS daily_cap, "
            "%s::date AS warms_up_from) AS account, (SELECT %s::date AS day) AS clock",
            [account.daily_cap, account.warms_up_from, day],
        )
        (cap,) = cursor.fetchone()

    assert cap == cap_on(account, day)


@pytest.mark.parametrize(
    ("day", "cap"), [(0, 50), (2, 50), (3, 100), (6, 200), (24, 12_800), (27, None)]
)
def test_a_warm_up_doubles_every_third_day_and_ends(day, cap):
    account = ProviderAccount(warms_up_from=date(2026, 6, 1))
    on = date(2026, 6, 1) + timedelta(days=day)

    assert cap_on(account, on) == cap
    assert is_warming_up(account, on) is (cap is not None)
    assert warm_until(account) == date(2026, 6, 28)


def test_yesterdays_count_is_not_todays():
    account = ProviderAccount(day=date(2026, 6, 1), day_count=7)

    assert sent_on(account, date(2026, 6, 1)) == 7
    assert sent_on(account, date(2026, 6, 2)) == 0
    assert warm_until(account) is None
