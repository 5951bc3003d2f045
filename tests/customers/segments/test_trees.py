"""Rules are read with suspicion: whatever comes, a sentence says what is wrong."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.segments.fields import shared_fields
from customers.segments.trees import (
    Group,
    Rule,
    TreeProblem,
    VisitGroup,
    read_tree,
    rules_in,
)

VIP = {"field": "guest.vip", "is": "yes"}
LONG = {"field": "visit.nights", "is": "at_least", "value": 3}


def nested(depth):
    tree = VIP
    for _level in range(depth):
        tree = {"all": [tree]}
    return tree


def test_a_tree_is_read_into_groups_and_rules():
    tree = read_tree({"all": [VIP, {"visit": {"any": [LONG]}, "at_least": 2}]})

    rule, visits = tree.parts
    assert isinstance(rule, Rule)
    assert (rule.name, rule.operator, rule.path) == ("guest.vip", "yes", (0,))
    assert isinstance(visits, VisitGroup)
    assert (visits.at_least, visits.at_most, visits.group.how) == (2, None, "any")
    assert [each.path for each in rules_in(tree)] == [(0,), (1, 0, 0)]


def test_an_empty_tree_is_everybody():
    assert read_tree({}) == Group()


@pytest.mark.parametrize(
    "raw",
    [
        None, [], "all", 7, {"all": 7}, {"all": [None]}, {"any": [VIP], "all": []},
        {"some": []}, {"field": "guest.vip"}, {"field": 7, "is": "yes"},
        {"field": "guest.vip", "is": ["yes"]}, {"field": "guest.vip", "is": "is"},
        {"field": "guest.vip", "is": "yes", "value": True}, {**VIP, "more": 1},
        {"field": "no.such", "is": "yes"}, LONG, {"all": [LONG]},
        {"visit": {"all": [VIP]}, "at_least": 1}, {"visit": {"all": [LONG]}},
        {"visit": {"all": [LONG]}, "at_least": 0},
        {"visit": {"all": [LONG]}, "at_least": True},
        {"visit": {"all": [LONG]}, "at_least": 1, "at_most": 2},
        {"visit": {"visit": {}, "at_least": 1}, "at_least": 1},
        {"field": "visits.count", "is": "at_least", "value": "3"},
        {"field": "visits.count", "is": "at_least", "value": 10**30},
        {"field": "visits.count", "is": "at_least", "value": 1.5},
        {"field": "visits.count", "is": "between", "value": [3, 1]},
        {"field": "visits.count", "is": "between", "value": [1]},
        {"field": "visits.last_on", "is": "in_last_days", "value": -1},
        {"field": "visits.last_on", "is": "in_last_days", "value": 10**9},
        {"field": "visits.last_on", "is": "before", "value": "yesterday"},
        {"field": "visits.last_on", "is": "in_months", "value": [13]},
        {"field": "guest.town", "is": "is", "value": "\0"},
        {"field": "guest.town", "is": "is", "value": "x" * 10_000},
        {"field": "guest.country", "is": "one_of", "value": []},
        {"field": "guest.country", "is": "one_of", "value": "SE"},
        {"field": "guest.country", "is": "one_of", "value": [["SE"]]},
        {"all": [VIP] * 10_000}, {"all": [{"any": [VIP] * 40}] * 2},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_a_problem_in_words(raw):
    with pytest.raises(TreeProblem, match=r"\w"):
        read_tree(raw)


@pytest.mark.parametrize("depth", [6, 100, 900])
def test_deep_trees_are_a_problem_and_no_crash(depth):
    with pytest.raises(TreeProblem):
        read_tree(nested(depth))


def test_a_tree_may_be_five_deep():
    assert len(list(rules_in(read_tree(nested(5))))) == 1


def test_the_path_leads_to_the_rule_that_is_wrong():
    with pytest.raises(TreeProblem) as problem:
        read_tree({"all": [VIP, {"any": [VIP, {"field": "gone", "is": "yes"}]}]})

    assert problem.value.path == (1, 1)


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.sampled_from(sorted(shared_fields()) or ["guest.vip"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["all", "any", "none", "visit", "at_least", "field", "is", "value"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(anything)
def test_anything_at_all_is_read_or_refused(raw):
    with suppress(TreeProblem):
        assert isinstance(read_tree(raw), Group)


def test_there_is_enough_to_ask_for():
    assert len(shared_fields()) >= 25
