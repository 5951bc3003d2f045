from datetime import timedelta

import pytest

from outreach.campaigns.outcome import compare
from outreach.models import Message
from tests.factories import NOW, make_guest, make_visit
from tests.outreach.builders import make_message
from tests.outreach.campaigns.test_starting import make_campaign

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=61)


@pytest.fixture
def tried(casa_alba):
    return make_campaign(casa_alba, subjects_b={"en": "Come up here"}, goal_days=60)


def send(campaign, variant, *, count, came=0, days=5):
    business = campaign.business
    for number in range(count):
        guest = make_guest(business, f"{variant}{number}")
        make_message(
            guest,
            campaign=campaign,
            variant=variant,
            status=Message.Status.ACCEPTED,
            accepted_at=NOW,
        )
        if number < came:
            day = NOW.date() + timedelta(days=days)
            make_visit(guest, arrival_date=day, now=NOW + timedelta(days=days + 3))


def test_one_subject_is_compared_with_nothing(casa_alba):
    assert compare(make_campaign(casa_alba), now=NOW) is None


def test_nothing_is_shown_before_guests_had_their_time(tried):
    send(tried, "a", count=3)

    result = compare(tried, now=NOW + timedelta(days=59))

    assert (result.a.sent, result.a.share.total) == (3, 0)
    assert result.verdict.startswith("Not shown yet: too few")


def test_a_visit_counts_within_the_days_and_not_after(tried):
    send(tried, "a", count=2, came=1, days=60)
    send(tried, "b", count=2, came=1, days=61)

    result = compare(tried, now=LATER)

    assert (result.a.share.hits, result.b.share.hits) == (1, 0)


def test_a_small_difference_is_not_shown(tried):
    send(tried, "a", count=30, came=2)
    send(tried, "b", count=30, came=3)

    assert "the difference is between" in compare(tried, now=LATER).verdict


def test_a_clear_one_is_said(tried):
    send(tried, "a", count=30, came=0)
    send(tried, "b", count=30, came=15)

    assert compare(tried, now=LATER).verdict.startswith("B brought more guests")
