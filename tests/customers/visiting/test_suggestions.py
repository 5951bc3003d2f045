from datetime import timedelta

import pytest

from customers.arrival_cards import notes_for
from customers.models import LinePair, Visit
from customers.visiting.suggestions import best_suggestions, suggestions_for
from tests.factories import NOW, TODAY, make_guest, make_line, make_visit

State = Visit.State

pytestmark = pytest.mark.usefixtures("morning")


def make_pair(business, name, with_name, *, both=34, one=81, other=46, visits=181):
    return LinePair.objects.create(
        business=business,
        key=name.casefold(),
        with_key=with_name.casefold(),
        name=name,
        with_name=with_name,
        visits=visits,
        visits_with_key=one,
        visits_with_other=other,
        visits_with_both=both,
        counted_at=NOW,
    )


@pytest.fixture
def menu_and_dessert(casa_alba):
    return make_pair(casa_alba, "Menu", "Dessert")


def come(guest, *names, state=State.BOOKED, on=TODAY, kind="table", nights=0):
    visit = make_visit(guest, state=state, arrival_date=on, kind=kind, nights=nights)
    for name in names:
        make_line(visit, name)
    return visit


def suggested(visit, today=TODAY):
    found = suggestions_for(visit.business, [visit], today=today)
    return [suggestion.name for suggestion in found.get(visit.pk, [])]


def test_what_is_ordered_leads_to_a_suggestion_with_its_counts(nora, menu_and_dessert):
    visit = come(nora, "Menu")

    (suggestion,) = suggestions_for(nora.business, [visit], today=TODAY)[visit.pk]

    counts = suggestion.counts
    assert (suggestion.name, suggestion.because) == ("Dessert", "Menu")
    assert (counts.share.hits, counts.share.total) == (34, 81)
    assert (counts.share_without.hits, counts.share_without.total) == (12, 100)


def test_what_the_guest_takes_again_and_again_leads_to_one_too(nora, menu_and_dessert):
    for days in (400, 30):
        come(nora, "Menu", state=State.COMPLETED, on=TODAY - timedelta(days=days))

    assert suggested(come(nora)) == ["Dessert"]


@pytest.mark.parametrize(
    "earlier",
    [
        [{"days": 30}],
        [{"days": 30}, {"days": 60, "kind": "stay"}],
        [{"days": 30}, {"days": 60, "state": State.CANCELLED}],
        [{"days": 30}, {"days": 900}],
    ],
    ids=["only once", "another kind of visit", "never came", "long ago"],
)
def test_what_is_no_habit_on_such_visits_leads_to_nothing(
    nora, menu_and_dessert, earlier
):
    for visit in earlier:
        come(
            nora,
            "Menu",
            state=visit.get("state", State.COMPLETED),
            on=TODAY - timedelta(days=visit["days"]),
            kind=visit.get("kind", "table"),
        )

    assert suggested(come(nora)) == []


def test_what_they_have_or_take_anyway_is_not_suggested(nora, menu_and_dessert):
    has_it = come(nora, "Menu", "Dessert")
    kari = make_guest(nora.business, "Kari Vik")
    for days in (30, 60):
        come(kari, "Dessert", state=State.COMPLETED, on=TODAY - timedelta(days=days))
    takes_it_anyway = come(kari, "Menu")

    assert (suggested(has_it), suggested(takes_it_anyway)) == ([], [])


@pytest.mark.parametrize(
    ("visit", "is_suggested"),
    [
        ({"state": State.BOOKED, "on": TODAY + timedelta(days=3)}, True),
        ({"state": State.BOOKED, "on": TODAY + timedelta(days=4)}, False),
        ({"state": State.IN_HOUSE, "on": TODAY}, True),
        (
            {"state": State.IN_HOUSE, "on": TODAY, "kind": "stay", "nights": 1},
            True,
        ),
        (
            {
                "state": State.IN_HOUSE,
                "on": TODAY - timedelta(days=1),
                "kind": "stay",
                "nights": 1,
            },
            False,
        ),
        ({"state": State.COMPLETED, "on": TODAY}, False),
        ({"state": State.CANCELLED, "on": TODAY}, False),
    ],
)
def test_only_who_is_here_or_comes_soon_is_offered_something(
    nora, menu_and_dessert, visit, is_suggested
):
    assert bool(suggested(come(nora, "Menu", **visit))) is is_suggested


def test_at_most_three_the_surest_first_and_each_thing_once(nora):
    business = nora.business
    make_pair(business, "Menu", "Dessert", both=34)
    make_pair(business, "Menu", "Coffee", both=40)
    make_pair(business, "Menu", "Cheese", both=38)
    make_pair(business, "Menu", "Cake", both=36)
    make_pair(business, "Bread", "Coffee", both=35)

    assert suggested(come(nora, "Menu", "Bread")) == ["Coffee", "Cheese", "Cake"]


def test_pairs_from_what_nobody_had_are_left_out(casa_alba):
    pair = make_pair(casa_alba, "Menu", "Dessert")

    assert best_suggestions([pair], had={"soup"}, usual=set()) == []


def test_another_house_s_pairs_say_nothing(nora, bar_carla):
    make_pair(bar_carla, "Menu", "Dessert")

    assert suggested(come(nora, "Menu")) == []


def test_many_visits_cost_as_many_queries_as_one(
    nora, menu_and_dessert, django_assert_num_queries
):
    one = [come(nora, "Menu")]
    many = [
        come(make_guest(nora.business, f"Guest {n}"), "Menu", "Soup") for n in range(9)
    ]

    for visits in (one, many):
        with django_assert_num_queries(3):
            assert len(suggestions_for(nora.business, visits, today=TODAY))


def test_nobody_soon_costs_nothing(nora, django_assert_num_queries):
    visit = come(nora, "Menu", state=State.COMPLETED)

    with django_assert_num_queries(0):
        assert suggestions_for(nora.business, [visit], today=TODAY) == {}


def test_the_card_says_it_in_words(as_alba, nora, menu_and_dessert):
    come(nora, "Menu")

    page = as_alba.get("/casa-alba/today/").content.decode()

    assert "Suggest <b>Dessert</b>" in page
    assert (
        "Guests who take Menu often add it: 34 of 81, other guests 12 of 100." in page
    )


def test_suggestions_stand_after_what_was_promised(nora, menu_and_dessert):
    visit = come(nora, "Menu")

    parts = notes_for(nora.business, [visit])[visit.pk].parts

    orders = [part.order for part in parts]
    assert orders == sorted(orders)
    assert 30 in orders
