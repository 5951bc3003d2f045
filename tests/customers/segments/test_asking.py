"""Who is in a segment, and why."""

from datetime import timedelta

import pytest

from crm.tenancy.models import Venue
from customers.models import Segment
from customers.segments.asking import (
    count_in,
    guests_in,
    segments_with,
    sentence_of,
    why_in,
)
from customers.segments.trees import TreeProblem
from tests.factories import (
    NOW,
    TODAY,
    make_guest,
    make_tag,
    make_venue,
    make_visit,
)


def names_in(business, rules):
    guests = guests_in(business, rules, today=TODAY)
    return sorted(guests.values_list("display_name", flat=True))


def rule(field, operator, value=None):
    asked = {"field": field, "is": operator}
    return asked if value is None else {**asked, "value": value}


FROM_SWEDEN = rule("guest.country", "one_of", ["SE"])


def test_no_rules_mean_every_guest_of_the_house(casa_alba, bar_carla):
    make_guest(casa_alba, "Nora Vik")
    make_guest(bar_carla, "Ida Holm")

    assert names_in(casa_alba, {}) == ["Nora Vik"]


def test_a_guest_of_unknown_country_is_not_from_elsewhere_but_is_outside_a_none_group(
    casa_alba,
):
    make_guest(casa_alba, "Swede", country="SE")
    make_guest(casa_alba, "Dane", country="DK")
    make_guest(casa_alba, "Unknown", country="")

    elsewhere = rule("guest.country", "not_one_of", ["SE"])
    assert names_in(casa_alba, FROM_SWEDEN) == ["Swede"]
    assert names_in(casa_alba, elsewhere) == ["Dane"]
    assert names_in(casa_alba, {"none": [FROM_SWEDEN]}) == ["Dane", "Unknown"]
    assert names_in(casa_alba, {"none": [elsewhere]}) == ["Swede", "Unknown"]


def test_rules_of_a_visit_group_are_about_the_same_visit(casa_alba):
    hotel = casa_alba.venues.get()
    bar = make_venue(casa_alba, "Baren", kind=Venue.Kind.CAFE)
    both = make_guest(casa_alba, "Both at once")
    make_visit(both, venue=bar, nights=3)
    apart = make_guest(casa_alba, "One at a time")
    make_visit(apart, venue=bar, nights=1)
    make_visit(apart, venue=hotel, nights=3)

    in_the_bar = rule("visit.venue", "one_of", [str(bar.uuid)])
    long = rule("visit.nights", "at_least", 3)
    together = {"visit": {"all": [in_the_bar, long]}, "at_least": 1}
    each = {
        "all": [
            {"visit": {"all": [in_the_bar]}, "at_least": 1},
            {"visit": {"all": [long]}, "at_least": 1},
        ]
    }
    assert names_in(casa_alba, together) == ["Both at once"]
    assert names_in(casa_alba, each) == ["Both at once", "One at a time"]


def test_visits_are_counted_from_below_and_from_above(casa_alba):
    for number in range(4):
        guest = make_guest(casa_alba, f"{number} visits")
        for day in range(number):
            make_visit(guest, arrival_date=TODAY - timedelta(days=10 + 5 * day))

    stays = {"all": [rule("visit.kind", "one_of", ["stay"])]}
    assert names_in(casa_alba, {"visit": stays, "at_least": 2}) == [
        "2 visits",
        "3 visits",
    ]
    assert names_in(casa_alba, {"visit": stays, "at_most": 1}) == [
        "0 visits",
        "1 visits",
    ]
    assert names_in(casa_alba, {"visit": stays, "at_most": 0}) == ["0 visits"]


def test_what_belongs_to_another_house_is_a_problem_and_chooses_nobody(
    casa_alba, bar_carla
):
    make_guest(casa_alba)
    theirs = str(bar_carla.venues.get().uuid)
    tag = str(make_tag(bar_carla).uuid)

    for rules in (
        {"visit": {"all": [rule("visit.venue", "one_of", [theirs])]}, "at_least": 1},
        rule("guest.tag", "one_of", [tag]),
    ):
        with pytest.raises(TreeProblem):
            guests_in(casa_alba, rules, today=TODAY)


def test_a_question_is_one_query(casa_alba, django_assert_num_queries):
    make_visit(make_guest(casa_alba, country="SE"))
    rules = {
        "all": [
            rule("visits.count", "at_least", 1),
            {"visit": {"all": [rule("visit.spend", "at_least", 100)]}, "at_least": 1},
        ]
    }

    with django_assert_num_queries(1):
        assert len(guests_in(casa_alba, rules, today=TODAY)) == 1


def test_each_part_says_whether_it_holds_of_a_guest(casa_alba):
    guest = make_guest(casa_alba, country="SE")
    make_visit(guest, spend=100)
    rules = {
        "all": [
            FROM_SWEDEN,
            {"any": [rule("guest.vip", "yes"), rule("visits.count", "at_least", 1)]},
            {"visit": {"all": [rule("visit.spend", "at_least", 500)]}, "at_least": 1},
        ]
    }

    answers = why_in(guest, rules, today=TODAY)

    assert [(a.how, a.holds, [p.holds for p in a.parts]) for a in answers] == [
        ("rule", True, []),
        ("any", True, [False, True]),
        ("visit", False, [False]),
    ]


def test_the_segments_of_a_guest_are_found_in_one_query_whatever_is_broken(
    casa_alba, django_assert_num_queries
):
    guest = make_guest(casa_alba, country="NO")
    rules = {"Swedes": FROM_SWEDEN, "All": {}, "Broken": {"field": "no.such"}}
    for name, tree in rules.items():
        Segment.objects.create(
            business=casa_alba,
            name=name,
            rules=tree,
            created_at=NOW,
            updated_at=NOW,
        )
    segments = list(casa_alba.segments.order_by("pk"))

    with django_assert_num_queries(1):
        found = segments_with(guest, segments, today=TODAY)

    assert [segment.name for segment in found] == ["All"]


def test_rules_are_said_as_a_sentence(casa_alba):
    rules = {
        "all": [
            FROM_SWEDEN,
            rule("visits.count", "at_least", 2),
            rule("visits.last_on", "more_than_days_ago", 365),
        ]
    }

    assert sentence_of(casa_alba, rules) == (
        "Guests who come from Sweden, have visited at least 2 times and have not "
        "been here for more than 365 days"
    )
    once = rule("visits.count", "at_least", 1)
    assert sentence_of(casa_alba, once) == "Guests who have visited at least 1 time"
    assert sentence_of(casa_alba, {}) == "Every guest"


def test_how_many_of_how_many(casa_alba):
    make_guest(casa_alba, country="SE")
    make_guest(casa_alba, country="NO")

    assert count_in(casa_alba, FROM_SWEDEN, today=TODAY) == (1, 2)
