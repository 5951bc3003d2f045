from datetime import timedelta

import pytest
from django.urls import reverse

from loyalty.models import Membership, Tier
from loyalty.ready import create_ready_program
from tests.factories import NOW, TODAY, make_guest, make_visit


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def program(casa_alba):
    return create_ready_program(casa_alba)


@pytest.fixture
def page(casa_alba):
    return reverse("loyalty:overview", args=[casa_alba.slug])


@pytest.fixture
def edit_page(casa_alba):
    return reverse("loyalty:ladder_edit", args=[casa_alba.slug])


LADDER = {
    "name": "Solvik Venner",
    "window_days": "365",
    "is_active": "on",
    "name_1": "Bronze",
    "entry_visits_1": "2",
    "promise_1": "",
    "name_2": "Silver",
    "entry_visits_2": "4",
    "promise_2": "Late checkout",
    "name_3": "Gold",
    "entry_visits_3": "8",
    "promise_3": "A room with a view",
}


def member(business, name, visits, **facts):
    guest = make_guest(business, name)
    for _visit in range(visits):
        make_visit(guest, **facts)
    return guest


def test_a_house_without_a_program_is_told_so(page, as_alba):
    assert "No program yet" in as_alba.get(page).text


def test_a_new_house_sees_its_ladder(page, program, as_alba):
    rungs = as_alba.get(page).context["rungs"]

    assert [(r.tier and r.tier.entry_visits, r.members) for r in rungs] == [
        (8, 0),
        (4, 0),
        (2, 0),
        (None, 0),
    ]


def test_members_are_counted_by_tier(page, program, casa_alba, as_alba):
    for name, visits in (("A", 1), ("B", 2), ("C", 3), ("D", 9)):
        member(casa_alba, name, visits)

    rungs = as_alba.get(page).context["rungs"]

    assert [rung.members for rung in rungs] == [1, 0, 2, 1]


def test_who_is_one_visit_short_is_named_soonest_arrival_first(
    page, program, casa_alba, as_alba
):
    member(casa_alba, "One short of bronze", 1)
    member(casa_alba, "Two short", 2)
    coming = member(casa_alba, "Coming and one short of silver", 3)
    make_visit(coming, state="booked", arrival_date=TODAY + timedelta(days=2))

    climbers = as_alba.get(page).context["climbers"]

    assert [
        (climber.membership.guest.display_name, climber.next_tier.rank)
        for climber in climbers
    ] == [("Coming and one short of silver", 2), ("One short of bronze", 1)]


def test_visits_that_have_left_the_window_no_longer_count_as_close(
    page, program, casa_alba, client, alba, time_machine
):
    guest = member(casa_alba, "Long ago", 1)
    assert Membership.objects.get(guest=guest).visits_in_window == 1

    time_machine.move_to(NOW + timedelta(days=400))
    client.force_login(alba)

    assert client.get(page).context["climbers"] == []


def test_the_page_costs_the_same_for_one_member_and_for_many(
    page, program, casa_alba, as_alba, django_assert_num_queries
):
    member(casa_alba, "First", 1)
    as_alba.get(page)
    with django_assert_num_queries(10):
        as_alba.get(page)

    for number in range(4):
        member(casa_alba, f"Guest {number}", 3)

    with django_assert_num_queries(10):
        as_alba.get(page)


def test_the_ladder_is_changed(page, edit_page, program, as_alba):
    reply = as_alba.post(edit_page, LADDER, follow=True)

    assert reply.redirect_chain == [(page, 302)]
    assert "The ladder is changed." in reply.text
    assert list(
        Tier.objects.order_by("rank").values_list("name", "entry_visits", "promise")
    ) == [
        ("Bronze", 2, ""),
        ("Silver", 4, "Late checkout"),
        ("Gold", 8, "A room with a view"),
    ]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        (
            "entry_visits_2",
            "2",
            "Ask for more visits than the tier below: more than 2.",
        ),
        ("entry_visits_1", "0", "Ensure this value is greater than or equal to 1."),
        ("entry_visits_1", "two", "Enter a whole number."),
        ("window_days", "3", "Ensure this value is greater than or equal to 30."),
        ("name_1", "", "This field is required."),
        ("name_2", "bronze", "Another tier has this name."),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nothing_changes(
    edit_page, program, as_alba, field, value, sentence
):
    before = list(Tier.objects.order_by("rank").values_list("name", "entry_visits"))

    reply = as_alba.post(edit_page, {**LADDER, field: value, "promise_3": "Kept"})

    assert reply.status_code == 200
    assert reply.context["form"].errors == {field: [sentence]}
    assert 'value="Kept"' in reply.text
    after = list(Tier.objects.order_by("rank").values_list("name", "entry_visits"))
    assert after == before
