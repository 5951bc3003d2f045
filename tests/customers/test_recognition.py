from datetime import date, timedelta

import pytest

from customers.arrival_cards import notes_for
from customers.badges import badges_of
from customers.models import Visit
from customers.recognition import arrival_notes, birthday_near
from tests.factories import TODAY, make_guest, make_visit

State = Visit.State


@pytest.mark.parametrize(
    ("born", "arrival", "departure", "near"),
    [
        ((11, 24), date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)),
        ((11, 22), date(2026, 11, 22), date(2026, 11, 22), date(2026, 11, 22)),
        ((11, 28), date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 28)),
        ((11, 29), date(2026, 11, 22), date(2026, 11, 23), None),
        ((11, 21), date(2026, 11, 22), date(2026, 11, 23), None),
        ((12, 9), date(2026, 11, 22), date(2026, 12, 20), date(2026, 12, 9)),
        ((1, 2), date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 2)),
        ((12, 31), date(2026, 12, 30), date(2027, 1, 2), date(2026, 12, 31)),
        ((2, 29), date(2028, 2, 27), date(2028, 2, 28), date(2028, 2, 29)),
        ((2, 29), date(2027, 2, 27), date(2027, 2, 28), date(2027, 2, 28)),
        ((None, None), date(2026, 11, 22), date(2026, 11, 23), None),
    ],
)
def test_a_birthday_in_the_visit_or_soon_after_is_near(
    casa_alba, born, arrival, departure, near
):
    guest = make_guest(casa_alba, birthday_month=born[0], birthday_day=born[1])

    assert birthday_near(guest, arrival, departure) == near


@pytest.mark.parametrize(
    ("completed", "said"),
    [
        (0, "First visit"),
        (1, "2nd visit"),
        (2, "3rd visit"),
        (8, "9th visit"),
        (20, "21st visit"),
    ],
)
def test_the_card_says_which_visit_this_is(casa_alba, completed, said):
    guest = make_guest(casa_alba)
    for number in range(completed):
        make_visit(guest, arrival_date=TODAY - timedelta(days=9 + number))
    visit = make_visit(guest, state=State.BOOKED, arrival_date=TODAY)

    notes = arrival_notes(casa_alba, [visit])

    assert [badge.text for badge in notes[visit.pk].badges] == [said]


def test_a_vip_is_marked_wherever_the_guest_stands(casa_alba):
    vip, other = make_guest(casa_alba, is_vip=True), make_guest(casa_alba)
    visit = make_visit(vip, state=State.BOOKED)

    badges = badges_of(casa_alba, [vip.pk, other.pk])

    assert "VIP" in [badge.text for badge in badges[vip.pk]]
    assert "VIP" not in [badge.text for badge in badges[other.pk]]
    assert "VIP" in [
        badge.text for badge in notes_for(casa_alba, [visit])[visit.pk].badges
    ]


def test_the_marks_of_another_house_are_not_shown(casa_alba, bar_carla):
    hers = make_guest(bar_carla, is_vip=True)

    assert badges_of(casa_alba, [hers.pk]) == {hers.pk: []}
