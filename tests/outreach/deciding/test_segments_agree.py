"""A segment of those whom a message reaches, against the decision itself."""

import random
from datetime import timedelta
from itertools import product

import pytest

from customers.consent import record_consent
from customers.models import (
    Channel,
    ConsentEvent,
    ConsentWording,
    ContactPoint,
    Purpose,
    Suppression,
    Visit,
)
from customers.segments.asking import guests_in
from customers.suppressions import suppress
from outreach.deciding.decision import Block, decide
from outreach.deciding.facts import facts_about
from tests.factories import NOW, TODAY, make_guest, make_visit

Scope, Reason = Suppression.Scope, Suppression.Reason
EMAILS = ["", "nora{}@post.no", "nora{}@guest.booking.com", "n{}@x.m.reply.hotels.com"]
PHONES = ["", "+4790{:06}", "+4722{:06}"]


def give_points(guest, kind, addresses, dice):
    primary = dice.randrange(len(addresses) + 1) if addresses else 0
    for place, address in enumerate(addresses):
        ContactPoint.objects.create(
            business=guest.business,
            guest=guest,
            kind=kind,
            raw=address,
            normalized=address,
            is_primary=place == primary,
            created_at=NOW - timedelta(days=dice.randint(0, 1)),
        )


def say_something(guest, dice):
    for purpose, channel in product(Purpose, Channel):
        for hour in range(dice.choice([0, 1, 1, 2])):
            is_granted = dice.random() < 0.7
            soft = is_granted and dice.random() < 0.4
            sale = (
                make_visit(
                    guest,
                    state=dice.choice([Visit.State.COMPLETED, Visit.State.NO_SHOW]),
                    spend=dice.choice([0, 500]),
                )
                if soft
                else None
            )
            record_consent(
                guest,
                purpose=purpose,
                channel=channel,
                is_granted=is_granted,
                source=ConsentEvent.Source.DESK,
                basis=ConsentWording.Basis.SOFT_OPT_IN
                if soft
                else ConsentWording.Basis.CONSENT,
                sale_visit=sale,
                now=NOW + timedelta(hours=hour),
            )


@pytest.fixture
def house(casa_alba):
    dice = random.Random(11)
    for number in range(30):
        guest = make_guest(casa_alba, f"Guest {number}")
        for kind, offered in (("email", EMAILS), ("phone", PHONES)):
            some = dice.sample(offered, dice.randint(1, 3))
            held = [each.format(number) for each in some if each]
            give_points(guest, kind, held, dice)
        say_something(guest, dice)
    for point in casa_alba.contact_points.order_by("pk"):
        if dice.random() < 0.25:
            suppress(
                business=casa_alba,
                channel=point.channel,
                fingerprint=point.fingerprint,
                scope=dice.choice(Scope.values),
                reason=Reason.UNSUBSCRIBED,
                now=NOW,
            )
    return casa_alba


def test_who_is_reachable_is_who_would_get_it(house):
    guests = list(house.guests.all())
    for purpose, channel in product(Purpose, Channel):
        facts = facts_about(house, guests, kind=purpose, channel=channel)
        open_to = {
            guest
            for guest in guests
            if not isinstance(decide(facts[guest.pk], NOW), Block)
        }
        rule = {"field": f"reach.{purpose}_{channel}", "is": "yes"}

        assert 0 < len(open_to) < len(guests)
        assert set(guests_in(house, rule, today=TODAY)) == open_to
        unreached = guests_in(house, {**rule, "is": "no"}, today=TODAY)
        assert set(unreached) == set(guests) - open_to
        among = [guest.pk for guest in guests[:9]]
        some = guests_in(house, rule, today=TODAY, among=among)
        assert set(some) == open_to & set(guests[:9])
