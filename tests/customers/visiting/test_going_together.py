from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import permutations
from random import Random

import pytest
from django.core.management import CommandError, call_command

from crm.core.clock import add_months
from customers.models import LinePair, Visit, VisitLine
from customers.visiting.going_together import (
    LEAST_TOGETHER,
    PairCounts,
    pair_counts,
    recount_due,
    recount_pairs,
)
from customers.visits import depart
from tests.factories import NOW, TODAY, make_guest, make_line, make_visit

State = Visit.State

# docs/domain.md works these out by hand: 181 visits, 81 with the menu, 46 with the
# dessert, 34 with both.
MENU_AND_DESSERT = PairCounts(visits=181, with_one=81, with_other=46, with_both=34)


def test_lift_is_how_much_oftener_than_in_all():
    assert MENU_AND_DESSERT.lift == pytest.approx(1.652, abs=0.001)


def test_the_share_with_and_without_is_told_apart():
    counts = MENU_AND_DESSERT

    assert (counts.share.hits, counts.share.total) == (34, 81)
    assert (counts.share_without.hits, counts.share_without.total) == (12, 100)


def test_lift_is_the_same_from_both_sides():
    other_way = PairCounts(visits=181, with_one=46, with_other=81, with_both=34)

    assert other_way.lift == MENU_AND_DESSERT.lift


def test_what_has_nothing_to_do_with_each_other_has_a_lift_of_one():
    assert PairCounts(400, 100, 80, 20).lift == 1


@pytest.mark.parametrize(
    ("counts", "holds"),
    [
        (MENU_AND_DESSERT, True),
        # Nineteen visits with both say nothing, however clear they are.
        (PairCounts(1000, 19, 19, 19), False),
        (PairCounts(1000, 20, 20, 20), True),
        # A lift of 1.16 that chance may well have made.
        (PairCounts(200, 60, 80, 28), False),
        # The same with a hundred times the visits.
        (PairCounts(20_000, 6_000, 8_000, 2_800), True),
        # Less often than in all.
        (PairCounts(1000, 400, 400, 100), False),
    ],
)
def test_a_pair_holds_when_there_are_enough_and_chance_is_ruled_out(counts, holds):
    assert counts.holds is holds


def serve(guest, *names, times=1, on=TODAY - timedelta(days=30), **fields):
    """Make ``times`` completed visits with a line for each name, quickly."""
    venue = guest.business.venues.first()
    visits = Visit.objects.bulk_create(
        Visit(
            business=guest.business, venue=venue, guest=guest,
            arrival_date=on, departure_date=on, created_at=NOW, updated_at=NOW,
            **(
                {"kind": "table", "state": State.COMPLETED, "completed_at": NOW}
                | fields
            ),
        )
        for _ in range(times)
    )  # fmt: skip
    VisitLine.objects.bulk_create(
        VisitLine(
            business=guest.business, visit=visit, category="food", name=name,
            key=name.casefold(),
        )
        for visit in visits
        for name in names
    )  # fmt: skip
    return visits


@pytest.fixture
def menu(nora):
    """The worked example, in visits."""
    serve(nora, "Menu", "Dessert", times=34)
    serve(nora, "Menu", times=47)
    serve(nora, "Dessert", times=12)
    serve(nora, "Soup", times=88)
    return nora


def test_the_worked_example_is_counted(menu, casa_alba):
    counts = pair_counts(casa_alba, today=TODAY)

    assert counts["menu", "dessert"] == MENU_AND_DESSERT
    assert counts["dessert", "menu"] == PairCounts(181, 46, 81, 34)
    assert len(counts) == 2


def test_a_thing_had_twice_on_a_visit_is_had_once(menu, casa_alba):
    before = pair_counts(casa_alba, today=TODAY)
    for visit in Visit.objects.filter(lines__key="dessert"):
        make_line(visit, "Dessert")

    assert pair_counts(casa_alba, today=TODAY) == before


@pytest.mark.parametrize("state", sorted(set(State.values) - {State.COMPLETED}))
def test_only_completed_visits_count(nora, casa_alba, state):
    serve(nora, "Menu", "Dessert", times=30, state=state, completed_at=None)

    assert pair_counts(casa_alba, today=TODAY) == {}


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (add_months(TODAY, -24), 2),
        (add_months(TODAY, -24) - timedelta(days=1), 0),
        (TODAY, 2),
        (TODAY + timedelta(days=1), 0),
    ],
)
def test_two_years_count(nora, casa_alba, on, found):
    serve(nora, "Menu", "Dessert", times=LEAST_TOGETHER, on=on)

    assert len(pair_counts(casa_alba, today=TODAY)) == found


def test_nineteen_visits_with_both_are_not_counted(nora, casa_alba):
    serve(nora, "Menu", "Dessert", times=LEAST_TOGETHER - 1)

    assert pair_counts(casa_alba, today=TODAY) == {}


def test_what_was_ever_marked_as_alcohol_is_never_led_to(menu, casa_alba):
    long_ago = make_visit(menu, arrival_date=date(2019, 5, 1), spend=0)
    make_line(long_ago, "Dessert", is_alcohol=True)

    assert list(pair_counts(casa_alba, today=TODAY)) == [("dessert", "menu")]


def test_a_room_is_never_led_to(nora, casa_alba):
    for visit in serve(nora, "Spa", times=LEAST_TOGETHER):
        make_line(visit, "Suite", category="room")

    assert list(pair_counts(casa_alba, today=TODAY)) == [("suite", "spa")]


def test_a_pair_is_counted_among_visits_of_the_kind_it_belongs_to(menu, casa_alba):
    serve(menu, "Breakfast", times=900, kind="stay")
    serve(menu, "Menu", "Dessert", "Breakfast", times=21, kind="stay")

    counts = pair_counts(casa_alba, today=TODAY)

    assert counts["menu", "dessert"] == MENU_AND_DESSERT
    assert counts["menu", "breakfast"] == PairCounts(921, 21, 921, 21)
    assert not counts["menu", "breakfast"].holds


def test_another_business_is_not_counted(menu, bar_carla):
    assert pair_counts(bar_carla, today=TODAY) == {}


def test_only_what_holds_is_kept_under_the_name_most_bills_write(menu, casa_alba):
    VisitLine.objects.filter(
        pk__in=VisitLine.objects.filter(key="dessert").values("pk")[:5]
    ).update(name="DESSERT")
    serve(menu, "Cake", "Tea", times=25)
    serve(menu, "Cake", times=100)
    serve(menu, "Tea", times=100)

    kept = recount_pairs(casa_alba, today=TODAY, now=NOW)

    pairs = casa_alba.line_pairs.order_by("key")
    assert kept == 2
    assert [(pair.name, pair.with_name) for pair in pairs] == [
        ("Dessert", "Menu"), ("Menu", "Dessert"),
    ]  # fmt: skip


def test_counting_again_leaves_no_pair_of_before(menu, casa_alba):
    recount_pairs(casa_alba, today=TODAY, now=NOW)
    Visit.objects.filter(lines__key="dessert").update(
        state=State.CANCELLED, completed_at=None
    )

    recount_pairs(casa_alba, today=TODAY, now=NOW)

    assert casa_alba.line_pairs.count() == 0


def test_each_house_is_counted_in_its_own_night(menu, casa_alba, bar_carla):
    bar_carla.time_zone = "Asia/Tokyo"
    bar_carla.save(update_fields=["time_zone"])
    three_in_oslo = NOW.replace(hour=2)

    assert recount_due(now=three_in_oslo) == 1
    assert recount_due(now=NOW) == 0
    assert casa_alba.line_pairs.count() == 2


def test_a_command_counts_at_once_and_knows_its_houses(menu, casa_alba, capsys):
    call_command("going_together", "casa-alba")

    assert LinePair.objects.count() == 2
    assert capsys.readouterr().out == "casa-alba: 2 pairs\n"
    with pytest.raises(CommandError, match="no business called nowhere"):
        call_command("going_together", "nowhere")


def naive_counts(business, today):
    """Count the same by walking through everything."""
    had = defaultdict(lambda: defaultdict(set))
    marked = set()
    rooms = set()
    for line in VisitLine.objects.filter(business=business).select_related("visit"):
        if line.is_alcohol:
            marked.add(line.key)
        if line.category == "room":
            rooms.add(line.key)
        visit = line.visit
        first = add_months(today, -24)
        if visit.is_completed and first <= visit.departure_date <= today:
            had[visit.kind][visit.pk].add(line.key)
    found = {}
    for kind in sorted(had):
        bills = list(had[kind].values())
        single = Counter(key for keys in bills for key in keys)
        both = Counter(pair for keys in bills for pair in permutations(keys, 2))
        for (one, other), together in both.items():
            if together < LEAST_TOGETHER or other in marked | rooms:
                continue
            before = found.get((one, other))
            if before is None or together > before.with_both:
                counts = PairCounts(len(bills), single[one], single[other], together)
                found[one, other] = counts
    return found


@pytest.mark.parametrize("seed", range(4))
def test_the_database_counts_as_a_person_would(casa_alba, seed):
    chance = Random(seed)
    things = ["soup", "menu", "wine", "suite", "spa", "tour", "cake"]
    guests = [make_guest(casa_alba, f"Guest {n}") for n in range(5)]
    for _ in range(60):
        names = chance.sample(things, chance.randrange(1, 6))
        serve(
            chance.choice(guests),
            *names,
            times=chance.randrange(1, 9),
            kind=chance.choice(["table", "table", "stay"]),
            on=TODAY - timedelta(days=chance.randrange(-40, 900)),
        )
    VisitLine.objects.filter(key="wine").update(category="drink")
    one_wine = VisitLine.objects.filter(key="wine").first()
    VisitLine.objects.filter(pk=one_wine.pk).update(is_alcohol=True)
    VisitLine.objects.filter(key="suite").update(category="room")

    counted = pair_counts(casa_alba, today=TODAY)

    assert counted == naive_counts(casa_alba, TODAY)
    assert len(counted) > 5


def test_a_departure_counts_from_the_next_night_on(menu, casa_alba):
    visit = make_visit(
        menu, state=State.IN_HOUSE, arrival_date=TODAY, nights=0, kind="table"
    )
    for name in ("Menu", "Dessert"):
        make_line(visit, name)
    depart(visit, actor=None, now=NOW)

    recount_pairs(casa_alba, today=TODAY, now=NOW)

    pair = casa_alba.line_pairs.get(key="menu")
    assert (pair.visits, pair.visits_with_both) == (182, 35)
