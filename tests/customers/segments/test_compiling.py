"""Random trees, asked of the database and, slowly, of plain objects: the same guests."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Guest, Segment, Visit
from customers.segments.asking import guests_in, segments_with, why_in
from tests.factories import TODAY, make_guest, make_tag, make_visit

State, Kind = Visit.State, Visit.Kind
COUNTRIES = ["", "NO", "SE", "DK"]
LANGUAGES = ["", "nb", "sv"]
AMOUNTS = [0, 100, 5_000, 90_000]


@pytest.fixture
def house(casa_alba):
    """Forty guests who have come at odd times, the same forty each time."""
    dice = random.Random(7)
    for number in range(40):
        guest = make_guest(
            casa_alba,
            f"Guest {number}",
            country=dice.choice(COUNTRIES),
            language=dice.choice(LANGUAGES),
            birthday_month=2 if number % 3 else None,
            birthday_day=dice.randint(1, 29) if number % 3 else None,
            is_vip=dice.random() < 0.3,
        )
        for _visit in range(dice.choice([0, 0, 1, 2, 3, 5])):
            make_visit(
                guest,
                state=dice.choice([*State.values, State.COMPLETED, State.COMPLETED]),
                kind=dice.choice(Kind.values),
                arrival_date=TODAY + timedelta(days=dice.randint(-900, 60)),
                nights=dice.randint(0, 6),
                spend=dice.choice(AMOUNTS),
                party_size=dice.randint(1, 4),
                is_employer_paid=dice.random() < 0.2,
            )
    return casa_alba


def compared(operator, known, value):
    """Return whether a figure or a day fits, None being unknown."""
    if operator == "is_known":
        return known is not None
    if operator == "is_unknown":
        return known is None
    if known is None:
        return False
    if operator == "between":
        return value[0] <= known <= value[1]
    return {
        "at_least": lambda: known >= value,
        "at_most": lambda: known <= value,
        "is": lambda: known == value,
        "in_last_days": lambda: 0 <= (TODAY - known).days <= value,
        "more_than_days_ago": lambda: (TODAY - known).days > value,
        "in_next_days": lambda: 0 <= (known - TODAY).days <= value,
        "in_months": lambda: known.month in value,
    }[operator]()


def chosen(operator, known, value):
    if operator == "is_known":
        return known != ""
    if operator == "is_unknown":
        return known == ""
    if operator == "one_of":
        return known in value
    return known != "" and known not in value


def average_spend(operator, summary, value):
    if not summary.visits:
        return False
    return compared(operator, summary.spend / summary.visits, value)


NUMBERS = st.integers(0, 8)
AMOUNT = st.sampled_from([0, 50, 100, 2_000, 90_000])
DAYS = st.integers(0, 800)
NUMBERED = [("at_least", NUMBERS), ("at_most", NUMBERS), ("is", NUMBERS)]
NULLS = [("is_known", None), ("is_unknown", None)]
DATED = [
    ("in_last_days", DAYS),
    ("more_than_days_ago", DAYS),
    ("in_next_days", DAYS),
    ("in_months", st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True)),
]


def choice(*values):
    lists = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
    return [("one_of", lists), ("not_one_of", lists)]


# Name of a field: which questions, and how a plain object answers them.
OF_GUEST = {
    "guest.country": (
        choice("NO", "SE", "DK") + NULLS,
        lambda g, op, v: chosen(op, g.country, v),
    ),
    "guest.language": (
        choice("nb", "sv") + NULLS,
        lambda g, op, v: chosen(op, g.language, v),
    ),
    "guest.vip": (
        [("yes", None), ("no", None)],
        lambda g, op, v: g.is_vip is (op == "yes"),
    ),
    "guest.birthday": (
        [DATED[3], *NULLS],
        lambda g, op, v: (
            g.birthday_month in v
            if op == "in_months"
            else compared(op, g.birthday_month, v)
        ),
    ),
    "visits.count": (NUMBERED, lambda g, op, v: compared(op, g.summary.visits, v)),
    "visits.spend": (
        [("at_least", AMOUNT), ("at_most", AMOUNT)],
        lambda g, op, v: compared(op, g.summary.spend, v),
    ),
    "visits.average_spend": (
        [("at_least", AMOUNT), ("at_most", AMOUNT)],
        lambda g, op, v: average_spend(op, g.summary, v),
    ),
    "visits.last_on": (
        DATED + NULLS,
        lambda g, op, v: compared(op, g.summary.last_visit_on, v),
    ),
    "visits.usual_gap": (
        [("at_least", DAYS), ("at_most", DAYS), *NULLS],
        lambda g, op, v: compared(op, g.summary.usual_gap_days, v),
    ),
    "visits.silence": (
        choice("on_time", "due", "slipping", "lapsed") + NULLS,
        lambda g, op, v: chosen(op, silence(g.summary), v),
    ),
}
OF_VISIT = {
    "visit.state": (
        choice("completed", "no_show", "booked"),
        lambda visit, op, v: chosen(op, visit.state, v),
    ),
    "visit.kind": (
        choice("stay", "tour"),
        lambda visit, op, v: chosen(op, visit.kind, v),
    ),
    "visit.nights": (
        NUMBERED[:2],
        lambda visit, op, v: compared(op, visit.nights, v),
    ),
    "visit.spend": (
        [("at_least", AMOUNT), ("at_most", AMOUNT)],
        lambda visit, op, v: compared(op, visit.spend, v),
    ),
    "visit.arrival": (DATED, lambda visit, op, v: compared(op, visit.arrival_date, v)),
    "visit.weekday": (
        choice("1", "5", "7"),
        lambda visit, op, v: chosen(op, str(visit.arrival_date.isoweekday()), v),
    ),
    "visit.employer_pays": (
        [("yes", None), ("no", None)],
        lambda visit, op, v: visit.is_employer_paid is (op == "yes"),
    ),
}


def silence(summary):
    if summary.usual_gap_days is None:
        return ""
    coming = summary.next_arrival_on
    if coming is not None and coming >= TODAY:
        return "on_time"
    times = (TODAY - summary.last_visit_on).days / max(summary.usual_gap_days, 1)
    if times >= 6:
        return "lapsed"
    if times >= 3:
        return "slipping"
    return "due" if times >= 1.5 else "on_time"


def holds(tree, thing, fields):
    if not tree:
        return True
    if "field" in tree:
        _questions, answer = fields[tree["field"]]
        return answer(thing, tree["is"], tree.get("value"))
    if "visit" in tree:
        visits = thing.visits.all()
        number = sum(holds(tree["visit"], visit, OF_VISIT) for visit in visits)
        if "at_least" in tree:
            return number >= tree["at_least"]
        return number <= tree["at_most"]
    if "all" in tree:
        return all(holds(part, thing, fields) for part in tree["all"])
    any_holds = any(holds(part, thing, fields) for part in next(iter(tree.values())))
    return any_holds if "any" in tree else not (any_holds and tree["none"])


@st.composite
def rules(draw, fields):
    name = draw(st.sampled_from(sorted(fields)))
    operator, values = draw(st.sampled_from(fields[name][0]))
    asked = {"field": name, "is": operator}
    return asked if values is None else {**asked, "value": draw(values)}


def groups(parts):
    hows = st.sampled_from(["all", "any", "none"])
    lists = st.lists(parts, min_size=1, max_size=3)
    return st.builds(lambda how, inner: {how: inner}, hows, lists)


visit_rules = groups(rules(OF_VISIT))
visit_groups = st.one_of(
    st.builds(
        lambda inner, number: {"visit": inner, "at_least": number},
        visit_rules | groups(visit_rules),
        st.integers(1, 3),
    ),
    st.builds(
        lambda inner, number: {"visit": inner, "at_most": number},
        visit_rules,
        st.integers(0, 2),
    ),
)
parts = rules(OF_GUEST) | visit_groups
trees = groups(parts | groups(parts))


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.lists(trees, min_size=1, max_size=4))
def test_the_database_and_plain_objects_choose_the_same_guests(house, drawn):
    everybody = list(
        Guest.objects.filter(business=house)
        .select_related("summary", "business")
        .prefetch_related("visits")
        .order_by("pk")
    )
    for tree in drawn:
        expected = {guest for guest in everybody if holds(tree, guest, OF_GUEST)}

        assert set(guests_in(house, tree, today=TODAY)) == expected

    guest, tree = everybody[len(str(drawn)) % 40], drawn[0]
    segment = Segment(pk=1, rules=tree)
    is_in = holds(tree, guest, OF_GUEST)
    assert segments_with(guest, [segment], today=TODAY) == [segment] * is_in
    _how, inner = next(iter(tree.items()))
    expected = [holds(part, guest, OF_GUEST) for part in inner]
    assert [answer.holds for answer in why_in(guest, tree, today=TODAY)] == expected
    among = guests_in(house, tree, today=TODAY, among=[guest.pk])
    assert list(among) == [guest] * is_in


def test_no_tag_of_the_kind_is_everybody_else(house):
    tag = make_tag(house, rule="country", rule_word="NO")
    asked = {"field": "guest.tag", "is": "one_of", "value": [str(tag.uuid)]}

    with_it = set(guests_in(house, asked, today=TODAY))
    without = set(guests_in(house, {**asked, "is": "not_one_of"}, today=TODAY))

    assert with_it == set(house.guests.filter(country="NO"))
    assert without == set(house.guests.exclude(country="NO"))
