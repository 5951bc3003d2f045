from datetime import timedelta

import pytest

from crm.audit.models import Event
from loyalty.changing import LadderFacts, TierFacts, change_ladder
from loyalty.models import Membership, TierChange
from loyalty.ready import create_ready_program
from tests.factories import NOW, TODAY, make_guest, make_visit


@pytest.fixture
def program(casa_alba):
    return create_ready_program(casa_alba)


def ladder(*numbers, is_active=True, window_days=365):
    return LadderFacts(
        name="Friends",
        window_days=window_days,
        is_active=is_active,
        tiers=[
            TierFacts(name=name, entry_visits=number, promise="")
            for name, number in zip("ABC", numbers, strict=True)
        ],
    )


def change(program, facts):
    return change_ladder(program, facts, actor=None, today=TODAY, now=NOW)


def member(business, visits, **facts):
    guest = make_guest(business)
    for _visit in range(visits):
        make_visit(guest, **facts)
    return guest


def test_lower_numbers_lift_members_at_once(program, casa_alba):
    three = member(casa_alba, 3)
    member(casa_alba, 1)

    lifted = change(program, ladder(2, 3, 8))

    membership = Membership.objects.get(guest=three)
    newest = membership.changes.order_by("-pk").first()
    assert (lifted, membership.tier.rank, membership.tier_since) == (1, 2, TODAY)
    assert membership.keeps_until == TODAY + timedelta(days=365)
    assert (newest.from_tier.rank, newest.to_tier.rank, newest.reason) == (
        1,
        2,
        "ladder",
    )


def test_higher_numbers_take_nobody_down(program, casa_alba):
    guest = member(casa_alba, 4)

    lifted = change(program, ladder(10, 20, 30))

    assert (lifted, Membership.objects.get(guest=guest).tier.rank) == (0, 2)


def test_numbers_may_change_places(program):
    change(program, ladder(4, 8, 16))

    numbers = program.tiers.order_by("rank").values_list("entry_visits", flat=True)
    assert list(numbers) == [4, 8, 16]


def test_visits_before_the_window_lift_nobody(program, casa_alba):
    member(casa_alba, 3, arrival_date=TODAY - timedelta(days=500))

    assert change(program, ladder(1, 2, 3)) == 0


def test_another_house_keeps_its_ladder(program, bar_carla):
    create_ready_program(bar_carla)
    theirs = member(bar_carla, 1)

    change(program, ladder(1, 2, 3))

    assert Membership.objects.get(guest=theirs).tier is None


def test_switched_on_again_it_counts_as_if_it_had_never_been_off(program, casa_alba):
    change(program, ladder(2, 4, 8, is_active=False))
    guest = member(casa_alba, 2)
    assert Membership.objects.count() == 0

    change(program, ladder(2, 4, 8))

    assert Membership.objects.get(guest=guest).tier.rank == 1
    assert TierChange.objects.get().reason == "visit"


def test_the_change_is_logged_by_the_names_of_fields(program):
    change(program, ladder(1, 2, 3))

    event = Event.objects.get(object_type="loyalty.program")
    assert (event.action, event.fields) == (
        "amended",
        ["is_active", "name", "tiers", "window_days"],
    )
