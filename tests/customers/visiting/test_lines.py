from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from customers.holding import GuestIsForgotten
from customers.models import Visit
from customers.privacy.erasure import erase_guest
from customers.visiting.lines import (
    LineFacts,
    LinesChangedMeanwhile,
    line_values,
    lines_of,
    replace_lines,
    spend_what_lines_say,
    usual_names,
)
from tests.factories import NOW, make_guest, make_line, make_visit

LATER = NOW + timedelta(hours=1)
SOUP = LineFacts(category="food", name="Soup", amount=18_000)
WINE = LineFacts(category="drink", name="Wine", amount=9_500, is_alcohol=True)


@pytest.fixture
def visit(nora):
    return make_visit(nora, spend=0)


def write(visit, *lines, **options):
    return replace_lines(visit, lines, actor=None, now=LATER, **options)


def facts_of(line, **changes):
    category, name, quantity, amount, is_alcohol = line_values(line)
    values = {
        "uuid": line.uuid, "category": category, "name": name, "quantity": quantity,
        "amount": amount, "is_alcohol": is_alcohol,
    }  # fmt: skip
    return LineFacts(**(values | changes))


def names(visit):
    return [line.name for line in lines_of(visit)]


def test_lines_stand_as_they_were_written(visit):
    write(visit, SOUP, WINE, replace(SOUP, name="Bread", quantity=2))

    assert [(line.name, line.quantity, line.key) for line in lines_of(visit)] == [
        ("Soup", 1, "soup"), ("Wine", 1, "wine"), ("Bread", 2, "bread"),
    ]  # fmt: skip


def test_a_visit_without_spend_gets_the_sum_and_the_summary_with_it(visit):
    changed = write(visit, SOUP, WINE)

    visit.refresh_from_db()
    visit.guest.summary.refresh_from_db()
    assert changed == ["lines", "spend"]
    assert (visit.spend, visit.guest.summary.spend) == (27_500, 27_500)


def test_a_spend_that_was_written_stays(nora):
    visit = make_visit(nora, spend=10_000)

    changed = write(visit, SOUP, WINE)

    visit.refresh_from_db()
    assert (changed, visit.spend) == (["lines"], 10_000)


def test_the_sum_can_be_made_the_spend(nora):
    visit = make_visit(nora, spend=10_000)
    write(visit, SOUP, WINE)

    spend_what_lines_say(visit, actor=None, now=LATER)

    visit.refresh_from_db()
    nora.summary.refresh_from_db()
    assert (visit.spend, nora.summary.spend) == (27_500, 27_500)


def test_a_line_is_changed_and_another_taken_away(visit):
    write(visit, SOUP, WINE)
    soup, wine = lines_of(visit)

    write(visit, facts_of(soup, name="Fish soup"), removed=[wine.uuid])

    (held,) = lines_of(visit)
    assert (held.uuid, held.name, held.key) == (soup.uuid, "Fish soup", "fish soup")


def test_writing_the_same_again_changes_nothing(visit, casa_alba):
    write(visit, SOUP)
    (soup,) = lines_of(visit)
    events = casa_alba.audit_events.count()

    assert write(visit, facts_of(soup)) == []
    assert casa_alba.audit_events.count() == events


def test_the_log_says_that_lines_changed_and_not_which(visit, casa_alba, alba):
    replace_lines(visit, [SOUP], actor=alba, now=LATER)

    event = casa_alba.audit_events.latest("pk")
    assert (event.actor, event.action, event.fields) == (
        alba, "amended", ["lines", "spend"],
    )  # fmt: skip


def test_what_was_marked_as_alcohol_before_is_marked_on_a_new_line(visit, nora):
    make_line(make_visit(nora), "WINE", is_alcohol=True)

    write(visit, replace(WINE, is_alcohol=False), SOUP)

    assert [line.is_alcohol for line in lines_of(visit)] == [True, False]


def test_a_mark_can_be_taken_off_a_line_that_is_there(visit):
    write(visit, WINE)
    (wine,) = lines_of(visit)

    write(visit, facts_of(wine, is_alcohol=False))

    assert lines_of(visit)[0].is_alcohol is False


def test_a_mark_of_another_house_says_nothing(visit, bar_carla):
    make_line(make_visit(make_guest(bar_carla)), "Wine", is_alcohol=True)

    write(visit, replace(WINE, is_alcohol=False))

    assert lines_of(visit)[0].is_alcohol is False


def began_with(visit):
    return {line.uuid: line_values(line) for line in lines_of(visit)}


def test_a_line_that_somebody_else_added_stays_behind_mine(visit):
    write(visit, SOUP)
    began = began_with(visit)
    (soup,) = lines_of(visit)
    write(visit, facts_of(soup), WINE)

    write(visit, facts_of(soup), replace(SOUP, name="Bread"), began=began)

    assert names(visit) == ["Soup", "Bread", "Wine"]


def test_what_somebody_else_changed_stays_where_i_typed_nothing(visit):
    write(visit, SOUP)
    began = began_with(visit)
    (soup,) = lines_of(visit)
    write(visit, facts_of(soup, amount=20_000))

    write(visit, facts_of(soup), WINE, began=began)

    assert [line.amount for line in lines_of(visit)] == [20_000, 9_500]


def test_what_somebody_else_removed_is_gone_unless_i_changed_it(visit):
    write(visit, SOUP, WINE)
    began = began_with(visit)
    soup, wine = lines_of(visit)
    write(visit, removed=[soup.uuid, wine.uuid])

    write(visit, facts_of(soup), facts_of(wine, quantity=2), began=began)

    assert names(visit) == ["Wine"]


@pytest.mark.parametrize("act", ["change", "remove"])
def test_the_same_line_changed_to_different_things_is_asked_about(visit, act):
    write(visit, SOUP)
    began = began_with(visit)
    (soup,) = lines_of(visit)
    write(visit, facts_of(soup, amount=20_000))

    lines, removed = [], [soup.uuid]
    if act == "change":
        lines, removed = [facts_of(soup, amount=30_000)], []

    with pytest.raises(LinesChangedMeanwhile) as problem:
        write(visit, *lines, removed=removed, began=began)

    assert [line.amount for line in problem.value.held] == [20_000]
    assert [line.amount for line in lines_of(visit)] == [20_000]


def test_a_line_of_another_visit_is_out_of_reach(visit, nora):
    other = make_line(make_visit(nora), "Cake")

    write(visit, facts_of(other, name="Pie"), removed=[other.uuid, uuid4()])

    other.refresh_from_db()
    assert (other.name, names(visit)) == ("Cake", ["Pie"])


def test_nothing_is_written_about_who_was_forgotten_meanwhile(visit, nora):
    erase_guest(nora, actor=None, now=NOW)

    with pytest.raises(GuestIsForgotten):
        write(visit, SOUP)


def test_usual_names_are_those_of_completed_visits_the_commonest_first(nora):
    for name in ("Soup", "Soup", "Bread"):
        make_line(make_visit(nora), name)
    make_line(make_visit(nora, state=Visit.State.BOOKED), "Cake")

    assert usual_names(nora.business) == ["Soup", "Bread"]
