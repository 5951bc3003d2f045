from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.jobs.models import Job
from crm.jobs.tasks import run_jobs
from customers.duplicates.automatic import merge_certain
from customers.duplicates.bands import Thresholds
from customers.duplicates.finding import find_pairs
from customers.duplicates.looking import AGAIN_AFTER, look_at_changed, start_look
from customers.duplicates.pairs import (
    count_waiting,
    next_of,
    note_pair,
    open_pairs,
    queue,
    take_back,
    tell_apart,
)
from customers.duplicates.rules import RuleChoice, rules_of, set_rules
from customers.guests import GuestFacts, amend_guest
from customers.merging.merging import merge_guests
from customers.merging.undoing import undo_merge
from customers.models import DuplicatePair, MatchKeys
from customers.people.households import move_in
from customers.privacy.erasure import erase_guest
from tests.factories import NOW, make_guest

LATER = NOW + timedelta(hours=1)
ALIKE = {"emails": ("nora@example.org",), "phones": ("+47 406 12 345",)}


@pytest.fixture
def checked(django_capture_on_commit_callbacks):
    """Do what follows a commit, as a worker would have by now."""

    def do(act, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return act(*args, **kwargs)

    return do


@pytest.fixture
def two(casa_alba, checked):
    """Nora, written down twice."""
    return [checked(make_guest, casa_alba, "Nora Østby", **ALIKE) for _ in range(2)]


def names(pairs):
    return [(pair.first.display_name, pair.second.display_name) for pair in pairs]


def test_whoever_is_new_is_compared_with_everybody(two, casa_alba):
    pair = DuplicatePair.objects.get()

    assert [pair.first, pair.second] == two
    assert (pair.score, pair.state) == (100, "open")
    assert pair.reasons == ["given_same", "family_same", "email_same", "phone_same"]


def test_whoever_changes_is_compared_anew(two, casa_alba, alba, checked):
    facts = GuestFacts(display_name="Ola Berg", given_name="Ola", family_name="Berg")

    checked(amend_guest, two[1], facts=facts, actor=alba, now=LATER)

    assert not DuplicatePair.objects.exists()


def test_a_new_guest_costs_the_same_in_any_register(two, casa_alba, checked):
    def queries_for(name):
        guest = make_guest(casa_alba, name, **ALIKE)
        with CaptureQueriesContext(connection) as queries:
            assert find_pairs(casa_alba, [guest.pk], now=NOW)
        return len(queries)

    among_few = queries_for("Nora Ostby")
    for number in range(20):
        checked(make_guest, casa_alba, f"Nora Østby{number}", **ALIKE)

    assert queries_for("Nora Øsby") == among_few


def test_who_was_told_apart_is_not_proposed_again(two, casa_alba, alba):
    tell_apart(DuplicatePair.objects.get(), actor=alba, now=NOW)

    find_pairs(casa_alba, [two[0].pk], now=LATER)
    note_pair(casa_alba, *two, reason="import", now=LATER)

    assert not open_pairs(casa_alba).exists()
    pair = DuplicatePair.objects.get()
    assert (pair.state, pair.decided_by, pair.decided_at) == ("not_same", alba, NOW)
    assert casa_alba.audit_events.filter(actor=alba, action="told_apart").count() == 2


def test_who_was_told_apart_stays_so_through_merges(two, casa_alba, alba, checked):
    tell_apart(DuplicatePair.objects.get(), actor=alba, now=NOW)
    third = checked(make_guest, casa_alba, "Nora Østby", **ALIKE)
    merge = checked(merge_guests, third, two[0], actor=alba, now=LATER)

    apart = names(open_pairs(casa_alba))
    checked(undo_merge, merge, actor=alba, now=LATER)
    after = {frozenset((pair.first, pair.second)) for pair in open_pairs(casa_alba)}

    assert apart == []
    assert after == {frozenset((third, two[0])), frozenset((third, two[1]))}


def test_telling_apart_can_be_taken_back(two, casa_alba, alba):
    pair = DuplicatePair.objects.get()
    tell_apart(pair, actor=alba, now=NOW)

    take_back(pair, actor=alba, now=LATER)

    assert list(open_pairs(casa_alba)) == [pair]


def test_who_was_made_one_is_in_no_pair_until_that_is_undone(
    two, casa_alba, alba, checked
):
    merge = checked(merge_guests, *two, actor=alba, now=LATER)
    merged = list(open_pairs(casa_alba))
    keys_left = list(MatchKeys.objects.values_list("guest", flat=True))

    checked(undo_merge, merge, actor=alba, now=LATER)

    assert merged == []
    assert keys_left == [two[0].pk]
    assert open_pairs(casa_alba).count() == 1


@pytest.mark.parametrize("who", [0, 1])
def test_who_was_forgotten_is_in_no_pair(two, alba, who):
    erase_guest(two[who], actor=alba, now=LATER)

    assert not DuplicatePair.objects.exists()
    assert not MatchKeys.objects.filter(guest=two[who]).exists()


def test_those_who_live_together_are_two(two, casa_alba, alba):
    move_in(two[0], to=two[1], actor=alba, now=LATER)

    find_pairs(casa_alba, [two[0].pk], now=LATER)

    assert not DuplicatePair.objects.exists()


def test_what_somebody_asked_for_waits_whatever_the_score(casa_alba):
    nora, ola = make_guest(casa_alba), make_guest(casa_alba, "Ola Berg")

    note_pair(casa_alba, ola, nora, reason="import", now=NOW)
    note_pair(casa_alba, nora, ola, reason="import", now=LATER)
    find_pairs(casa_alba, [nora.pk], now=LATER)

    pair = queue(casa_alba, Thresholds()).get()
    assert (pair.first, pair.second) == (nora, ola)
    assert (pair.noted_for, pair.score < 40, pair.found_at) == ("import", True, NOW)
    assert count_waiting(casa_alba, Thresholds()).review == 1


def test_the_queue_begins_with_the_likeliest(two, casa_alba):
    make_guest(casa_alba, "Nora Østby", phones=ALIKE["phones"])
    everybody = casa_alba.guests.values_list("pk", flat=True)
    find_pairs(casa_alba, list(everybody), now=NOW)

    waiting = list(queue(casa_alba, Thresholds()))

    assert [pair.score for pair in waiting] == sorted(
        (pair.score for pair in waiting), reverse=True
    )
    assert len(waiting) == 3
    walked = [next_of(casa_alba, Thresholds())]
    while following := next_of(casa_alba, Thresholds(), walked[-1]):
        walked.append(following)
    assert walked == waiting


def test_another_house_has_pairs_of_its_own(two, bar_carla, checked):
    checked(make_guest, bar_carla, "Nora Østby", **ALIKE)

    assert list(open_pairs(bar_carla)) == []
    assert DuplicatePair.objects.count() == 1


def test_looking_through_everybody_finds_what_each_look_would(casa_alba, alba):
    for name in ("Nora Østby", "Nora Ostby", "Østby Nora"):
        make_guest(casa_alba, name, **ALIKE)

    job = start_look(casa_alba, actor=alba, now=NOW)
    again = start_look(casa_alba, actor=alba, now=NOW)
    run_jobs()

    job.refresh_from_db()
    assert again == job
    assert (job.status, job.done_count) == (Job.Status.DONE, 3)
    assert job.result == {"said": "3 pairs of guests look alike."}
    assert open_pairs(casa_alba).count() == 3
    assert rules_of(casa_alba).guests == 3


def test_by_night_only_those_are_looked_at_who_were_not_seen(casa_alba, checked):
    checked(make_guest, casa_alba, "Nora Østby", **ALIKE)
    # As an import writes them: nothing hears of it.
    make_guest(casa_alba, "Nora Ostby", **ALIKE)

    looked = look_at_changed(now=NOW, seconds=60)
    soon = look_at_changed(now=NOW + timedelta(hours=1), seconds=60)
    make_guest(casa_alba, "Østby Nora", **ALIKE)
    next_night = look_at_changed(now=NOW + AGAIN_AFTER, seconds=60)

    assert (looked, soon, next_night) == (1, 0, 1)
    assert open_pairs(casa_alba).count() == 3


def test_a_night_that_is_too_short_is_gone_on_with(casa_alba):
    make_guest(casa_alba, "Nora Østby", **ALIKE)

    assert look_at_changed(now=NOW, seconds=-1) == 0
    assert rules_of(casa_alba).looked_at is None


def rule(**changes):
    values = {"certain_from": 90, "review_from": 60, "merges_by_itself": True}
    return RuleChoice(**(values | changes))


def test_nothing_is_merged_by_itself_unless_the_house_wants_it(two, casa_alba, alba):
    before = merge_certain(now=LATER)
    set_rules(casa_alba, rule(), actor=alba, now=NOW)

    after = merge_certain(now=LATER)

    assert (before, after) == (0, 1)
    assert list(casa_alba.guests.known()) == [two[0]]
    event = casa_alba.audit_events.get(object_type="customers.duplicaterules")
    assert (event.action, event.fields) == ("amended", ["merges_by_itself"])


def test_what_is_less_than_certain_waits_for_people(two, casa_alba, alba):
    set_rules(casa_alba, rule(), actor=alba, now=NOW)
    DuplicatePair.objects.update(score=89)

    assert merge_certain(now=LATER) == 0


def test_what_somebody_asked_for_is_left_to_people(two, casa_alba, alba):
    set_rules(casa_alba, rule(), actor=alba, now=NOW)
    note_pair(casa_alba, *two, reason="sign_up", now=NOW)

    assert merge_certain(now=LATER) == 0


def test_what_was_undone_is_not_done_again(two, casa_alba, alba, checked):
    set_rules(casa_alba, rule(), actor=alba, now=NOW)
    checked(merge_certain, now=LATER)
    merge = casa_alba.merges.get()
    checked(undo_merge, merge, actor=alba, now=LATER)

    again = merge_certain(now=LATER)

    assert again == 0
    assert open_pairs(casa_alba).count() == 1


def test_three_of_one_become_one(two, casa_alba, alba, checked):
    checked(make_guest, casa_alba, "Nora Østby", **ALIKE)
    set_rules(casa_alba, rule(), actor=alba, now=NOW)

    checked(merge_certain, now=LATER)
    checked(merge_certain, now=LATER)

    assert casa_alba.guests.known().count() == 1


def test_thresholds_hold_at_once(two, casa_alba):
    DuplicatePair.objects.update(score=70)

    counts = [
        count_waiting(casa_alba, Thresholds(*values))
        for values in ((90, 60), (90, 75), (80, 70))
    ]

    assert [(c.certain, c.review, c.less) for c in counts] == [
        (0, 1, 0),
        (0, 0, 1),
        (0, 1, 0),
    ]
